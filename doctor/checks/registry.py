"""The check of the registry: its repositories are there, and whoever deploys may push to them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import CannotLookError, NotAskedError, Place, RefusedError
from doctor.checks.rights import Need, lacking
from doctor.checks.tasks_of_aws import described, named

_ECR: Final = re.compile(
    r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/"
    r"(?P<name>[^:@]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>sha256:\w+))?$"
)
PUSHES: Final = (
    "ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload",
    "ecr:PutImage",
)  # fmt: skip
"""With ecr:GetAuthorizationToken, which knows no repository, the six rights that a push needs (ECR user guide)."""
_PULLS: Final = ("ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", "ecr:BatchCheckLayerAvailability")


@dataclass(frozen=True)
class EcrImage:
    """An image of ECR as a task definition names it; one of ``tag`` and ``digest`` is empty."""

    account: str
    region: str
    name: str
    tag: str
    digest: str

    @property
    def arn(self) -> str:
        """Of its repository."""
        return f"arn:aws:ecr:{self.region}:{self.account}:repository/{self.name}"

    @property
    def says(self) -> str:
        """As people write it."""
        return f"{self.name}{'@' if self.digest else ':'}{self.digest or self.tag}"


def named_in(image: str) -> EcrImage | None:
    """The image of ECR that a container's ``image`` names; None for other registries."""
    found = _ECR.match(image)
    if found is None:
        return None
    digest = found["digest"] or ""
    return EcrImage(
        found["account"],
        found["region"],
        found["name"],
        found["tag"] or "" if digest else found["tag"] or "latest",
        digest,
    )


class Registry:
    """The repositories of the task definitions' images."""

    id = "registry"
    question = "The images' repositories are there, and you may push to them"
    severity = Severity.WARNING
    reads = (
        "ecs:DescribeTaskDefinition", "sts:GetCallerIdentity", "ecr:DescribeRepositories", "ecr:GetRepositoryPolicy",
        "iam:GetRole", "iam:SimulatePrincipalPolicy",
    )  # fmt: skip
    theory = "A push asks for six rights, and Docker tells of the first one that is missing only, after the build."

    def look(self, place: Place) -> list[Fault]:
        """Ask ECR for each repository, and IAM for the rights of whoever asks."""
        images = {image.arn: image for image in _images(place)}
        if not images:
            raise NotAskedError("no image is in ECR")
        who = place.aws("sts", "get_caller_identity")
        found = [fault for image in images.values() for fault in _of_repository(place, image, str(who.get("Account")))]
        gone = {fault.says for fault in found if fault.severity is Severity.ERROR}
        if not gone and not place.is_local:
            try:
                own = [image for image in images.values() if image.account == who.get("Account")]
                found += _of_pushing(place, str(who.get("Arn") or ""), own)
            except CannotLookError:
                if not found:
                    raise
        return found


def _images(place: Place) -> Iterator[EcrImage]:
    for name in named(place):
        for entry in described(place, name)["containerDefinitions"]:
            if (image := named_in(str(entry["image"]))) is not None:
                yield image


def _of_repository(place: Place, image: EcrImage, account: str) -> Iterator[Fault]:
    if image.region != place.region:
        says = f"repository {image.name} is in {image.region}, tasks run in {place.region}"
        yield Fault(says, f"Sign Docker in to {image.account}.dkr.ecr.{place.region}.amazonaws.com and push there.")
        return
    where = {"registryId": image.account}
    try:
        place.aws("ecr", "describe_repositories", **where, repositoryNames=[image.name])
    except RefusedError as error:
        says = f"repository {image.name} is not in account {image.account}, {image.region}: {error.code}"
        if image.account != account:
            remedy = "Name the registry of this account, or let the repository's policy name this account."
            yield Fault(f"{says}; you are in account {account}", remedy, Severity.ERROR)
        else:
            yield Fault(says, "Deploy the stack first: it makes the repositories.", Severity.ERROR)
        return
    try:
        policy = place.aws("ecr", "get_repository_policy", **where, repositoryName=image.name)["policyText"]
    except RefusedError:
        return  # without a policy of its own nothing is forbidden
    yield from _forbidden(image.name, json.loads(policy))


def _forbidden(name: str, policy: dict[str, Any]) -> Iterator[Fault]:
    statements = policy.get("Statement") or []
    for statement in statements if isinstance(statements, list) else [statements]:
        actions = statement.get("Action") or []
        told = {str(one).lower() for one in (actions if isinstance(actions, list) else [actions])}
        hit = [one for one in (*PUSHES, *_PULLS) if {one.lower(), "ecr:*", "*"} & told]
        if statement.get("Effect") == "Deny" and hit:
            sid = statement.get("Sid") or "without a Sid"
            condition = statement.get("Condition")
            when = f" under the condition {json.dumps(condition)}" if condition else ""
            yield Fault(
                f"the policy of repository {name} denies {', '.join(dict.fromkeys(hit))}{when} (statement {sid})",
                "Take these actions out of the statement, or except the deployer and the execution role from it.",
                Severity.WARNING if condition else Severity.ERROR,
            )


def _of_pushing(place: Place, caller: str, images: list[EcrImage]) -> list[Fault]:
    principal = _principal(place, caller) if images else ""
    if not principal:
        return []
    needs = [Need(("ecr:GetAuthorizationToken",), "*", "Docker cannot sign in")]
    needs += [Need(PUSHES, image.arn, "a deployment by you cannot push its image") for image in images]
    return lacking(place, principal, needs, who="the caller")


def _principal(place: Place, caller: str) -> str:
    """The role or user behind a caller's ARN; empty for the root user, who may do everything."""
    if ":assumed-role/" not in caller:
        return "" if caller.endswith(":root") else caller
    name = caller.split("/")[1]
    try:
        return str(place.aws("iam", "get_role", RoleName=name)["Role"]["Arn"])
    except RefusedError as error:
        raise CannotLookError(f"the role {name}: {error}") from error
