"""Follows changes to what caused them: which are asked for themselves, and whose actor counts for them."""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.attribute.catalog import can_be_asked
from driftkeeper.attribute.engine import at_best_probable
from driftkeeper.attribute.matching import created
from driftkeeper.domain.attribution import Attribution, Quality
from driftkeeper.domain.types import Change
from driftkeeper.store import log
from driftkeeper.store.attribution import Attempt
from driftkeeper.store.database import Connection

_NOBODY = (Quality.NONE, Quality.OUT_OF_ACCOUNT)


def with_causes(connection: Connection, changes: Mapping[str, Change]) -> dict[str, Change]:
    """Return the changes with what caused them, the causes of that, and so on."""
    known = dict(changes)
    while missing := {c.caused_by for c in known.values() if c.caused_by} - known.keys():
        fetched = log.by_id(connection, (name for name in missing if name))
        if not fetched:
            break
        known |= fetched
    return known


def has_own_calls(change: Change, known: Mapping[str, Change]) -> bool:
    """Say whether to ask for a change itself, and not for what caused it: creating leaves it open."""
    causes = [cause for cause in _line(change, known)[1:] if not created(cause)]
    return can_be_asked(change) and not any(map(can_be_asked, causes))


def counting_for(
    change: Change, known: Mapping[str, Change], attempts: Mapping[str, Attempt]
) -> Attribution | None:
    """Return what counts for a change: its own attempt, else that of its nearest cause.

    Who created a thing need not be who gave it its rules and rights since: that is probable at best.
    """
    nobody = None
    for each in _line(change, known):
        attempt = attempts.get(each.id)
        if attempt is None:
            continue
        if attempt.found.quality is Quality.PENDING:
            return None
        if attempt.found.quality not in _NOBODY:
            is_sure = each is change or not created(each)
            return attempt.found if is_sure else at_best_probable(attempt.found)
        nobody = nobody or attempt.found
    return nobody


def _line(change: Change, known: Mapping[str, Change]) -> list[Change]:
    """Return a change, its cause, the cause of that, and so on."""
    line = [change]
    seen = {change.id}
    while (cause := known.get(line[-1].caused_by or "")) is not None and cause.id not in seen:
        line.append(cause)
        seen.add(cause.id)
    return line
