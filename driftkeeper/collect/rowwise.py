"""A row of a gathered detail that could not be seen, while those of other resources were."""

from __future__ import annotations

from collections.abc import Iterable

from driftkeeper.collect.spec import Item, Unseen

_WHY = "_unseen"


def unseen_row(owner: Item, why: Unseen) -> Item:
    """Return a row that stands for one which was not seen; `owner` has what it is dealt out by."""
    return {**owner, _WHY: why}


def require_seen(rows: Iterable[Item]) -> None:
    """Raise `Unseen` for the first row that was not seen."""
    for row in rows:
        if isinstance(why := row.get(_WHY), Unseen):
            raise Unseen(why.cause, why.code, why.message)
