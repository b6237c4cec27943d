"""Files against what their manifest says of them."""

import pytest

from contract.manifest import ReportFile
from executor.core.files import StoredFile, wrong

DIGEST = "ab" * 32
FILE = ReportFile.model_validate(
    {"name": "a.csv", "uri": "s3://b/a.csv", "format": "csv", "query": "q", "bytes": 5, "rows": 1, "sha256": DIGEST}
    | {"content_type": "text/csv"}
)


@pytest.mark.parametrize("sha256", [DIGEST, None])
def test_p4_a_file_as_the_manifest_says_is_right_and_one_uploaded_in_parts_is_judged_by_its_size(
    sha256: str | None,
) -> None:
    assert wrong(FILE, StoredFile(5, sha256)) is None
    assert wrong(FILE.model_copy(update={"sha256": DIGEST.upper()}), StoredFile(5, sha256)) is None


@pytest.mark.parametrize(
    ("stored", "says"),
    [(None, "not there"), (StoredFile(4, DIGEST), "4 bytes"), (StoredFile(5, "cd" * 32), "another SHA-256")],
)
def test_p4_a_file_that_is_missing_cut_or_another_is_wrong(stored: StoredFile | None, says: str) -> None:
    found = wrong(FILE, stored)
    assert found is not None
    assert says in found
