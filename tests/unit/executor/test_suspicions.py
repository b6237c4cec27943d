"""Where no text is known, a thing and what is said of it raise a first suspicion, and never more."""

import pytest

from executor.causes import load
from executor.core.causes import EMPTY, CatalogueError, Certainty, Scope
from executor.core.classify import NOT_KNOWN, cause_told, classify
from executor.core.suspicions import read, suspected

CATALOGUE = load()
CAUSES = {cause.cause_id: cause for cause in CATALOGUE.causes}
THINGS = "thing\tsaid\tunless\tcause_id\tsource\texample\n"
SAID = "said\tregex\nmissing\tno such|is gone\n"


@pytest.mark.parametrize(
    "said",
    ["there is no such log group", "log group /ecs/reports: could not be found", "unable to find the log group x"],
)
def test_words_in_any_order_raise_the_same_suspicion(said: str) -> None:
    found = classify(CATALOGUE, said)
    assert (found.cause_id, found.certainty) == ("log_group_missing", Certainty.POSSIBLE)


def test_a_thing_alone_raises_none_nor_does_what_is_said_of_another() -> None:
    assert classify(CATALOGUE, "log group /ecs/reports was made").cause_id == NOT_KNOWN
    assert (
        classify(CATALOGUE, f"log group /ecs/reports was made. {'x ' * 400} the cat is missing").cause_id == NOT_KNOWN
    )


def test_a_suspicion_is_never_sure_and_no_job_carries_one() -> None:
    suspicions = [text for text in CATALOGUE.texts if text.scope is Scope.SUSPICION]
    assert {text.certainty for text in suspicions} == {Certainty.POSSIBLE}
    assert cause_told(CATALOGUE, "unable to find the log group x", "log") is None


def test_a_suspicion_yields_to_a_known_text() -> None:
    said = "unable to find the log group x\nModuleNotFoundError: No module named 'pandas'"
    assert classify(CATALOGUE, said).cause_id == "python_import_error"


def test_the_last_line_that_raises_one_counts_and_its_exceptions_hold() -> None:
    rows = f"{THINGS}\\bboat\\b\tmissing\ttoy\tdisk_full\tsea\tthe boat is gone\n"
    known = EMPTY.with_texts(read(rows, SAID, CAUSES))
    found = suspected(known, ["no such boat\na toy boat is gone\nthe end"])
    assert found is not None
    assert found.cause.cause_id == "disk_full"
    assert suspected(known, ["a toy boat is gone"]) is None


@pytest.mark.parametrize(
    "row",
    ["boat\tlost\t\tdisk_full\tsea\tx", "boat\tmissing\t\tno_cause\tsea\tx", "(\tmissing\t\tdisk_full\tsea\tx"],
)
def test_a_row_that_cannot_be_read_is_named_by_its_line(row: str) -> None:
    with pytest.raises(CatalogueError, match="suspicions, line 2"):
        list(read(THINGS + row, SAID, CAUSES))
