"""A file is one idea on a screen or two; a function is one step. What must be longer says why on its first line.

The reason stands on the module's first line, or on the line of the ``def``, after the word ``long:``.
"""

import ast
import re

from tests.house import tree

MODULE_LINES, MODULE_LINES_WITH_REASON = 250, 400
BODY_LINES, BODY_LINES_WITH_REASON = 40, 60
REASON = re.compile(r"\blong: \S+ \S+")


def oversized(source: str) -> list[str]:
    lines = source.splitlines()
    found = []
    allowed = MODULE_LINES_WITH_REASON if lines and REASON.search(lines[0]) else MODULE_LINES
    if len(lines) > allowed:
        found.append(f"{len(lines)} lines, {allowed} allowed")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            allowed = BODY_LINES_WITH_REASON if REASON.search(lines[node.lineno - 1]) else BODY_LINES
            if (length := body_lines(node)) > allowed:
                found.append(f"{node.name}: a body of {length} lines, {allowed} allowed")
    return found


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_modules_and_functions_keep_to_their_size() -> None:
    found = {str(path): wrong for path in tree.files(".py") if (wrong := oversized(tree.text(path)))}
    assert found == {}


def test_a_module_that_is_too_long_is_noticed() -> None:
    assert oversized("x = 1\n" * 251) == ["251 lines, 250 allowed"]
    assert oversized('"""Long: but no word why."""\n' + "x = 1\n" * 250) == ["251 lines, 250 allowed"]
    assert oversized("# long: one grammar, read as one\n" + "x = 1\n" * 399) == []
    assert oversized("# long: one grammar, read as one\n" + "x = 1\n" * 400) == ["401 lines, 400 allowed"]


def test_a_function_that_is_too_long_is_noticed() -> None:
    def function(first_line: str, body_lines: int) -> str:
        return first_line + '\n    """Not counted.\n\n    Nor this.\n    """\n' + "    x = 1\n" * body_lines

    assert oversized(function("def f():", 40)) == []
    assert oversized(function("def f():", 41)) == ["f: a body of 41 lines, 40 allowed"]
    assert oversized(function("async def f():", 41)) == ["f: a body of 41 lines, 40 allowed"]
    assert oversized(function("def f():  # long: a table in code", 60)) == []
    assert oversized(function("def f():  # long: a table in code", 61)) == ["f: a body of 61 lines, 60 allowed"]
