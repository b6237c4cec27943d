"""The verdict on one health check: can it ever pass, can it ever fail, what does it measure, what is wrong with it?"""

import re
from dataclasses import dataclass, replace
from typing import Final, Literal

from doctor.health_checks import better
from doctor.health_checks.checks import UNKNOWN_TEXT, Check
from doctor.health_checks.containers import contents_of, setting_of
from doctor.health_checks.dockerfile import Built
from doctor.health_checks.faults import kinds, told
from doctor.health_checks.images import Contents, programs_of
from doctor.health_checks.measures import measured
from doctor.health_checks.play import Player
from doctor.health_checks.timing import timed
from doctor.health_checks.verdicts import Verdict, merged
from doctor.health_checks.worlds import NOTHING, End, Event, Service, Setting, World

_OPERATORS: Final = frozenset({"|", "||", "&&", ";", ">", "2>&1", "&"})
_SHELL_ONLY: Final = frozenset({
    ".", ":", "[[", "cd", "command", "eval", "exit", "export", "read", "return", "set", "trap", "type", "ulimit",
    "umask", "wait",
})  # fmt: skip
_ONLY_WHEN_IT_NEVER_FAILS: Final = frozenset({"matches_itself"})
_NOT_RUN: Final = -1
_EVERYTHING: Final = "debian-base busybox-applets package:curl package:procps package:netcat package:wget"


def judge(check: Check, built: Built | None = None, *, measured_start_s: float | None = None) -> Verdict | None:
    """The verdict on a container's check; None when it has none and its image hides none.

    Args:
        check: The check and what is around it.
        built: The container's image, read from its Dockerfile; None when only the image's name is known.
        measured_start_s: How long the service was seen to need until it answers, seconds.
    """
    if check.otherwise:
        forms = (replace(check, otherwise=()), *check.otherwise)
        return merged([judge(form, built, measured_start_s=measured_start_s) for form in forms])
    contents = contents_of(check, built)
    setting = setting_of(check, built, contents)
    if check.command is None or check.command == ("NONE",):
        return _without(check, built, setting)
    well = _played(check, setting, Service.WELL, favourable=True)
    unfavourable = _played(check, setting, Service.WELL, favourable=False)
    others = [_played(check, setting, state, favourable=True) for state in (Service.FAILING, Service.GONE)]
    passes = _passes(well.statuses, unfavourable.statuses)
    fails = any(status > 0 for play in (well, *others) for status in play.statuses)
    events = {*well.events, *_unknown(unfavourable.events), *others[0].events, *others[1].events}
    if passes is not True:
        events |= _if_the_programs_were_there(check, setting) | _meant(check, setting)
    if passes is False and 0 in others[1].statuses:
        events |= {Event("inverted")}
    events |= timed(check, measured_start_s)
    events = _weighed(events, passes=passes, fails=fails)
    ordered = [told(e.kind, about=e.about, more=e.more, image=contents.named) for e in _ordered(events)]
    faults = tuple(fault for fault in ordered if kinds()[fault.id].weight == "fault")
    return Verdict(
        check=check,
        image=contents.named,
        can_ever_pass=passes,
        can_ever_fail=fails,
        measures=measured(events, passes=passes, fails=fails),
        faults=faults,
        notes=tuple(fault for fault in ordered if kinds()[fault.id].weight == "note"),
        better=better.better(check, setting, events) if faults or passes is False else None,
    )


@dataclass(frozen=True)
class _Play:
    statuses: frozenset[int]
    events: frozenset[Event]


def _played(check: Check, setting: Setting, service: Service, *, favourable: bool) -> _Play:
    world = World(setting, service, favourable)
    statuses = {end.status for end in _run(check, world)}
    # What is asked of the answer's text may tell an error apart.
    told_apart = {"http_errors_ignored"} if statuses != {0} else set()
    return _Play(frozenset(statuses), frozenset(event for event in world.events if event.kind not in told_apart))


def _run(check: Check, world: World) -> set[End]:
    kind, *rest = check.command or ("",)
    contents = world.setting.contents
    if any(UNKNOWN_TEXT in word for word in (kind, *rest)):
        world.note("cannot_be_known")
        return {End(0 if world.favourable else 1), End(1)}
    if kind == "CMD-SHELL":
        return _run_shell(rest, contents, world)
    if kind == "CMD":
        return _run_program(rest, world)
    world.note("prefix_missing" if kind else "command_empty", kind)
    return {End(_NOT_RUN)}


def _run_shell(rest: list[str], contents: Contents, world: World) -> set[End]:
    if len(rest) > 1:
        world.note("cmd_shell_list", rest[0])
    if not rest:
        return {End(2)}
    if contents.shell is False:
        world.note("shell_missing")
        return {End(127)}
    if re.match(r"\s*find\s[^|;&]*(\|\||&&|;|$)", rest[0]):
        world.note("find_always_zero")
    return Player(world, _dialect(contents)).shell(rest[0], argv=f"/bin/sh -c {rest[0]}")


