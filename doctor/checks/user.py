"""The check of the user who signs in: his type, his way to sign in, the age of his key."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from contract.sign_in import Way
from doctor.checks.frame import Fault, Severity
from doctor.checks.place import SIGN_IN, CannotLookError, NotAskedError, Place, RefusedError

_OLD_DAYS: Final = 365
_NONE: Final = frozenset({"", "null", "None"})


class User:
    """The user of this session."""

    id = "user"
    question = "The user is of the type that his sign-in is for, and his key is younger than a year"
    severity = Severity.WARNING
    reads = ("nothing more than being that user",)
    theory = (
        "Snowflake ends sign-ins with a password alone: people need a second factor, programs a user of TYPE ="
        " SERVICE with a workload identity or a key pair. A key that nobody changes is one that many have seen."
    )

    def look(self, place: Place) -> list[Fault]:
        """Ask Snowflake who we are, and what is known of him."""
        if place.is_local:
            raise NotAskedError("a local Snowflake believes everybody")
        name = str(next(iter(place.rows("current_user")[0].values())))
        try:
            rows = place.rows("describe_user", user=name)
        except RefusedError as error:
            if error.code == SIGN_IN:
                raise
            raise CannotLookError(f"Snowflake does not describe user {name} to himself: {error}") from error
        lower = [{str(key).lower(): value for key, value in row.items()} for row in rows]
        told = {str(row["property"]).upper(): str(row["value"]) for row in lower}
        today = str(next(iter(place.rows("now")[0].values())))[:10]
        return list(_of(name, told, place.way, date.fromisoformat(today)))


def _of(name: str, told: dict[str, str], way: str, today: date) -> Iterator[Fault]:
    kind = told.get("TYPE", "")
    kind = "PERSON" if kind in _NONE else kind.upper()
    remedy = (
        f"ALTER USER {name} SET TYPE = SERVICE, and let him sign in by workload identity or key pair;"
        " docs/how-to/sign-in.md says how."
    )
    if kind == "LEGACY_SERVICE":
        yield Fault(
            f"user {name} is a LEGACY_SERVICE, a type that Snowflake takes away together with passwords", remedy
        )
    elif kind == "PERSON" and way == Way.PASSWORD:
        says = (
            f"user {name} is a person who signs in with a password: Snowflake asks a second factor, a program has none"
        )
        yield Fault(says, remedy)
    elif kind == "PERSON" and way in {Way.KEY_PAIR, Way.WORKLOAD_IDENTITY}:
        yield Fault(f"user {name} is a person, and signs in as programs do ({way.lower()})", remedy)
    set_on = told.get("RSA_PUBLIC_KEY_LAST_SET_TIME", "")
    if way == Way.KEY_PAIR and set_on not in _NONE:
        days = (today - date.fromisoformat(set_on[:10])).days
        if days > _OLD_DAYS:
            says = f"the key of user {name} was set {days} days ago, on {set_on[:10]}"
            yield Fault(says, "Set a new one as RSA_PUBLIC_KEY_2, change the secret, then unset the old one.")
