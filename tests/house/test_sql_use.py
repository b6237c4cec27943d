"""Every statement is used, everything that is used is there, and all of it is SQL that Snowflake reads."""

import ast
import json
import logging
import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from contract.binding import with_placeholders
from sql import BOOTSTRAP_STEPS
from tests.house import tree

ALL = sorted([*tree.files(".sql", ("sql",)), *tree.files(".sql", ("local_cloud/sample_data",))])
# schemachange runs every script of these folders by its name; the others are asked for by our code.
VERSIONED = {"migrations", "procedures", "tasks", "views", "grants"}
SCRIPT_NAME = re.compile(r"V\d{4}__[a-z0-9_]+|R__[a-z0-9_]+|A__[a-z0-9_]+")
# What sqlglot takes as one lump; the expression in a CALL is parsed by itself.
CALL = re.compile(r"(?:CREATE OR ALTER TASK .*\bAS\s+)?CALL [\w$]+\((.*)\)\s*", re.DOTALL)
LUMP = re.compile(
    r"""(?:ALTER\ TASK\ (?:IF\ EXISTS\ )?\w+\ (?:RESUME|SUSPEND)
      | SHOW\ (?:TASKS|ROLES\ LIKE\ 'REPORT%'|(?:NOTIFICATION|API|EXTERNAL\ ACCESS)\ INTEGRATIONS)
      | SHOW\ GRANTS\ TO\ ROLE\ "role"
      | DESCRIBE\ USER\ "user"
      | SHOW\ (?:EXTERNAL\ FUNCTIONS|USER\ FUNCTIONS|PROCEDURES|NETWORK\ RULES|SECRETS)\ IN\ ACCOUNT
      | DROP\ kind\ IF\ EXISTS\ name
      | CREATE\ NOTIFICATION\ INTEGRATION\ IF\ NOT\ EXISTS\ \w+\s+TYPE\ =\ QUEUE\s+(?:\w+\ =\ (?:\w+|'\w+')\s*)+
      | CREATE\ ROLE\ IF\ NOT\ EXISTS\ \w+\ COMMENT\ =\ '[^']*'
      | GRANT\ ROLE\ \w+\ TO\ (?:ROLE|USER)\ "?\w+"?
      | CREATE\ USER\ IF\ NOT\ EXISTS\ \w+\ TYPE\ =\ SERVICE\ DEFAULT_ROLE\ =\ \w+\ DEFAULT_WAREHOUSE\ =\ \w+
      | DROP\ USER\ IF\ EXISTS\ \w+
      | ALTER\ USER\ \w+\ SET\ (?:RSA_PUBLIC_KEY\ =\ '\w+'|WORKLOAD_IDENTITY\ =\ \(TYPE\ =\ AWS\ ARN\ =\ '\w+'\))
      | GRANT\ OWNERSHIP\ ON\ PROCEDURE\ \w+\(\w*\)\ TO\ ROLE\ \w+\ COPY\ CURRENT\ GRANTS
      | GRANT\ SELECT\ ON\ ALL\ (?:TABLES|VIEWS)\ IN\ SCHEMA\ [\w.]+\ TO\ ROLE\ \w+
      | GRANT\ MONITOR,\ OPERATE\ ON\ TASK\ \w+\ TO\ ROLE\ \w+
    )\s*""",
    re.VERBOSE,
)

# What sqlglot takes for another statement that is wrong.
UNKNOWN = re.compile(r"(DESCRIBE) (USER .*)")


def asked_names(source: str) -> set[str]:
    """Patterns of the names that a module's strings could ask for; ``create_{}`` asks for ``create_orders``."""
    return {
        re.escape(text).replace(r"\{\}", r"\w+")
        for text in tree.texts(source)
        if re.fullmatch(r"\w{3,}(?:\{\}\w*)*", text)
    }


def report_files() -> set[str]:
    found = set()
    for definition in (tree.ROOT / "sql" / "reports").glob("*/definition.json"):
        queries = json.loads(definition.read_text(encoding="utf-8"))["queries"]
        found |= {f"sql/reports/{definition.parent.name}/{query['file']}" for query in queries}
    return found


def unused(paths: list[Path], asked: set[str], in_reports: set[str]) -> list[str]:
    anything_asked = re.compile("|".join(asked))

    def is_used(path: Path) -> bool:
        match path.parts[:2]:
            case ("sql", "reports"):
                return str(path) in in_reports
            case ("sql", "bootstrap"):
                return path.stem in BOOTSTRAP_STEPS
            case ("sql", folder) if folder in VERSIONED:
                return SCRIPT_NAME.fullmatch(path.stem) is not None
            case _:
                return anything_asked.fullmatch(path.stem) is not None

    return [str(path) for path in paths if not is_used(path)]


