"""The words that spare a search: whatever a pattern matches has one of them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from executor.causes import load
from executor.core.needles import may_match, needles

TEXTS = [text for text in load().texts if text.needles]


@pytest.mark.parametrize(
    ("regex", "words"),
    [
        ("No space left", ("no space left",)),
        (r"exit\.code (one|two)", ("exit.code ",)),
        ("(alpha|beta) x", ("alpha", "beta")),
        ("alpha|be", ()),
        ("(alpha)? or so", (" or so",)),
        ("alphas?beta", ("alpha",)),
        ("a{0,3}bcd", ("bcd",)),
        (r"[a-z]+\d|.", ()),
        ("(?!never)(?:always)", ("always",)),
        (r"(?i:Capitals)\b", ("capitals",)),
        ("(?P<one>first)(?P=one)", ("first",)),
        ("(abc|d.f)(ghi)", ("ghi",)),
    ],
)
def test_the_words_of_a_pattern_are_those_that_must_be_there(regex: str, words: tuple[str, ...]) -> None:
    assert needles(regex) == words


def test_nearly_every_pattern_has_words() -> None:
    assert len(TEXTS) > 0.85 * len(load().texts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.data())
def test_whatever_a_pattern_matches_has_one_of_its_words(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([one for one in TEXTS if "(?" not in one.pattern.pattern]))
    said = data.draw(st.from_regex(text.pattern, alphabet=st.characters(codec="ascii")))
    assert may_match(text.needles, said.lower())
