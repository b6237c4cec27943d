"""What a ``.env`` file sets, with the quotes that people and programs write."""

import pytest

from doctor.evidence.dotenv import assigned

KEY = "-----BEGIN PRIVATE KEY-----\nMIIE\nA=B==\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=b", "b"), ("  export A=b  ", "b"), ("A=", ""), ('A="b c" # ours', "b c"), ("A='b # c'", "b # c"),
        (f'A="{KEY}"', KEY), (f"A='{KEY}'", KEY), ('A="b \\"c\\""', 'b "c"'), (r'A="one\nline"', r"one\nline"),
        ('A="b', "b"),
    ],
)  # fmt: skip
def test_a_value_is_what_stands_between_its_quotes_over_all_its_lines(text: str, value: str) -> None:
    assert assigned(f"# first\n{text}\nLAST=1\n") == {"A": value, "LAST": "1"}
