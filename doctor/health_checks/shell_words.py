"""Words of a shell command: quotes, variables, substitutions and arithmetic in them, from the grammar's nodes."""

from collections.abc import Callable, Sequence

from tree_sitter import Node

from doctor.health_checks.trees import Arithmetic, Expansion, Piece, Substitution, Tree, Word

Series = Callable[[Sequence[Node]], Tree]
"""Reads the commands inside of a substitution."""


def text(node: Node) -> str:
    """A node as it is written."""
    return (node.text or b"").decode()


def test_words(node: Node, series: Series) -> tuple[Word, ...]:
    """The words of ``[ … ]`` and ``[[ … ]]``, the brackets among them."""
    opening, closing = text(node.children[0]), text(node.children[-1])
    return ((opening,), *(word for child in node.children[1:-1] for word in _operands(child, series)), (closing,))


def _operands(node: Node, series: Series) -> list[Word]:
    if node.type in {"binary_expression", "unary_expression", "parenthesized_expression"}:
        return [word for child in node.children for word in _operands(child, series)]
    return [word(node, series)]


def word(node: Node, series: Series) -> Word:
    """A word as the pieces that a shell puts together."""
    pieces: list[Piece] = []
    for piece in _pieces(node, series):
        if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return tuple(pieces)


def _pieces(node: Node, series: Series) -> list[Piece]:  # noqa: PLR0911 -- a line for each kind of node
    match node.type:
        case "raw_string":
            return [text(node)[1:-1]]
        case "ansi_c_string":
            return [text(node)[2:-1]]
        case "string":
            return _string(node, series)
        case "concatenation":
            return [piece for child in node.children for piece in _pieces(child, series)]
        case "simple_expansion" | "expansion":
            return [_expansion(node)]
        case "command_substitution":
            return [Substitution(series(node.named_children))]
        case "arithmetic_expansion":
            return [Arithmetic(text(node).removeprefix("$((").removesuffix("))"))]
        case "process_substitution":
            return [Expansion("<(", None, text(node))]
        case _:
            return [text(node).replace("\\\n", "").replace("\\", "") if node.type == "word" else text(node)]


def _string(node: Node, series: Series) -> list[Piece]:
    """The inside of double quotes; what lies between two children (a leading blank) is text as well."""
    pieces: list[Piece] = []
    at = node.start_byte + 1
    whole, base = node.text or b"", node.start_byte
    for child in node.named_children:
        pieces.append(whole[at - base : child.start_byte - base].decode())
        pieces += _pieces(child, series) if child.type != "string_content" else [_unescaped(text(child))]
        at = child.end_byte
    pieces.append(whole[at - base : node.end_byte - 1 - base].decode())
    return pieces if any(pieces) else [""]


def _unescaped(text: str) -> str:
    for escaped in '"$`\\':
        text = text.replace("\\" + escaped, escaped)
    return text


def _expansion(node: Node) -> Expansion:
    form = text(node)
    name = next((text(c) for c in node.named_children if c.type in {"variable_name", "special_variable_name"}), form)
    for sign in (":-", ":=", "-", "="):
        head, found, fallback = form.removeprefix("${").removesuffix("}").partition(sign)
        if form.startswith("${") and found and head == name:
            return Expansion(name, fallback.strip("\"'"), form)
    return Expansion(name, None, form)
