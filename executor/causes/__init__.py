"""The failure catalogue as data: ``causes.tsv`` says what each cause means, ``texts.tsv`` by which words it is known.

Where no text is known, ``suspicions.tsv`` tells of which things a first suspicion comes when something of ``said.tsv``
is said of them. A new text is a line in ``texts.tsv``, before the more general ones of its scope; its cause, where it
is new, a line in ``causes.tsv``. What the executor itself says of an end stands in ``executor.core.rules`` and belongs
to it. Cause ids are public: they stand in the column ``cause_id`` of the view ``JOBS`` and never change. Users add
causes and texts of their own in a file, which go before these.
"""

from functools import cache
from importlib.resources import files

from executor.causes import own
from executor.core import rules, suspicions
from executor.core.causes import Catalogue, read


@cache
def load(own_file: str | None = None) -> Catalogue:
    """The catalogue as shipped, with what a file of one's own adds.

    Raises:
        OwnCausesError: the file cannot be used; the message lists everything that is wrong.
    """
    known = read(_table("causes"), _table("texts")).with_causes(rules.causes())
    by_id = {cause.cause_id: cause for cause in known.causes}
    shipped = known.with_texts(suspicions.read(_table("suspicions"), _table("said"), by_id))
    return shipped.with_own(own.texts(own_file, shipped)) if own_file else shipped


def _table(name: str) -> str:
    return files(__name__).joinpath(f"{name}.tsv").read_text(encoding="utf-8")


def usable(own_file: str | None) -> str | None:
    """The path of a file of one's own that was read and found in order; None for none.

    Raises:
        OwnCausesError: the file cannot be used.
    """
    if own_file:
        load(own_file)
    return own_file or None
