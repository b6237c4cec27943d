"""Where a deployment stands, and what in it only follows from that.

Account, region and the environment's own name go through a whole deployment. What moves along with them is no
difference; what stays although they changed is one: a move most often leaves an address of the old account behind.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

_SUFFIX: Final = re.compile(r"(:secret:[\w/+=.@-]+?)-[A-Za-z0-9]{6}(?=:|$)")
_ID: Final = re.compile(r"\b(subnet|sg|vpc|fs|fsap|vpce|rtb)-[0-9a-f]{8,17}\b")


@dataclass(frozen=True)
class Place:
    """Account and region, and the environment's own name; each empty where it is not known."""

    account: str = ""
    region: str = ""
    name: str = ""

    @property
    def known(self) -> bool:
        """Whether account and region are."""
        return bool(self.account and self.region)

    def __str__(self) -> str:
        """Account and region as one reads them."""
        return f"{self.account} {self.region}"


def place_of(data: dict[str, Any]) -> Place:
    """The place that an ARN of its own tells."""
    own = (data.get(key) for key in ("serviceArn", "taskDefinitionArn", "StackId"))
    parts = next((str(arn) for arn in own if arn), "").split(":")
    account, region = (parts[4], parts[3]) if parts[0] == "arn" and len(parts) > 5 else ("", "")
    return Place(account, region, str(data.get("environmentName") or ""))


def same(old: str | None, new: str | None, here: Place, there: Place) -> bool:
    """Whether two values are the same but for what follows from their places."""
    if old is None or new is None:
        return old is new
    left, right = _plain(old, here), _plain(new, there)
    if here.name and there.name and here.name != there.name:
        left, right = _without_name(left, here.name), _without_name(right, there.name)
    if here.known and there.known and (here.account, here.region) != (there.account, there.region):
        if {one[0] for one in _ID.finditer(left)} & {one[0] for one in _ID.finditer(right)}:
            return False  # an id belongs to one account and region: it was left behind
        left, right = (_ID.sub(r"\1-<id>", _SUFFIX.sub(r"\1-<suffix>", text)) for text in (left, right))
    return left == right


def _plain(text: str, place: Place) -> str:
    text = text.replace(place.account, "<account>") if place.account else text
    return text.replace(place.region, "<region>") if place.region else text


def _without_name(text: str, name: str) -> str:
    return re.sub(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", "<environment>", text, flags=re.IGNORECASE)
