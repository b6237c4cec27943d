"""Every statement of the product, one per file, called by its name."""

from functools import cache
from importlib.resources import files


@cache
def load(name: str) -> str:
    """The text of ``queries/<name>.sql`` without its header; binds are written ``:name``.

    Raises:
        FileNotFoundError: there is no such statement.
    """
    lines = files("sql").joinpath(f"queries/{name}.sql").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--")).strip()


BOOTSTRAP_STEPS = (
    "database",
    "schema",
    "warehouse",
    "stage",
    "role_requester",
    "role_author",
    "role_operator",
    "role_admin",
    "role_executor",
    "role_probe",
    "role_runner",
)
"""The statements of ``bootstrap/`` in the order in which they depend on each other."""
