"""How tables go on paper, and which characters its fonts can draw."""

from dataclasses import replace

from runner.documents.fonts import cjk_family
from runner.documents.glyphs import drawable
from runner.documents.letters import label, letters
from runner.documents.paper import A4, LETTER, apart_pt, paper_of, spread_out
from runner.documents.parts import TablePart


def table(*widths: int, rows: int = 1) -> TablePart:
    cells = tuple("x" * width for width in widths)
    whole = tuple(True for _ in widths)
    return TablePart("t", tuple("h" for _ in widths), whole, whole, (cells,) * rows, (), "")


def test_columns_fill_the_page_and_wider_ones_get_more() -> None:
    spread = spread_out(table(5, 10, 20), A4)
    assert (spread.turned, spread.groups) == (False, ((0, 1, 2),))
    assert abs(sum(spread.widths[0]) - A4.upright_pt) < 0.1
    assert list(spread.widths[0]) == sorted(spread.widths[0])


def test_letters_shrink_before_the_page_turns_and_the_page_turns_before_the_table_is_split() -> None:
    found = [spread_out(table(*[10] * count), A4) for count in (8, 9, 13, 16)]
    assert [(spread.size_pt, spread.turned, len(spread.groups)) for spread in found] == [
        (8.5, False, 1),
        (7.5, False, 1),
        (8.5, True, 1),
        (7.5, True, 2),
    ]


def test_a_split_table_shows_every_column_once_beside_the_first() -> None:
    spread = spread_out(table(*[10] * 200), LETTER)
    assert all(group[0] == 0 for group in spread.groups)
    assert [column for group in spread.groups for column in group[1:]] == list(range(1, 200))
    assert all(sum(widths) <= LETTER.turned_pt + 0.1 for widths in spread.widths)


def test_a_text_keeps_its_distance_from_the_numbers_before_it_and_has_the_room_for_it() -> None:
    three = replace(table(10, 10, 10), to_the_right=(True, False, False))
    assert apart_pt(three) == (0.0, 6.0, 0.0)
    first, second, third = spread_out(three, A4).widths[0]
    assert first == third < second


def test_sentences_beside_many_columns_are_not_squeezed_into_the_least_that_a_name_takes() -> None:
    texts = ["x" * 12] * 9
    cells = (*texts, "some words " * 40)
    free = (False,) * len(cells)
    spread = spread_out(TablePart("t", ("h",) * len(cells), free, free, (cells,), (), ""), A4)
    assert spread.widths[-1][-1] > 2 * spread.widths[0][0]


def test_one_column_wider_than_a_page_still_has_a_place() -> None:
    assert spread_out(table(500), A4).groups == ((0,),)
    assert spread_out(table(500, 500), A4).groups == ((0, 1),)


def test_signs_of_east_asia_are_two_letters_wide() -> None:
    assert (letters("abc"), letters("漢字"), letters("é")) == (3, 4, 1)


def test_a_label_has_no_marks_of_direction() -> None:
    assert label("1\u200f/10\u200f/2026", 20) == "1/10/2026"


def test_a_label_is_shortened_between_signs_however_wide_they_are() -> None:
    assert label("one\ntwo", 7) == "one two"
    assert label("漢字漢字", 6) == "漢字\N{HORIZONTAL ELLIPSIS}"
    assert label("😀" * 9, 5) == "😀😀\N{HORIZONTAL ELLIPSIS}"


def test_paper_and_chinese_face_follow_the_locale() -> None:
    assert [paper_of(locale).name for locale in ("en-US", "de-DE", "fr")] == ["us-letter", "a4", "a4"]
    faces = [cjk_family(locale)[-2:] for locale in ("ja-JP", "ko", "zh-TW", "zh-CN", "en-US")]
    assert faces == ["JP", "KR", "TC", "SC", "SC"]


def test_only_what_no_font_draws_is_named() -> None:
    kept = "plain Größe Ελλ Укр שלום عربي 漢かな한 €→▲≈ \N{SYMBOL FOR NULL} \u200f\n"
    assert drawable(kept) == kept
    assert drawable("a\ufeff😀 👩\u200d👧\ufe0f\U000f0000") == "a[grinning face] [woman][girl][U+F0000]"
