"""Names filled into statements, and the one place that does it."""

import pytest

from executor.deploy import templates
from tests.house import tree


def test_a_value_is_filled_in_once_and_never_read_as_a_template() -> None:
    assert (
        templates.filled("{{ kind }} {{ name }} {{ other }}", kind="{{ name }}", name="x") == "{{ name }} x {{ other }}"
    )
    assert templates.query("drop_earlier", kind="FUNCTION", name='"a b"') == 'DROP FUNCTION IF EXISTS "a b"'


@pytest.mark.parametrize(
    ("statement", "values"),
    [("grant_integration", {"integration": "BELL", "role": "%s"}), ("grant_read_session", {"deployer": "%s"})],
)
def test_a_role_of_any_name_is_granted_to_as_one_identifier(statement: str, values: dict[str, str]) -> None:
    name = templates.inside_quotes('deploy "crew"-1')
    text = templates.query(statement, **{key: value.replace("%s", name) for key, value in values.items()})
    assert text.endswith('TO ROLE "deploy ""crew""-1"')


def test_nothing_else_fills_names_in() -> None:
    places = [str(path) for path in tree.files(".py", ("executor",)) if '"{{ ' in tree.text(path)]
    assert places == []
