"""The page of a report definition has every key, and says of each what its default is."""

from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from contract.presentation import ChartSection, ColumnFormat, CsvOptions, KeyFigure, KeyFigures, TableSection
from contract.report import ParameterSpec, Query, ReportDefinition
from contract.resources import Resources
from tests.house import tree
from tests.house.test_documents import rows

PAGE = Path("docs/reference/report-definition.md")
SECTIONS: dict[str, type[BaseModel]] = {
    "## The report": ReportDefinition,
    "## A parameter": ParameterSpec,
    "## A query": Query,
    "## A column": ColumnFormat,
    "## Key figures": KeyFigures,
    "## A key figure": KeyFigure,
    "## A table": TableSection,
    "## A chart": ChartSection,
    "## CSV": CsvOptions,
    "## Resources": Resources,
}


def said(field: FieldInfo) -> str | None:
    """The default as the page writes it; None for one that the page says in words."""
    match field.default:
        case _ if field.default is PydanticUndefined:
            return "required"
        case bool(value):
            return str(value).lower()
        case str(value) if value:
            return value
        case int(value):
            return str(value)
        case _:
            return None


def faults(model: type[BaseModel], told: list[list[str]]) -> list[str]:
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    there = {cells[0]: cells[2] for cells in told}
    missing = [f"{name}: in one place only" for name in sorted(fields.keys() ^ there.keys())]
    wrong = []
    for name, field in fields.items():
        default, page = said(field), there.get(name)
        fits = page is None or default in {None, page} or (default == "required" and page.startswith("required"))
        wrong += [] if fits else [f"{name}: the page says {page}, it is {default}"]
    return missing + wrong


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_key_of_a_definition_is_on_its_page_with_its_default(heading: str) -> None:
    assert faults(SECTIONS[heading], rows(tree.text(PAGE), heading)[1:]) == []


def test_a_missing_key_and_a_wrong_default_are_noticed() -> None:
    told = rows(tree.text(PAGE), "## Resources")[1:]
    assert faults(Resources, told[1:]) != []
    assert faults(Resources, [[*told[0][:2], "512", ""], *told[1:]]) != []
    assert faults(Resources, [*told, ["gpu", "", "", ""]]) != []
