"""The page of known causes, made from the catalogue: ``python -m tests.house.causes_page`` writes it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from executor.causes import load
from executor.core.causes import Catalogue, Cause, Text
from executor.core.families import MEANING, Family
from tests.house import tree

PAGE: Final = Path("docs/reference/causes.md")
HEAD: Final = """# Causes of failure

Made from the catalogue by `python -m tests.house.causes_page`, and compared with it by a test. `reporting causes` lists
the same, `reporting classify` tells the cause of a text, and a job that failed carries `cause_id`, `diagnosis` and
`remedy` from here. How to use them: [find the cause of a failure](../how-to/find-the-cause.md).

Each cause belongs to one family, for whoever counts failures or acts on them by program. Families and cause ids stay.

| certainty | means |
|---|---|
| `certain` | these words say this and nothing else |
| `likely` | these words most often mean this |
| `possible` | a general word, a first suspicion |
| `unknown` | no cause is known, and the text is kept as it came |

A retry helps: `yes`, the same thing again may end better; `no`, it will not; `with-change`, with more memory for
example. "Ran" tells whether the report's code ran before. "Known by" is an example of the words, with where it is known
from: the documentation (`doc`), the source of the program that says it (`agent` for the ECS agent's, `code`), what
users reported (`field`), or memory alone (`memory`), which a report from the field should replace.

## Families

"""


def page(catalogue: Catalogue) -> str:
    """The page as the catalogue has it."""
    families = "\n".join(f"| [`{family}`](#{family}) | {MEANING[family]} |" for family in Family)
    parts = [f"{HEAD}| family | means |\n|---|---|\n{families}\n"]
    parts += [_family(family, catalogue) for family in Family]
    return "\n".join(parts)


def _family(family: Family, catalogue: Catalogue) -> str:
    rows = sorted(_rows(catalogue, family))
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return (
        f"### {family}\n\n| cause | means | what to do | retry | ran | known by |\n|---|---|---|---|---|---|\n{lines}\n"
    )


def _rows(catalogue: Catalogue, family: Family) -> Iterable[tuple[str, ...]]:
    for cause in catalogue.causes:
        if cause.family is family:
            texts = [text for text in catalogue.texts if text.cause.cause_id == cause.cause_id]
            yield _row(cause, texts)


def _row(cause: Cause, texts: list[Text]) -> tuple[str, ...]:
    known = "the executor itself"
    if texts:
        example = texts[0].example.replace("`", "'").replace("|", "\\|")
        said = example if len(example) <= 160 else f"{example[:160].rstrip()} …"
        known = f"`{said}` ({texts[0].confidence}: {texts[0].source})"
    return f"`{cause.cause_id}`", cause.summary, cause.remedy, cause.retry, cause.code_ran, known


if __name__ == "__main__":
    (tree.ROOT / PAGE).write_text(page(load()), encoding="utf-8")
