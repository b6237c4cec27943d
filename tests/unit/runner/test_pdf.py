"""The report on paper: pages, headers, fonts, and what a reader aloud needs."""

import pytest

from runner.writers import pdf
from tests.unit.runner.made_documents import made, paper, rows


def test_a_long_table_goes_on_over_pages_with_its_header_and_page_numbers() -> None:
    read = paper(made("pdf", {"a": [rows(place=list(range(120)), name=["x"] * 120)]}))
    assert len(read.pages) > 1
    for number, text in enumerate(read.pages, start=1):
        assert f"Page {number} of {len(read.pages)}" in text
        assert "Place" in text
    assert "119" in read.pages[-1]


def test_the_file_says_title_author_and_when_it_was_made_and_is_tagged() -> None:
    read = paper(made("pdf", {"a": [rows(x=[1])]}, title="Übersicht"))
    assert read.metadata["Title"] == "Übersicht"
    assert read.metadata["Keywords"] == "SALES · job-1"
    assert read.metadata["CreationDate"].startswith("D:20261122060200")
    assert read.tagged


def test_the_same_report_is_the_same_file() -> None:
    files = [made("pdf", {"a": [rows(x=[1])]}).files["report.pdf"].data.getvalue() for _ in range(2)]
    assert files[0] == files[1]


def test_letters_of_many_scripts_can_be_read_and_what_has_no_glyph_is_named() -> None:
    texts = ["漢字かな 한국어", "Ελληνικά Українська", "e\u0301", "😀👩\u200d👧 👍"]
    read = paper(made("pdf", {"a": [rows(x=texts)]}))
    for text in texts[:2]:
        assert read.says(text)
    assert read.says("[grinning face][woman][girl]")
    assert "\x00" not in read.text


def test_right_to_left_text_keeps_its_letters() -> None:
    read = paper(made("pdf", {"a": [rows(x=["שלום"])]}))
    assert set("שלום") <= set(read.text)


def test_paper_is_letter_in_america_and_a4_elsewhere() -> None:
    sizes = [paper(made("pdf", {"a": [rows(x=[1])]}, locale=locale)).sizes[0] for locale in ("en-US", "en-GB")]
    assert [tuple(map(round, size)) for size in sizes] == [(612, 792), (595, 842)]


def test_a_table_too_wide_for_the_page_turns_it_and_two_hundred_columns_are_split() -> None:
    wide = rows(**{f"column_{number}": ["some text"] for number in range(12)})
    some = paper(made("pdf", {"a": [wide]}, description="The last word."))
    # Cover and description stand on the same sheet.
    assert [width > height for width, height in some.sizes] == [True]
    assert some.says("The last word.")
    many = paper(made("pdf", {"a": [rows(**{f"c{number}": [number] for number in range(200)})]}))
    assert many.says("beside the first")
    assert all(f"C{number}" in many.text.split() for number in range(200))


def test_a_word_longer_than_its_column_is_broken_not_cut() -> None:
    word = "abcdefghij" * 30
    assert paper(made("pdf", {"a": [rows(x=[word], y=[1])]})).says(word)


def test_text_that_the_standard_for_readers_aloud_refuses_is_printed_all_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pdf, "drawable", lambda text: text)
    assert paper(made("pdf", {"a": [rows(x=["no glyph: 😀", "fine"])]})).says("fine")
    [said] = caplog.records
    assert vars(said)["action"] == pdf.NOT_ACCESSIBLE
    assert "PDF/UA-1" in said.getMessage()
