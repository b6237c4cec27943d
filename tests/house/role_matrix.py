"""The page of roles, objects and actions, made from the grants: ``python -m tests.house.role_matrix`` writes it."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Final

from tests.house import tree

PAGE: Final = Path("docs/reference/roles.md")
ROLES: Final = ("requester", "author", "operator", "admin", "executor", "probe", "runner")
STATEMENT: Final = re.compile(r"\b(GRANT|REVOKE) ([A-Z, ]+?) ON ([A-Z]+) (.+?) (?:TO|FROM) ROLE report_(\w+);")
HELD: Final = re.compile(r"\bGRANT ROLE report_(\w+) TO ROLE report_(\w+);")
OWNED: Final = re.compile(r"GRANT OWNERSHIP ON PROCEDURE (\w+\([\w, ]*\)) TO ROLE report_(\w+) ")
KINDS: Final = (
    ("PROCEDURE", "Procedures"),
    ("VIEW", "Views"),
    ("TABLE", "Tables"),
    ("TASK", "Tasks"),
    ("WAREHOUSE", "Warehouse"),
    ("STAGE", "Stage"),
    ("SCHEMA", "Schema"),
    ("DATABASE", "Database"),
)
HEAD: Final = """# Roles, objects and actions

Made from `sql/grants/` by `python -m tests.house.role_matrix`, and compared with it by a test; another asks a local
Snowflake each of these, and everything that is not here, as each role. `EXECUTOR`, `PROBE` and `RUNNER` are for
programs. An empty cell is no right: the object is not even seen. Whose jobs a requester reaches with a CALL or a SELECT
says [the SQL page](sql.md#whose-jobs).
"""

Matrix = dict[str, dict[str, dict[str, set[str]]]]
"""Kind to object to role to privileges."""


def granted(scripts: str) -> Matrix:
    """What the scripts grant, roles that hold roles included."""
    found: Matrix = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    code = re.sub(r"(?m)^--.*$", "", scripts)
    for verb, privileges, kind, name, role in STATEMENT.findall(code):
        plain = re.sub(r"^\{\{ database \}\}\.", "", name)
        rights = {privilege.strip() for privilege in privileges.split(",")}
        held = found[kind][re.sub(r"\{\{ (\w+) \}\}", r"the \1", plain)][role]
        if verb == "GRANT":
            held |= rights
        else:
            held -= rights
    for signature, role in OWNED.findall(code):
        found["PROCEDURE"][signature][role].add("OWNERSHIP")
    given = HELD.findall(code)
    for objects in found.values():
        for roles in objects.values():
            for _ in ROLES:  # a role may hold one that holds another
                for inner, outer in given:
                    roles[outer] |= roles.get(inner, set())
    return found


def page(scripts: str) -> str:
    """The page as the scripts have it."""
    matrix, parts = granted(scripts), [HEAD]
    for kind, heading in KINDS:
        names = " | ".join(f"`{role.upper()}`" for role in ROLES)
        lines = [f"## {heading}\n", f"| object | {names} |", "|---" * (len(ROLES) + 1) + "|"]
        for name, roles in sorted(matrix[kind].items()):
            cells = (", ".join(sorted(roles.get(role, ()))) for role in ROLES)
            lines.append(f"| `{name}` | " + " | ".join(cells) + " |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(re.sub(r" +\|", " |", part) for part in parts)


def scripts() -> str:
    """Every script that grants."""
    folders = ("sql/grants", "sql/procedures")
    return "\n".join(tree.text(path) for path in tree.files(".sql", ("sql",)) if str(path.parent) in folders)


if __name__ == "__main__":
    (tree.ROOT / PAGE).write_text(page(scripts()), encoding="utf-8")
