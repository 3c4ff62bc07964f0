"""Takes a snapshot of one day of the estate, through the code that takes the real ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from driftkeeper import __version__
from driftkeeper.collect.body import make_body
from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.spec import EvidenceType, Gather
from driftkeeper.domain.signing import Signer
from driftkeeper.domain.types import (
    Body,
    Cause,
    Change,
    Coverage,
    Miss,
    Outcome,
    Scope,
    Sight,
    Snapshot,
)
from driftkeeper.store.database import Engine, writing
from driftkeeper.store.write import SnapshotWriter
from driftkeeper.workflow.naming import name_stored
from tests.bench.estate import Answer, Day
from tests.bench.truth import FACTS, Told, as_told

Clock = Callable[[], float]
"""Reads seconds from an arbitrary start."""

_DENIED = (Cause.DENIED, "AccessDenied", "not authorised to perform this operation")


def sight_of(answer: Answer) -> Sight:
    """Return what the engine of collection makes of an answer."""
    scope, spec = answer.scope, evidence_types()[answer.scope.evidence]
    if answer.items is None:
        coverage = Coverage(scope, Outcome.MISSED, answer.as_of, *_DENIED)
        return Sight(coverage, (), (Miss(scope, *_DENIED),))
    bodies = sorted(
        (make_body(spec, scope, "aws", item, unseen) for item, unseen in answer.items),
        key=lambda body: body.key,
    )
    misses = tuple(_misses(spec, scope, bodies))
    outcome = Outcome.PARTIAL if misses else Outcome.COMPLETE
    coverage = Coverage(scope, outcome, answer.as_of, resources=len(bodies))
    if misses:
        cause, code, message = _DENIED
        coverage = replace(coverage, cause=cause, code=code, message=message)
    return Sight(coverage, tuple(bodies), misses)


def _misses(spec: EvidenceType, scope: Scope, bodies: Sequence[Body]) -> Iterator[Miss]:
    """Yield one miss for a detail that is listed for all resources, else one for each resource."""
    for name, detail in spec.details.items():
        blind = [body.key for body in bodies if name in body.unseen]
        if blind and isinstance(detail, Gather):
            yield Miss(scope, *_DENIED, detail=name)
        else:
            yield from (Miss(scope, *_DENIED, resource=key, detail=name) for key in blind)


def header_of(number: int, taken_at: datetime, *, complete: bool) -> Snapshot:
    """Return the header of a snapshot that was taken at once."""
    return Snapshot(
        number=number,
        taken_at=taken_at,
        finished_at=taken_at,
        status=Outcome.COMPLETE if complete else Outcome.PARTIAL,
        callers=("arn:aws:sts::111111111111:assumed-role/driftkeeper/bench",),
        host="",
        tool_version=__version__,
        botocore_version="0",
        catalogue_digest="0" * 64,
        config_digest="0" * 64,
        source="replay",
    )


@dataclass(frozen=True, slots=True)
class Ingested:
    """One stored day: its sights, its changes, and the seconds that bodies and all the rest took."""

    sights: tuple[Sight, ...]
    changes: tuple[Change, ...]
    bodies: float
    store: float


def ingest(engine: Engine, signer: Signer | None, day: Day, clock: Clock) -> Ingested:
    """Store one day, as `take_snapshot.take` does once it has looked."""
    started = clock()
    sights = tuple(sight_of(answer) for answer in day.answers)
    made = clock()
    complete = all(sight.coverage.outcome is Outcome.COMPLETE for sight in sights)
    snapshot = header_of(day.number, day.taken_at, complete=complete)
    with writing(engine) as connection:
        writer = SnapshotWriter(connection, snapshot)
        steps = [writer.record(sight) for sight in sights]
        writer.settle()
        changes = tuple(name_stored(connection, writer.before, steps, snapshot.number))
        writer.finish(changes, signer)
    return Ingested(sights, changes, made - started, clock() - made)


@dataclass
class Score:
    """Compares what was told with what is true, change by change, and passes over facts not named here."""

    facts: frozenset[str] = FACTS
    found: int = 0
    true: int = 0
    right: int = 0
    windows: int = 0
    wrong: list[tuple[str, Told]] = field(default_factory=list)

    def add(self, changes: Sequence[Change], truth: Sequence[Told]) -> None:
        """Count the changes of one snapshot."""
        known = self.facts | evidence_types().keys()
        self.compare([as_told(c) for c in changes if c.scope.evidence in known], truth)

    def compare(self, told: Sequence[Told], truth: Sequence[Told]) -> None:
        """Count what was told against what is true."""
        there, expected = Counter(t.key for t in told), Counter(t.key for t in truth)
        right = there & expected
        self.found += there.total()
        self.true += expected.total()
        self.right += right.total()
        self.windows += (Counter(told) & Counter(truth)).total()
        self.wrong += [("not true", t) for t in told if there[t.key] > expected[t.key]]
        self.wrong += [("not told", t) for t in truth if expected[t.key] > there[t.key]]
        self.wrong += [("wrong window", t) for t in told if right[t.key] and t not in {*truth}]

    @property
    def precision(self) -> float:
        """Return the share of what was told that is true."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Return the share of what is true that was told."""
        return self.right / self.true if self.true else 1.0
