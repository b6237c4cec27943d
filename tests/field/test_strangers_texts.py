"""Texts of strangers: most are known by their family, none is answered wrongly with confidence, decoys stay unknown."""

import time
from typing import Any

import pytest

from executor.causes import load
from executor.core.causes import Certainty
from executor.core.classify import NOT_KNOWN, Answer, classify
from executor.core.families import Family
from tests.field.strangers import told

CATALOGUE = load()
HELD_APART, LEARNT, DECOYS = told("held_apart.jsonl"), told("learnt.jsonl"), told("decoys.jsonl")
CONFIDENT = {Certainty.CERTAIN, Certainty.LIKELY}


def answered(row: dict[str, Any]) -> Answer:
    return classify(CATALOGUE, row["text"], row.get("where"))


def test_there_are_enough_texts_that_no_pattern_was_written_from() -> None:
    assert len({row["text"] for row in HELD_APART}) == len(HELD_APART) >= 100
    assert len({row["family"] for row in HELD_APART}) >= 30
    assert {row["family"] for row in HELD_APART} <= set(Family)
    sources = {text.source for text in CATALOGUE.texts}
    assert {row["source"] for row in HELD_APART} & sources == set()
    assert {row["text"] for row in HELD_APART} & {text.example for text in CATALOGUE.texts} == set()


def test_texts_of_strangers_get_the_right_family_and_never_a_confident_wrong_one() -> None:
    answers = [(row, answered(row)) for row in HELD_APART]
    wrong = [(row["source"], row["family"], found) for row, found in answers if found.family != row["family"]]
    assert [one for one in wrong if one[2].certainty in CONFIDENT] == []
    assert len(wrong) <= 0.05 * len(HELD_APART), wrong


@pytest.mark.parametrize("row", LEARNT, ids=lambda row: str(row["source"]))
def test_a_text_that_was_once_missed_is_known(row: dict[str, Any]) -> None:
    assert answered(row).family == row["family"]


@pytest.mark.parametrize("where", [None, "log"])
def test_what_only_looks_like_a_cause_and_what_nobody_knows_stay_unknown(where: str | None) -> None:
    assert sum(row["looks_like"] != "nothing" for row in DECOYS) >= 40
    answers = {row["text"]: classify(CATALOGUE, row["text"], where) for row in DECOYS}
    assert {text: found.cause_id for text, found in answers.items() if found.cause_id != NOT_KNOWN} == {}


def test_a_family_of_decoys_is_one_that_the_catalogue_knows() -> None:
    assert {row["looks_like"] for row in DECOYS} <= {*Family, "nothing"}


@pytest.mark.parametrize("piece", ["image repository ", "Create Network Interface ", "KeyError environ[ ", "\n- "])
def test_four_times_the_text_takes_about_four_times_the_work(piece: str) -> None:
    def work_s(length: int) -> float:
        started = time.process_time()
        classify(CATALOGUE, f"CannotPullContainerError: {piece * (length // len(piece))}")
        return time.process_time() - started

    work_s(1_000)  # what is made once
    assert work_s(1_000_000) < 12 * work_s(250_000) + 0.05  # quadratic work would be sixteen times as much
