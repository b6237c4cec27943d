"""What must hold for any input that a caller can write."""

import json
from datetime import date
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from contract.binding import binds, bound, with_placeholders
from contract.outcome import cut
from contract.parameters import resolve_parameters
from contract.refusal import RefusedError
from contract.relative_dates import resolve_date
from contract.request import parse_options
from tests.jobs import definition

REPORT = definition(
    parameters={
        "start_date": {"type": "string", "format": "date", "default": "start_of_month"},
        "end_date": {"type": "string", "format": "date", "default": "business_date"},
        "top_n": {"type": "integer", "minimum": 1, "maximum": 100},
        "share": {"type": "number"},
        "tier": {"type": "string", "enum": ["GOLD", "SILVER"]},
        "note": {"type": "string", "maxLength": 10},
        "strict": {"type": "boolean"},
    },
    ranges=[["start_date", "end_date"]],
)
KINDS: dict[str, tuple[type, ...]] = {
    "start_date": (str,),
    "end_date": (str,),
    "top_n": (int,),
    "share": (int, float),
    "tier": (str,),
    "note": (str,),
    "strict": (bool,),
}

_leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text()
    | st.dates().map(date.isoformat)
    | st.dates()
    | st.sampled_from(["GOLD", "2026-02-30", "2026-W01-1", "today"])
)
_json = st.recursive(_leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))
_names = st.sampled_from(sorted(KINDS)) | st.text(max_size=10)
_days = st.dates(min_value=date(2, 1, 1), max_value=date(9990, 1, 1))


def _names_its_fields(error: RefusedError, root: str) -> None:
    assert error.problems
    assert all(problem.field.startswith(root) and problem.says for problem in error.problems)


@given(st.dictionaries(_names, _json, max_size=5), st.dates())
def test_p22_parameters_are_refused_by_name_or_have_the_declared_kind(values: dict[str, Any], day: date) -> None:
    try:
        resolved = resolve_parameters(REPORT, values, day)
    except RefusedError as error:
        _names_its_fields(error, "params.")
        return
    assert list(resolved) == list(REPORT.parameters)
    for name, value in resolved.items():
        assert value is None or isinstance(value, KINDS[name])
        assert not (isinstance(value, bool) and name != "strict")
    for name in ("start_date", "end_date"):
        assert date.fromisoformat(str(resolved[name])).isoformat() == resolved[name]
    assert str(resolved["start_date"]) <= str(resolved["end_date"]) or not {"start_date", "end_date"} & set(values)
    json.dumps(resolved)


@given(
    st.dictionaries(
        st.sampled_from(["formats", "priority", "cpu", "memory", "not_before"]) | st.text(), _json, max_size=4
    )
)
def test_p22_options_are_taken_or_refused_by_name(values: dict[str, Any]) -> None:
    try:
        parse_options(values)
    except RefusedError as error:
        _names_its_fields(error, "options")


_anchors = st.sampled_from(
    ["business_date", "yesterday", "today", "start_of_week", "start_of_month", "end_of_month", "start_of_quarter"]
)
_steps = st.builds(
    lambda sign, n, unit: f"{sign}{n}{unit}", st.sampled_from("+-"), st.integers(0, 9999), st.sampled_from("dwmy")
)


@given(_anchors, _steps | st.just(""), st.dates())
@example("today", "", date.max)
@example("end_of_month", "", date.max)
@example("business_date", "-9999y", date.min)
def test_a_relative_date_is_a_day_or_a_value_error(anchor: str, step: str, day: date) -> None:
    try:
        assert isinstance(resolve_date(anchor + step, day), date)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either outcome is fine, another exception is not


@given(st.text(max_size=30), _days)
def test_any_other_word_is_a_value_error_or_an_iso_date(word: str, day: date) -> None:
    try:
        assert isinstance(resolve_date(word, day), date)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - as above


@given(_anchors, st.integers(0, 200), _days)
def test_months_forth_and_back_end_in_the_month_they_began_in(anchor: str, months: int, day: date) -> None:
    there = resolve_date(f"{anchor}-{months}m", date(2026, 3, 15))
    back = resolve_date(f"business_date+{months}m", there)
    begun = resolve_date(anchor, date(2026, 3, 15))
    assert (back.year, back.month) == (begun.year, begun.month)
    assert day <= resolve_date("end_of_month", day)


_quoted = st.text(alphabet=":abc?-/* \n", max_size=12)
_pieces = st.one_of(
    _quoted.map(lambda text: "'" + text + "'"),
    _quoted.map(lambda text: '"' + text + '"'),
    _quoted.map(lambda text: "/*" + text.replace("*/", "").replace("/", "") + "*/"),
    _quoted.map(lambda text: "--" + text.replace("\n", "") + "\n"),
    st.sampled_from(["value:path", "x::date", "x[0]:path"]),
)


@given(st.lists(_pieces | st.just(None), max_size=8))
def test_binds_are_replaced_where_they_stand_and_quoted_text_is_never_touched(pieces: list[str | None]) -> None:
    sql = " , ".join(":a_bind" if piece is None else piece for piece in pieces)
    expected = " , ".join("?" if piece is None else piece for piece in pieces)
    assert with_placeholders(sql) == expected
    assert binds(sql) == ["a_bind"] * pieces.count(None)
    assert bound(sql, {"a_bind": 1}) == (expected, [1] * pieces.count(None))


@given(st.text(), st.integers(4, 100), st.booleans())
def test_a_cut_text_fits_and_is_a_part_of_the_whole(text: str, size: int, keep_end: bool) -> None:
    found = cut(text, size, keep_end=keep_end) if text.isprintable() else cut("ä" * len(text), size, keep_end=keep_end)
    assert len(found.encode()) <= size
