# long: one function for each kind of node of the grammar
"""Reads a shell command into a tree.

The grammar is tree-sitter's; this module only turns its nodes into ours and puts right what that grammar nests the
other way round: in ``a | b || c`` it hangs ``|| c`` below the pipe.
"""

import re
import shlex
from collections.abc import Sequence

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from doctor.health_checks.trees import (
    AndOr,
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
    Piece,
    Pipeline,
    Series,
    Substitution,
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


def _text(node: Node) -> str:
    return (node.text or b"").decode()


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
            return Command(_test_words(node))
        case "redirected_statement":
            return _redirected(node)
        case "pipeline":
            return _pipeline([_tree(child) for child in node.named_children])
        case "list":
            left, operator, right = node.children
            return AndOr(_tree(left), _text(operator), _tree(right))
        case "negated_command":
            return Negated(_tree(node.named_children[-1]))
        case "subshell":
            return Group(_series(node.children), apart=True)
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
            return Function(_field(node, "name"), _tree(body)) if body is not None else Opaque(_text(node))
        case _:
            return Opaque(_text(node))


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
    return _field(node, "name"), ("", *_word(value)) if value is not None else ("",)


def _field(node: Node, name: str) -> str:
    found = node.child_by_field_name(name)
    return _text(found) if found is not None else ""


def _loop(node: Node) -> Tree:
    body = node.child_by_field_name("body")
    if body is None:
        return Opaque(_text(node))
    inside = _series([child for child in body.children if child.type not in {"do", "done", "{", "}"}])
    tests = [child for child in node.children_by_field_name("condition") if child.is_named]
    if not tests:
        return Loop(inside, variable=_field(node, "variable"))
    return Loop(inside, _series(tests), ends_when=node.children[0].type == "until")


def _case(node: Node) -> Tree:
    subject = node.child_by_field_name("value")
    if subject is None:
        return Opaque(_text(node))
    branches = []
    for item in node.named_children:
        if item.type == "case_item":
            patterns = item.children_by_field_name("value")
            rest = [child for child in item.children if child not in patterns and child.type not in {"|", ")", "("}]
            branches.append((tuple(_text(pattern).strip("\"'") for pattern in patterns), _series(rest)))
    return Case(_word(subject), tuple(branches))


def _command(node: Node) -> Command:
    words: list[Word] = []
    reads: list[Word] = []
    silenced = False
    for child in node.named_children:
        match child.type:
            case "command_name":
                words.append(_word(child.named_children[0]) if child.named_children else (_text(child),))
            case "variable_assignment":
                continue
            case "file_redirect":
                silenced = _take_redirect(child, reads) or silenced
            case "herestring_redirect" | "heredoc_redirect":
                reads.append((Expansion("<<", None, _text(child)),))
            case _:
                words.append(_word(child))
    return Command(tuple(words) or (("true",),), tuple(reads), silenced)


def _redirected(node: Node) -> Tree:
    body = node.child_by_field_name("body")
    inside: Tree = _tree(body) if body is not None else Command((("true",),))
    reads: list[Word] = []
    silenced = False
    for child in node.children_by_field_name("redirect"):
        if child.type == "file_redirect":
            silenced = _take_redirect(child, reads) or silenced
    return _redirect(inside, tuple(reads), silenced=silenced)


def _redirect(tree: Tree, reads: tuple[Word, ...], *, silenced: bool) -> Tree:
    """A redirection belongs to the last command of what the grammar hung it on, unless that is a group."""
    match tree:
        case Command():
            return Command(tree.words, (*tree.reads, *reads), tree.silenced or silenced)
        case Pipeline():
            return Pipeline((*tree.parts[:-1], _redirect(tree.parts[-1], reads, silenced=silenced)))
        case AndOr():
            return AndOr(tree.left, tree.operator, _redirect(tree.right, reads, silenced=silenced))
        case Negated():
            return Negated(_redirect(tree.inside, reads, silenced=silenced))
        case Group():
            opened = tuple(Command((("true",),), (read,)) for read in reads)
            return Group(Series((*opened, tree.inside)) if opened else tree.inside, tree.apart)
        case _:
            return tree


def _take_redirect(node: Node, reads: list[Word]) -> bool:
    """Notes a file that is read; answers whether the standard output goes away from the pipe."""
    descriptor = next((_text(child) for child in node.children if child.type == "file_descriptor"), "")
    sign = next(child.type for child in node.children if child.type != "file_descriptor")
    target = node.child_by_field_name("destination")
    if sign in {"<", "<>"} and target is not None:
        reads.append(_word(target))
    if target is not None and _text(target).startswith(("/dev/tcp/", "/dev/udp/")) and sign != "<":
        reads.append(_word(target))
    return sign in {">", ">>", "&>", "&>>", ">|"} and descriptor in {"", "1"}


def _test_words(node: Node) -> tuple[Word, ...]:
    opening, closing = _text(node.children[0]), _text(node.children[-1])
    return ((opening,), *(word for child in node.children[1:-1] for word in _operands(child)), (closing,))


def _operands(node: Node) -> list[Word]:
    if node.type in {"binary_expression", "unary_expression", "parenthesized_expression"}:
        return [word for child in node.children for word in _operands(child)]
    return [_word(node)]


def _word(node: Node) -> Word:
    pieces: list[Piece] = []
    for piece in _pieces(node):
        if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return tuple(pieces)


def _pieces(node: Node) -> list[Piece]:
    match node.type:
        case "raw_string":
            return [_text(node)[1:-1]]
        case "ansi_c_string":
            return [_text(node)[2:-1]]
        case "string":
            return _string(node)
        case "concatenation":
            return [piece for child in node.children for piece in _pieces(child)]
        case "simple_expansion" | "expansion":
            return [_expansion(node)]
        case "command_substitution":
            return [Substitution(_series(node.named_children))]
        case "arithmetic_expansion" | "process_substitution":
            return [Expansion("((", None, _text(node))]
        case _:
            return [_text(node).replace("\\\n", "").replace("\\", "") if node.type == "word" else _text(node)]


def _string(node: Node) -> list[Piece]:
    """The inside of double quotes; what lies between two children (a leading blank) is text as well."""
    pieces: list[Piece] = []
    at = node.start_byte + 1
    whole, base = node.text or b"", node.start_byte
    for child in node.named_children:
        pieces.append(whole[at - base : child.start_byte - base].decode())
        pieces += _pieces(child) if child.type != "string_content" else [_unescaped(_text(child))]
        at = child.end_byte
    pieces.append(whole[at - base : node.end_byte - 1 - base].decode())
    return pieces if any(pieces) else [""]


def _unescaped(text: str) -> str:
    for escaped in '"$`\\':
        text = text.replace("\\" + escaped, escaped)
    return text


def _expansion(node: Node) -> Expansion:
    form = _text(node)
    name = next((_text(c) for c in node.named_children if c.type in {"variable_name", "special_variable_name"}), form)
    for sign in (":-", ":=", "-", "="):
        head, found, fallback = form.removeprefix("${").removesuffix("}").partition(sign)
        if form.startswith("${") and found and head == name:
            return Expansion(name, fallback.strip("\"'"), form)
    return Expansion(name, None, form)
