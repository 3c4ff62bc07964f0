"""For how long details were unseen though their scopes were listed: a policy denied for weeks is no policy
seen for weeks.

A detail that was unseen keeps its last value, as a scope out of sight does; so its time is told likewise,
from the last sight that saw it to the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from driftkeeper.domain.period import Period
from driftkeeper.domain.timeline import gaps
from driftkeeper.domain.types import Outcome
from driftkeeper.store import latest, read
from driftkeeper.store.database import Connection


@dataclass(frozen=True, slots=True)
class Unseen:
    """A time in which one detail was unseen, of one resource or, for None, of all that its scope has."""

    resource: str | None
    detail: str
    cause: str
    start: datetime
    end: datetime


class _Detail(NamedTuple):
    resource: str
    """Empty for all resources."""
    name: str


_Missed = Mapping[_Detail, str]


class Spells:
    """Finds the unseen details of each scope; opens the misses of a snapshot once."""

    def __init__(self, connection: Connection, period: Period, carry: timedelta) -> None:
        self._connection = connection
        self._period, self._carry = period, carry
        self._misses: dict[int, list[dict[str, Any]]] = {}

    def of(self, head: latest.ScopeHead, rows: Sequence[read.CoverageRow]) -> Iterator[Unseen]:
        """Yield the spells of a scope that are longer than the carry limit, or not over at the end.

        `rows` are its sights in the period, oldest first.
        """
        listed = [row for row in rows if row.coverage.outcome is not Outcome.MISSED]
        missed = [self._missed(row) for row in listed]
        for detail in sorted({name for found in missed for name in found}):
            causes = [_cause(detail, found) for found in missed]
            first = listed[0].snapshot
            before = self._seen_before(head, first, detail) if causes[0] else None
            yield from self._spells(detail, listed, causes, before)

    def _spells(
        self,
        detail: _Detail,
        listed: Sequence[read.CoverageRow],
        causes: Sequence[str | None],
        before: datetime | None,
    ) -> Iterator[Unseen]:
        times = [row.coverage.as_of for row in listed]
        seen = [time for time, cause in zip(times, causes, strict=True) if cause is None]
        if before is not None:
            seen.append(before)
        for gap in gaps(seen, self._period.start, self._period.end, timedelta()):
            end = gap.end or self._period.end
            inside = [
                cause
                for time, cause in zip(times, causes, strict=True)
                if cause is not None and gap.start <= time <= end
            ]
            blind_from = max((time for time in seen if time <= gap.start), default=gap.start)
            is_open = end == self._period.end and causes[-1] is not None
            if inside and (is_open or end - blind_from > self._carry):
                yield Unseen(detail.resource or None, detail.name, inside[-1], gap.start, end)

    def _missed(self, row: read.CoverageRow) -> _Missed:
        if row.coverage.outcome is not Outcome.PARTIAL:
            return {}
        if row.snapshot not in self._misses:
            self._misses[row.snapshot] = latest.misses_of(self._connection, row.snapshot)
        scope = row.coverage.scope
        place = (scope.account, scope.region, scope.evidence)
        return {
            _Detail(miss["resource"] or "", miss["detail"]): miss["cause"]
            for miss in self._misses[row.snapshot]
            if miss["detail"] is not None
            and (miss["account"], miss["region"], miss["evidence"]) == place
        }

    def _seen_before(
        self, head: latest.ScopeHead, snapshot: int, detail: _Detail
    ) -> datetime | None:
        """Return when a detail that a snapshot missed was last seen before it."""
        then = replace(head, listed=snapshot, partial=True)
        found = latest.last_sights(self._connection, then, {detail.resource})
        sight = found.get((detail.resource, detail.name))
        return None if sight is None else sight[0]


def _cause(detail: _Detail, missed: _Missed) -> str | None:
    """Return why a detail was missed, if it was: what was missed of all was missed of each."""
    return missed.get(detail) or missed.get(_Detail("", detail.name))
