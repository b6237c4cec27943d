"""Redirections: what a command is fed from, and whether its output goes away from the pipe."""

from tree_sitter import Node

from doctor.health_checks.shell_words import Series, text, word
from doctor.health_checks.trees import AndOr, Command, Group, Negated, Pipeline, Tree, Word
from doctor.health_checks.trees import Series as Steps


def redirected(inside: Tree, redirects: list[Node], series: Series) -> Tree:
    """A tree with the redirections that stand behind it."""
    reads: list[Word] = []
    silenced = False
    for node in redirects:
        if node.type == "file_redirect":
            silenced = take(node, reads, series) or silenced
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
            return Group(Steps((*opened, tree.inside)) if opened else tree.inside, tree.apart)
        case _:
            return tree


def take(node: Node, reads: list[Word], series: Series) -> bool:
    """Notes a file that is read; answers whether the standard output goes away from the pipe."""
    descriptor = next((text(child) for child in node.children if child.type == "file_descriptor"), "")
    sign = next(child.type for child in node.children if child.type != "file_descriptor")
    target = node.child_by_field_name("destination")
    if sign in {"<", "<>"} and target is not None:
        reads.append(word(target, series))
    if target is not None and text(target).startswith(("/dev/tcp/", "/dev/udp/")) and sign != "<":
        reads.append(word(target, series))
    return sign in {">", ">>", "&>", "&>>", ">|"} and descriptor in {"", "1"}
