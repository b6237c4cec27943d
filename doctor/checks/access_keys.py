"""The check of the keys with which somebody asks AWS."""

from typing import Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import NotAskedError, Place

_OLD_DAYS: Final = 90


class AccessKeys:
    """Long-lived keys of a user of IAM."""

    id = "access_keys"
    question = "Nobody signs in to AWS with a key that is older than 90 days"
    severity = Severity.WARNING
    reads = ("sts:GetCallerIdentity", "iam:ListAccessKeys")
    theory = "A key of a user never expires by itself; roles and single sign-on give keys that do."

    def look(self, place: Place) -> list[Fault]:
        """Ask IAM for the keys of whoever asks."""
        who = str(place.aws("sts", "get_caller_identity").get("Arn") or "")
        if ":user/" not in who or place.is_local:
            raise NotAskedError("you sign in with keys that expire by themselves")
        user = who.rsplit("/", 1)[-1]
        answer = place.aws("iam", "list_access_keys", UserName=user)
        asked_at = (answer.get("ResponseMetadata") or {}).get("asked_at")
        found: list[Fault] = []
        for key in answer["AccessKeyMetadata"]:
            days = (asked_at - key["CreateDate"]).days if asked_at else 0
            if key.get("Status") == "Active" and days > _OLD_DAYS:
                says = f"the key …{str(key['AccessKeyId'])[-4:]} of user {user} is {days} days old"
                found.append(Fault(says, "Sign in with a role (aws sso login), or make a new key and delete this one."))
        return found
