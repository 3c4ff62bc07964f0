"""Finds out who made the changes in the log: what is pending is asked for, matched, stored and sealed.

What could not be asked stays pending with its cause and is asked again by the next run, until CloudTrail
no longer keeps it. The changes themselves never alter; a consequence has the actor of its cause.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from driftkeeper.attribute.engine import (
    KEPT,
    Ground,
    Question,
    attributed,
    is_due,
    is_settled,
    questions_of,
    window_of,
    without_naming,
)
from driftkeeper.domain.attribution import Actor, Attribution, Quality, actor_of
from driftkeeper.domain.chain import JournalEntry
from driftkeeper.domain.signing import Signer
from driftkeeper.domain.types import Change
from driftkeeper.store import attribution as kept, log, read
from driftkeeper.store.attribution import Attempt
from driftkeeper.store.database import Connection, Engine, reading, writing
from driftkeeper.store.lock import collector_lock
from driftkeeper.store.schema import require
from driftkeeper.workflow.asked_calls import Answers, Failure, ask
from driftkeeper.workflow.causes import counting_for, has_own_calls, with_causes
from driftkeeper.workflow.places import Place, Source

_BUCKETS = "s3.bucket"
_BATCH = 500
_GONE = "CloudTrail finds calls of the last 90 days only"


@dataclass(frozen=True)
class Attributed:
    """What a run came to: what was asked, what is known now, and what is still open.

    `found` are this run's attempts, also those that say nothing new. `waiting` counts the changes whose
    calls CloudTrail may not know yet. `entry` seals what is new, None when nothing is.
    """

    questions: int
    calls: int
    found: tuple[Attribution, ...]
    waiting: int
    failures: tuple[Failure, ...]
    entry: JournalEntry | None

    def count(self, quality: Quality) -> int:
        """Return how many attempts came to this."""
        return sum(attempt.quality is quality for attempt in self.found)

    @property
    def pending(self) -> int:
        """How many changes are to be asked for again."""
        return self.waiting + self.count(Quality.PENDING)


@dataclass(frozen=True)
class _Open:
    """The changes to ask for, those that are too young, and the latest attempt for each."""

    due: tuple[Change, ...]
    waiting: int
    late: tuple[Attribution, ...]
    attempts: Mapping[str, Attempt]
    buckets: Mapping[str, str] = field(default_factory=dict)


def attribute(
    engine: Engine,
    source: Source,
    signer: Signer | None,
    wanted: read.ChangeFilter | None = None,
) -> Attributed:
    """Ask who made the changes that are not attributed yet, and store what is found.

    Only the `wanted` ones, if given, and none that CloudTrail has forgotten. Raises `LockedError` when
    another collector is at work; then, as for any other error, nothing is stored.
    """
    require(engine)
    now = source.clock.now()
    with collector_lock(engine):
        with reading(engine) as connection:
            open_ = _open(connection, now, wanted or read.ChangeFilter())
        places = {place.id: place for place in source.places}
        grounds = _grounds(places, open_.buckets)
        reachable = [change for change in open_.due if change.scope.account in grounds]
        answers = ask(_asked_by(reachable, grounds), places, source.clock)
        found = [
            *(_judged(change, grounds[change.scope.account], answers, now) for change in reachable),
            *(
                _unreached(change, places)
                for change in open_.due
                if change.scope.account not in grounds
            ),
            *open_.late,
        ]
        entry = None
        due = {change.id: change for change in open_.due}
        if new := [attempt for attempt in found if _is_news(attempt, due, open_.attempts, now)]:
            with writing(engine) as connection:
                entry = kept.add(connection, new, now, signer)
    failures = (*_closed(open_.due, places, grounds), *answers.failures)
    return Attributed(
        answers.questions, answers.calls, tuple(found), open_.waiting, failures, entry
    )


def actors(connection: Connection, changes: Iterable[Change]) -> dict[str, Actor]:
    """Return who made each change, as far as it was found out, by the id of the change.

    A change that nobody looked for, or whose attempts are pending, is absent. One without attempts of its
    own has the actor of what caused it.
    """
    known = {change.id: change for change in changes}
    wanted = list(known.values())
    known = with_causes(connection, known)
    attempts = kept.attempts(connection, known)
    found = {change.id: counting_for(change, known, attempts) for change in wanted}
    return {name: actor_of(attempt) for name, attempt in found.items() if attempt is not None}


def with_actors(
    connection: Connection, changes: Iterable[Change], known: dict[str, Actor]
) -> Iterator[Change]:
    """Yield the changes; who made them is in `known` by then, a batch at a time."""
    stream = iter(changes)
    while batch := list(islice(stream, _BATCH)):
        known.update(actors(connection, batch))
        yield from batch


def _open(connection: Connection, now: datetime, wanted: read.ChangeFilter) -> _Open:
    """Return what is to be asked for now."""
    oldest = now - KEPT
    start = oldest if wanted.start is None else max(wanted.start, oldest)
    narrow = replace(wanted, start=start)
    recent = {change.id: change for change in read.changes(connection, narrow)}
    known = with_causes(connection, recent)
    own = [change for change in recent.values() if has_own_calls(change, known)]
    attempts = kept.attempts(connection, (change.id for change in own))
    unsettled = [change for change in own if not _is_done(change, attempts.get(change.id))]
    due = tuple(change for change in unsettled if is_due(change, now))
    expired = _expired(connection, oldest, wanted.accounts)
    return _Open(
        due,
        len(unsettled) - len(due),
        tuple(
            Attribution(name, Quality.TOO_LATE, code=attempt.found.code, message=_GONE)
            for name, attempt in sorted(expired.items())
        ),
        {**attempts, **expired},
        _bucket_regions(connection, due),
    )


def _is_done(change: Change, attempt: Attempt | None) -> bool:
    return attempt is not None and is_settled(change, attempt.found.quality, attempt.at)


def _expired(
    connection: Connection, oldest: datetime, accounts: Sequence[str]
) -> dict[str, Attempt]:
    """Return the attempts that were pending when CloudTrail forgot what they are about."""
    pending = kept.pending(connection)
    changes = log.by_id(connection, pending)
    return {
        name: attempt
        for name, attempt in pending.items()
        if changes[name].not_after < oldest
        and (not accounts or changes[name].scope.account in accounts)
    }


def _bucket_regions(connection: Connection, changes: Sequence[Change]) -> dict[str, str]:
    bodies = kept.bodies_of(connection, (c for c in changes if c.scope.evidence == _BUCKETS))
    regions = {key: body.get("BucketRegion") for key, body in bodies.items()}
    return {key: region for key, region in regions.items() if isinstance(region, str)}


def _grounds(places: Mapping[str, Place], buckets: Mapping[str, str]) -> dict[str, Ground]:
    return {
        name: Ground(place.account.home, place.regions, buckets)
        for name, place in places.items()
        if place.account is not None
    }


def _asked_by(
    changes: Sequence[Change], grounds: Mapping[str, Ground]
) -> dict[Question, list[Change]]:
    """Return every question, with the changes that it is asked for; the most severe first."""
    asked: dict[Question, list[Change]] = {}
    for change in sorted(changes, key=lambda c: (-c.severity.rank, c.not_after, c.id)):
        for question in sorted(questions_of(change, grounds[change.scope.account])):
            asked.setdefault(question, []).append(change)
    return asked


def _judged(change: Change, ground: Ground, answers: Answers, now: datetime) -> Attribution:
    questions = sorted(questions_of(change, ground))
    events = [event for question in questions for event in answers.events.get(question, ())]
    failed = [answers.failed[question] for question in questions if question in answers.failed]
    why = (failed[0].code, failed[0].message) if failed else None
    found = attributed(change, events, why)
    return without_naming(found, _GONE) if window_of(change)[0] < now - KEPT else found


def _unreached(change: Change, places: Mapping[str, Place]) -> Attribution:
    code, message = _why_closed(change.scope.account, places)
    return Attribution(change.id, Quality.PENDING, code=code, message=message)


def _why_closed(account: str, places: Mapping[str, Place]) -> tuple[str, str]:
    place = places.get(account)
    if place is None:
        return "NotReached", f"account {account} is not among those that are read"
    if place.why is None:
        return "NotReached", f"account {account} was not reached"
    return place.why.code, place.why.message


def _closed(
    changes: Sequence[Change], places: Mapping[str, Place], grounds: Mapping[str, Ground]
) -> list[Failure]:
    """Return one failure for each account that could not be asked at all."""
    found: dict[str, int] = {}
    for change in changes:
        if change.scope.account not in grounds:
            found[change.scope.account] = found.get(change.scope.account, 0) + 1
    return [
        Failure(account, None, None, *_why_closed(account, places), changes=number)
        for account, number in sorted(found.items())
    ]


def _is_news(
    attempt: Attribution,
    due: Mapping[str, Change],
    attempts: Mapping[str, Attempt],
    now: datetime,
) -> bool:
    """Say whether an attempt says something that the latest one did not, or says it for good."""
    before = attempts.get(attempt.change)
    if before is None:
        return True
    is_same = (before.found.quality, before.found.code) == (attempt.quality, attempt.code)
    if attempt.quality is Quality.PENDING:
        return before.found.quality is Quality.PENDING and not is_same
    change = due.get(attempt.change)
    return not is_same or change is None or is_settled(change, attempt.quality, now)
