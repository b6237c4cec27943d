"""The theory that an endpoint which the task's environment names is empty, unusable or somebody else's.

A service that waits for a broker which does not exist never answers its health check, and looks exactly like one whose
check is wrong. Empty, half-written and reserved names are found without asking anybody.
"""

from dataclasses import dataclass
from typing import Final

from doctor.explain import commands
from doctor.explain.addresses import Doubt, doubts
from doctor.explain.facts import Facts
from doctor.explain.theory import Certainty, Change, Theory, Verdict, open_, refuted
from executor.core.families import Family

ID: Final = "endpoints"
TITLE: Final = "An endpoint in the environment (broker, cache, table, queue) is missing or wrong"

_FAMILIES: Final = {Family.DNS, Family.TLS, Family.PROXY, Family.SNOWFLAKE_UNREACHABLE}


@dataclass(frozen=True)
class _Found:
    container: str
    doubt: Doubt


def endpoints(facts: Facts) -> Theory:
    """What the environment names, judged without asking anybody; and what the logs say of it."""
    found, named = _found(facts)
    spoken = _spoken(facts)
    if not facts.subject.definition:
        says = "the task definition is not in the evidence"
        return spoken or open_(ID, TITLE, says, settles=commands.definition(facts))
    sure = [one for one in found if one.doubt.sure]
    if found:
        certainty = Certainty.CERTAIN if sure and spoken else Certainty.LIKELY if sure or spoken else Certainty.POSSIBLE
        told = spoken.evidence if spoken else ()
        return Theory(
            ID, TITLE, Verdict.SUPPORTED, certainty, f"endpoint_{(sure or found)[0].doubt.kind}",
            evidence=(*(f"container {one.container}: {one.doubt.says}" for one in found), *told),
            settles="" if certainty is Certainty.CERTAIN else _log_or_ask(facts, found[0].doubt),
            changes=tuple(_change(facts, one) for one in found),
            remedy="Set the variable to the address that this account and region have, and take it from the stack that"
            " makes the broker, cache or table instead of writing it by hand.",
        )  # fmt: skip
    if spoken:
        return spoken
    if not named:
        return refuted(ID, TITLE, "the task definition's environment names no endpoint")
    says = f"the environment names {', '.join(named)}: each is well formed, and none is empty or left over"
    if facts.was_healthy:
        return refuted(ID, TITLE, says, f"task {facts.was_healthy[0].id} was HEALTHY with this environment")
    return open_(
        ID, TITLE, f"{says}; whether they answer, the evidence does not tell", settles=_settles(facts, named[0])
    )


def _found(facts: Facts) -> tuple[list[_Found], list[str]]:
    """The doubtful endpoints, and the names of all variables that name an endpoint."""
    found: list[_Found] = []
    named: list[str] = []
    service, definition = facts.subject.service or {}, facts.subject.definition or {}
    place = str(service.get("serviceArn") or definition.get("taskDefinitionArn") or "")
    connected = bool((service.get("serviceConnectConfiguration") or {}).get("enabled"))
    for entry in facts.subject.containers:
        others = any(other is not entry for other in facts.subject.containers)
        place = str(
            (facts.subject.service or {}).get("serviceArn")
            or (facts.subject.definition or {}).get("taskDefinitionArn")
            or ""
        )
        connected = bool(((facts.subject.service or {}).get("serviceConnectConfiguration") or {}).get("enabled"))
        for pair in entry.get("environment") or []:
            name, value = str(pair.get("name")), str(pair.get("value") if pair.get("value") is not None else "")
            judged = doubts(name, value, arn=place, alone=not others, connected=connected)
            if judged is not None:
                named.append(name)
                found += [_Found(str(entry.get("name")), doubt) for doubt in judged]
    return found, named


def _spoken(facts: Facts) -> Theory | None:
    """What the logs say of an address that does not resolve or answer."""
    if facts.told is None:
        return None
    cause, line = facts.told
    if cause.family not in _FAMILIES:
        return None
    return Theory(
        ID, TITLE, Verdict.SUPPORTED, Certainty.LIKELY, cause.cause_id,
        evidence=(f"the log says: {line.text.strip()[:300]}", cause.summary),
        settles=commands.stopped_tasks(facts),
        remedy=cause.remedy,
    )  # fmt: skip


def _change(facts: Facts, one: _Found) -> Change:
    shown = f'{{"name": "{one.doubt.name}", "value": "{one.doubt.shown}"}}'
    wanted = f'{{"name": "{one.doubt.name}", "value": "<{one.doubt.wanted}>"}}'
    return Change(f"{facts.subject.name}, container {one.container}: environment", (shown,), (wanted,))


def _log_or_ask(facts: Facts, doubt: Doubt) -> str:
    """What no network can make work only shows in the log; of others it can be asked what they resolve to."""
    return commands.tail(facts) if doubt.sure else _settles(facts, doubt.name)


def _settles(facts: Facts, name: str) -> str:
    """Asks from inside the same subnets, with the same environment, what the names resolve to."""
    hosts = f'$(echo "${name}" | sed "s#[a-z0-9+]*://##g; s#[^,@]*@##g" | tr ",/" "  ")'
    return commands.run_once(
        facts, f"for at in {hosts}; do getent hosts ${{at%%:*}} || echo $at does not resolve; done"
    )
