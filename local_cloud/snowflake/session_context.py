"""What a statement may ask of its session: variables that the session keeps on its engine connection."""

from collections.abc import Sequence
from typing import Final

from sqlglot import Expr, exp

from local_cloud.snowflake.errors import not_supported

_NAMESPACE: Final = "SNOWFLAKE$SESSION"
_PROPERTIES: Final = {"ROLE": "session_role", "PRINCIPAL_NAME": "session_user"}


def variable(name: str) -> Expr:
    """What the session keeps under a name."""
    return exp.Anonymous(this="GETVARIABLE", expressions=[exp.Literal.string(f"_sf_{name}")])


def contains(name: str, item: Expr) -> Expr:
    """Whether a list that the session keeps has an item."""
    return exp.Anonymous(this="LIST_CONTAINS", expressions=[variable(name), item])


def sys_context(given: Sequence[Expr]) -> Expr:
    """SYS_CONTEXT of the session: its role, its user, and whether a role is activated, as text.

    In a procedure with owner's rights they are those of the caller, and NULL while the owner lacks READ SESSION (docs,
    sql-reference/functions/sys_context_snowflake_session).

    Raises:
        ProgrammingError: 000002 for another namespace, another property, or one that is no literal.
    """
    words = [str(word.name).upper() for word in given[:2] if isinstance(word, exp.Literal)]
    match words, len(given):
        case [str(namespace), str(name)], 2 if namespace == _NAMESPACE and name in _PROPERTIES:
            return variable(_PROPERTIES[name])
        case [str(namespace), "IS_ROLE_ACTIVATED"], 3 if namespace == _NAMESPACE:
            said = exp.cast(contains("session_roles", given[2]), "VARCHAR")
            return exp.Upper(this=said)
        case _:
            raise not_supported(
                f"SYS_CONTEXT({', '.join(words)}); of {_NAMESPACE} there are {', '.join(_PROPERTIES)} and "
                "IS_ROLE_ACTIVATED with one role"
            )