def _run_program(rest: list[str], world: World) -> set[End]:
    if not rest:
        return {End(127)}
    if len(rest) == 1 and " " in rest[0].strip():
        world.note("cmd_one_string", rest[0])
        return {End(127)}
    name = rest[0].rsplit("/", 1)[-1]
    inner_shell = name in {"sh", "bash", "ash", "dash"}
    if not inner_shell:
        for word in rest:
            if word in _OPERATORS:
                world.note("operators_without_shell", word)
            if re.search(r"\$\{?\w", word) and not name.startswith(("python", "node", "perl", "ruby", "php", "awk")):
                world.note("variable_not_expanded", word)
    if name in _SHELL_ONLY and "/" not in rest[0]:
        world.note("program_missing", rest[0])
        return {End(127)}
    if not inner_shell and _OPERATORS & set(rest) and name not in {"echo", "true", "printf"}:
        world.setting.contents.has(name)
        return {End(1)}
    return Player(world, _dialect(world.setting.contents) if inner_shell else "").exec(list(rest), NOTHING)


def _dialect(contents: Contents) -> str | None:
    for name, dialect in (("dash", "dash"), ("ash", "ash"), ("rpm", "bash")):
        if contents.has(name):
            return dialect
    return None


def _passes(favourable: frozenset[int], unfavourable: frozenset[int]) -> bool | Literal["depends"]:
    if 0 not in favourable:
        return False
    return True if 0 in unfavourable else "depends"


def _unknown(events: frozenset[Event]) -> set[Event]:
    return {
        event
        for event in events
        if event.kind in {"program_doubtful", "program_unknown", "wrong_port", "port_not_named"}
    }


def _if_the_programs_were_there(check: Check, setting: Setting) -> set[Event]:
    """What else is wrong: a missing program hides the fault behind it."""
    contents = replace(setting.contents, programs=setting.contents.programs | programs_of(_EVERYTHING), complete=False)
    whole = replace(setting, contents=contents)
    found: set[Event] = set()
    statuses: set[int] = set()
    for service in Service:
        play = _played(check, whole, service, favourable=True)
        statuses |= play.statuses
        found |= {e for e in play.events if e.kind not in {"program_doubtful", "program_unknown", "needs_bash"}}
    return {event for event in found if event.kind not in _ONLY_WHEN_IT_NEVER_FAILS or statuses == {0}}


def _meant(check: Check, setting: Setting) -> set[Event]:
    """What a command that cannot even start was meant to look at."""
    kind, *rest = check.command or ("",)
    text = " ".join(rest) if kind in {"CMD", "CMD-SHELL"} else re.sub(r"^CMD(-SHELL)?\W+", "", " ".join((kind, *rest)))
    meant = replace(check, command=("CMD-SHELL", text))
    contents = replace(setting.contents, programs=setting.contents.programs | programs_of(_EVERYTHING), complete=False)
    play = _played(meant, replace(setting, contents=contents), Service.WELL, favourable=True)
    return {event for event in play.events if event.kind.startswith("asks_") and event.kind != "asks_pid1"}


def _weighed(events: set[Event] | frozenset[Event], *, passes: bool | str, fails: bool) -> set[Event]:
    """Some events are faults only together with the verdict."""
    found = set(events)
    if fails and passes is not False:
        found = {e for e in found if e.kind != "matches_itself"}
    told_why = {e.kind for e in found if e.kind in kinds() and kinds()[e.kind].weight == "fault"}
    if passes is not False and not fails and "matches_itself" not in told_why:
        found.add(Event("always_passes"))
    if passes is False and not told_why - {"out_of_range", "start_period_too_short"}:
        found.add(Event("always_fails"))
    return found


def _ordered(events: set[Event]) -> list[Event]:
    order = list(kinds())
    first: dict[tuple[str, str], Event] = {}
    for event in sorted(events, key=lambda e: (e.kind, e.about, e.more)):
        if event.kind in order:
            first.setdefault((event.kind, event.about), event)
    return sorted(first.values(), key=lambda event: order.index(event.kind))


def _without(check: Check, built: Built | None, setting: Setting) -> Verdict | None:
    if check.command is None and (built is None or built.healthcheck is None):
        return None
    image = setting.contents.named
    if check.command is not None:
        note = told("check_disabled", about="", more="", image=image)
        return Verdict(
            check,
            image,
            can_ever_pass=False,
            can_ever_fail=False,
            measures="nothing",
            faults=(),
            notes=(note,),
            better=None,
        )
    fault = told("image_healthcheck_ignored", about="", more="", image=image)
    return Verdict(
        check, image, can_ever_pass=False, can_ever_fail=False, measures="nothing: ECS does not run it",
        faults=(fault,), notes=(), better=better.better(check, setting, set()),
    )  # fmt: skip
