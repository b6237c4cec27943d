"""A group of commands that also takes words of its own: ``doctor health-check …``, and ``doctor stack.yaml``."""

from typing import Any

from typer.core import TyperGroup


class WordsOrCommands(TyperGroup):
    """Takes everything for words of its own unless one is the name of one of its commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Leave the words to the command that is named, or else to this group."""
        ctx.allow_interspersed_args = not set(args) & set(self.commands)
        found: list[str] = super().parse_args(ctx, args)
        return found

    def get_params(self, ctx: Any) -> list[Any]:
        """The options; and the words, unless a command is named."""
        params: list[Any] = super().get_params(ctx)
        if ctx.allow_interspersed_args:
            return params
        return [param for param in params if param.param_type_name != "argument"]