def loaded_names() -> dict[str, str]:
    found = {}
    for path in tree.files(".py", tree.PACKAGES):
        for node in ast.walk(ast.parse(tree.text(path))):
            match node:
                case ast.Call(func=ast.Name("load"), args=[ast.Constant(str(name)), *_]):
                    found[name] = str(path)
    return found


def parsed(sql: str) -> list[exp.Expr]:
    """The statements of a file; a template's ``{{ name }}`` stands for an identifier."""
    filled = re.sub(r"\{\{ (\w+) \}\}|\{(\w+)\}", r"\1\2", re.sub(r"(?m)^--.*$", "", sql))
    if known := UNKNOWN.fullmatch(filled.strip()):
        return [exp.Command(this=known[1], expression=known[2])]
    return [one for one in sqlglot.parse(with_placeholders(filled), dialect="snowflake") if one is not None]


def unreadable(sql: str) -> list[str]:
    """What sqlglot cannot read as Snowflake's SQL."""
    try:
        statements = parsed(sql)
    except sqlglot.errors.ParseError as error:
        return [str(error)]
    found = []
    for one in statements:
        for command in one.find_all(exp.Command):
            text = command.sql(dialect="snowflake")
            if call := CALL.fullmatch(text):
                found += unreadable(f"SELECT {call.group(1)}") if call.group(1) else []
            elif not LUMP.fullmatch(text):
                found.append(f"not understood: {text[:80]}")
    return found or ([] if statements else ["no statement"])


def joined_flattens(sql: str) -> list[str]:
    """FLATTENs that stand themselves on one side of a JOIN.

    Snowflake refuses them: "lateral table function called with OUTER JOIN syntax or a join predicate (ON clause)"
    (behaviour change 2023_04, bcr-1057). A subquery around the function is what it takes.
    """
    functions = (exp.TableFromRows, exp.Lateral)
    found = []
    for one in parsed(sql):
        for select in one.find_all(exp.Select):
            joins = select.args.get("joins") or []
            sides = [join.this for join in joins if join.args.get("on") or join.args.get("using") or join.side]
            source = select.args.get("from_")
            sides += [source.this] if source is not None and joins else []
            found += [side.sql(dialect="snowflake") for side in sides if isinstance(side, functions)]
    return found


@pytest.fixture(autouse=True)
def quiet() -> None:
    logging.getLogger("sqlglot").setLevel(logging.ERROR)


def test_every_statement_is_used() -> None:
    asked = {name for path in tree.files(".py", tree.PACKAGES) for name in asked_names(tree.text(path))}
    assert unused(ALL, asked, report_files()) == []


def test_every_statement_that_is_loaded_is_there() -> None:
    there = {path.stem for path in ALL if path.parts[:2] == ("sql", "queries")}
    assert {name: path for name, path in loaded_names().items() if name not in there} == {}
    assert [name for name in sorted(report_files()) if not (tree.ROOT / name).is_file()] == []


@pytest.mark.parametrize("path", ALL, ids=str)
def test_a_statement_is_sql_that_snowflake_reads(path: Path) -> None:
    assert unreadable(tree.text(path)) == []


@pytest.mark.parametrize("path", ALL, ids=str)
def test_no_statement_joins_flatten_itself(path: Path) -> None:
    assert joined_flattens(tree.text(path)) == []


def test_a_statement_that_nobody_uses_is_noticed() -> None:
    orphans = ["sql/queries/orphan.sql", "sql/bootstrap/orphan.sql", "sql/views/jobs.sql", "sql/reports/x/y.sql"]
    assert unused([Path(name) for name in orphans], {"other"}, set()) == orphans


@pytest.mark.parametrize(
    "sql", ["SELEC 1", "SELECT (1", "-- Only a comment.", "CALL f(1 +)", "CREATE OR ALTER TASK t AS nonsense"]
)
def test_a_statement_that_cannot_be_read_is_noticed(sql: str) -> None:
    assert unreadable(sql) != []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM t JOIN TABLE(FLATTEN(INPUT => PARSE_JSON(:k))) AS k ON t.a = k.value",
        "SELECT 1 FROM t LEFT JOIN LATERAL FLATTEN(t.a) AS k ON TRUE",
        "SELECT 1 FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:k))) AS r\nLEFT JOIN t ON t.a = r.value:a::STRING",
        "SELECT 1 FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:k))) r JOIN t ON t.a = r.value",
    ],
)
def test_a_joined_flatten_is_noticed(sql: str) -> None:
    assert joined_flattens(sql) != []


def test_a_flatten_in_a_subquery_may_be_joined() -> None:
    sql = "SELECT 1 FROM (SELECT value FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:k)))) AS r JOIN t ON t.a = r.value"
    assert joined_flattens(sql) == []
