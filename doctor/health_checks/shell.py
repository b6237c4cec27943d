"""Reads a shell command into a tree.

The grammar is tree-sitter's; this module only turns its nodes into ours and puts right what that grammar nests the
other way round: in ``a | b || c`` it hangs ``|| c`` below the pipe.
"""

import re
import shlex
from collections.abc import Sequence

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from doctor.health_checks.redirects import redirected, take
from doctor.health_checks.shell_words import test_words, text, word
from doctor.health_checks.trees import (
    AndOr,
    Arithmetic,
    Assignment,
    Background,
    Case,
    Choice,
    Command,
    Expansion,
    Function,
    Group,
    Loop,
    Negated,
    NotShellError,
    Opaque,
    Pipeline,
    Series,
    Tree,
    Word,
)

_BASH = Language(tree_sitter_bash.language())
_LISTS = {"&&", "||"}


def parse(text: str) -> Tree:
    """The tree of a shell text.

    What the grammar does not know although a shell might is :class:`Opaque`.

    Raises:
        NotShellError: A quote is not closed, or an operator has nothing on one of its sides.
    """
    root = Parser(_BASH).parse(_readable(text).encode()).root_node
    if not root.has_error:
        return _series(root.children)
    try:
        words = list(shlex.shlex(text, posix=True, punctuation_chars=True))
    except ValueError as error:
        raise NotShellError(f"the shell does not understand `{text}`: {str(error).lower()}") from None
    if words and (words[-1] in {"&&", "||", "|"} or words[0] in {"&&", "||", "|", ";"}):
        raise NotShellError(f"the shell does not understand `{text}`: an operator has nothing on one of its sides")
    return Opaque(text)


def _readable(text: str) -> str:
    """What every shell knows but this grammar does not, in words that it does: ``<>``, curl's ``%{name}``."""
    return re.sub(r"%\{(\w+)\}", r"%\1%", text.replace("<>", "<"))


def _series(nodes: Sequence[Node]) -> Tree:
    """The commands among some nodes, in their order; a ``&`` behind one sends it to the background."""
    steps: list[Tree] = []
    for node in nodes:
        if node.type == "&" and steps:
            steps[-1] = Background(steps[-1])
        elif node.is_named and node.type not in {"comment", "heredoc_body"}:
            steps.append(_tree(node))
    return steps[0] if len(steps) == 1 else Series(tuple(steps))


def _tree(node: Node) -> Tree:  # noqa: C901, PLR0911, PLR0912 -- one line for each kind of node
    match node.type:
        case "command":
            return _command(node)
        case "test_command":
            return Command(test_words(node, _series))
        case "redirected_statement":
            return _redirected(node)
        case "pipeline":
            return _pipeline([_tree(child) for child in node.named_children])
        case "list":
            left, operator, right = node.children
            return AndOr(_tree(left), text(operator), _tree(right))
        case "negated_command":
            return Negated(_tree(node.named_children[-1]))
        case "subshell":
            return Group(_series(node.children), apart=True)
        case "compound_statement" if node.children[0].type == "((":
            return Command((("((",), (Arithmetic(text(node).removeprefix("((").removesuffix("))")),)))
        case "compound_statement":
            return Group(_series(node.children), apart=False)
        case "if_statement":
            return _choice(node)
        case "variable_assignment" | "variable_assignments" | "declaration_command":
            return Assignment(tuple(_pair(found) for found in _assignments(node)))
        case "for_statement" | "while_statement":
            return _loop(node)
        case "case_statement":
            return _case(node)
        case "function_definition":
            body = node.child_by_field_name("body")
            return Function(_field(node, "name"), _tree(body)) if body is not None else Opaque(text(node))
        case _:
            return Opaque(text(node))


def _pipeline(parts: list[Tree]) -> Tree:
    last = parts[-1]
    if isinstance(last, AndOr):
        return AndOr(_pipeline([*parts[:-1], last.left]), last.operator, last.right)
    first = parts[0]
    if isinstance(first, AndOr):
        return AndOr(first.left, first.operator, _pipeline([first.right, *parts[1:]]))
    if isinstance(first, Negated):
        return Negated(_pipeline([first.inside, *parts[1:]]))
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Pipeline) else (part,))]
    return Pipeline(tuple(flat))


def _choice(node: Node) -> Choice:
    words = [child for child in node.children if child.type != ";"]
    kinds = [child.type for child in words]
    then = kinds.index("then")
    ends = next(i for i, kind in enumerate(kinds) if i > then and kind in {"elif_clause", "else_clause", "fi"})
    test, yes = _series(words[1:then]), _series(words[then + 1 : ends])
    return Choice(test, yes, _otherwise([child for child in words[ends:] if child.type != "fi"]))


def _otherwise(clauses: list[Node]) -> Tree | None:
    if not clauses:
        return None
    inside = [child for child in clauses[0].children if child.type not in {";", "else", "elif"}]
    if clauses[0].type == "else_clause":
        return _series(inside)
    then = [child.type for child in inside].index("then")
    return Choice(_series(inside[:then]), _series(inside[then + 1 :]), _otherwise(clauses[1:]))


def _assignments(node: Node) -> list[Node]:
    if node.type == "variable_assignment":
        return [node]
    return [child for child in node.named_children if child.type == "variable_assignment"]


def _pair(node: Node) -> tuple[str, Word]:
    value = node.child_by_field_name("value")
    return _field(node, "name"), ("", *word(value, _series)) if value is not None else ("",)


def _field(node: Node, name: str) -> str:
    found = node.child_by_field_name(name)
    return text(found) if found is not None else ""


def _loop(node: Node) -> Tree:
    body = node.child_by_field_name("body")
    if body is None:
        return Opaque(text(node))
    inside = _series([child for child in body.children if child.type not in {"do", "done", "{", "}"}])
    tests = [child for child in node.children_by_field_name("condition") if child.is_named]
    if not tests:
        return Loop(inside, variable=_field(node, "variable"))
    return Loop(inside, _series(tests), ends_when=node.children[0].type == "until")


def _case(node: Node) -> Tree:
    subject = node.child_by_field_name("value")
    if subject is None:
        return Opaque(text(node))
    branches = []
    for item in node.named_children:
        if item.type == "case_item":
            patterns = item.children_by_field_name("value")
            rest = [child for child in item.children if child not in patterns and child.type not in {"|", ")", "("}]
            branches.append((tuple(text(pattern).strip("\"'") for pattern in patterns), _series(rest)))
    return Case(word(subject, _series), tuple(branches))


def _command(node: Node) -> Command:
    words: list[Word] = []
    reads: list[Word] = []
    silenced = False
    for child in node.named_children:
        match child.type:
            case "command_name":
                words.append(word(child.named_children[0], _series) if child.named_children else (text(child),))
            case "variable_assignment":
                continue
            case "file_redirect":
                silenced = take(child, reads, _series) or silenced
            case "herestring_redirect" | "heredoc_redirect":
                reads.append((Expansion("<<", None, text(child)),))
            case _:
                words.append(word(child, _series))
    return Command(tuple(words) or (("true",),), tuple(reads), silenced)


def _redirected(node: Node) -> Tree:
    body = node.child_by_field_name("body")
    inside: Tree = _tree(body) if body is not None else Command((("true",),))
    return redirected(inside, node.children_by_field_name("redirect"), _series)
