"""The failure catalogue as data: ``causes.tsv`` says what each cause means, ``texts.tsv`` by which words it is known.

A new text is a line in ``texts.tsv``, before the more general ones of its scope; its cause, where it is new, a line in
``causes.tsv``. Cause ids are public: they stand in the column ``cause_id`` of the view ``JOBS`` and never change.
"""

from functools import cache
from importlib.resources import files

from executor.core.causes import Catalogue, read


@cache
def load() -> Catalogue:
    """The catalogue as shipped."""
    causes, texts = (files(__name__).joinpath(name).read_text(encoding="utf-8") for name in ("causes.tsv", "texts.tsv"))
    return read(causes, texts)
