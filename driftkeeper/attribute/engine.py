"""Brings pending changes and logged calls together. Pure: what is asked, and what the answers mean.

A call counts for a change when it was done, lies in the change's window, is one of the operations that
make such changes, and is about the resource. It is `exact` when its parameters say the difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from driftkeeper.attribute.catalog import deeds_for
from driftkeeper.attribute.events import Event
from driftkeeper.attribute.spec import Deed, Family, Where
from driftkeeper.domain.attribution import Attribution, Note, Quality, Role
from driftkeeper.domain.types import GLOBAL_REGION, Change

SLACK = timedelta(minutes=5)
"""How far our clock and CloudTrail's may be apart, at either end of a change's window."""
LAG = timedelta(minutes=15)
"""How long after a call CloudTrail may take to tell of it."""
KEPT = timedelta(days=90)
"""For how long `LookupEvents` finds a call."""
SETTLED = timedelta(hours=24)
"""How long after a change to look again when no call was found: CloudTrail has been late before."""


@dataclass(frozen=True)
class Ground:
    """What is known of an account: the region of the global endpoints, and the regions in use.

    `buckets` are the regions of its buckets, by ARN.
    """

    home: str
    regions: tuple[str, ...]
    buckets: Mapping[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Question:
    """Which calls of one operation were logged in one region of one account."""

    account: str
    region: str
    event: str


def window_of(change: Change) -> tuple[datetime, datetime]:
    """Return from when until when the call that made a change can have been logged."""
    return change.not_before - SLACK, change.not_after + SLACK


def is_due(change: Change, now: datetime) -> bool:
    """Say whether all calls that can have made a change should be known by now."""
    return change.not_after + LAG <= now


def is_settled(change: Change, quality: Quality, attempted: datetime) -> bool:
    """Say whether an attempt is the last word: that nothing was found is one only after a while."""
    match quality:
        case Quality.PENDING:
            return False
        case Quality.NONE | Quality.OUT_OF_ACCOUNT:
            return attempted >= change.not_after + SETTLED
        case _:
            return True


def questions_of(change: Change, ground: Ground) -> frozenset[Question]:
    """Return all that must be asked to know who made a change."""
    account = change.scope.account
    return frozenset(
        Question(account, region, event)
        for family, deed in deeds_for(change)
        for region in _regions(change, deed.where or family.where, ground)
        for event in deed.events
    )


def resource_names(change: Change, event: str) -> frozenset[str]:
    """Return under which names CloudTrail may list the resource of a change with a call."""
    return frozenset(
        name
        for family, deed in deeds_for(change)
        if deed.ids and event in deed.events
        for name in family.names(change)
        if name
    )


def _regions(change: Change, where: Where, ground: Ground) -> frozenset[str]:
    everywhere = frozenset({ground.home, *ground.regions})
    own = change.scope.region
    match where:
        case Where.HOME:
            return frozenset({ground.home})
        case Where.EVERYWHERE:
            return everywhere
        case Where.BUCKET | Where.BUCKET_OR_HOME:
            found = _bucket_region(change) or ground.buckets.get(change.resource)
            if found is None:
                return everywhere
            return frozenset({found} if where is Where.BUCKET else {found, ground.home})
        case Where.RESOURCE:
            return frozenset({ground.home if own == GLOBAL_REGION else own})


def _bucket_region(change: Change) -> str | None:
    for body in (change.after, change.before):
        if isinstance(body, dict) and isinstance(body.get("BucketRegion"), str):
            return str(body["BucketRegion"])
    return None


def attributed(
    change: Change, events: Iterable[Event], why_incomplete: tuple[str, str] | None = None
) -> Attribution:
    """Return who made a change, given the calls that were found for it.

    With `why_incomplete`, a code and a message, some calls could not be asked for: then only a call
    whose parameters say the difference counts, and the change else stays pending.
    """
    done, failed = _sorted(change, events)
    proven = [event for event, verdict in done if verdict is True]
    if proven:
        return _proven(change, proven, done, failed)
    if why_incomplete is not None:
        return Attribution(
            change.id, Quality.PENDING, code=why_incomplete[0], message=why_incomplete[1]
        )
    open_ = [event for event, verdict in done if verdict is None]
    candidates = [event for event in open_ if not event.is_of_aws] or open_
    if len(candidates) == 1:
        return _attribution(change, Quality.PROBABLE, candidates[0], done, failed)
    if candidates:
        return _attribution(change, Quality.AMBIGUOUS, None, done, failed, candidates)
    elsewhere = any(family.elsewhere(change) for family, _ in deeds_for(change))
    quality = Quality.OUT_OF_ACCOUNT if elsewhere else Quality.NONE
    return _attribution(change, quality, None, done, failed)


def at_best_probable(found: Attribution) -> Attribution:
    """Return an attempt for something that the call's parameters do not say."""
    is_exact = found.quality is Quality.EXACT
    return replace(found, quality=Quality.PROBABLE) if is_exact else found


def without_naming(found: Attribution, message: str) -> Attribution:
    """Return what is left when CloudTrail forgot a part of the window: a proof, or too late.

    What was called before may have made the change: the calls that are left are told, no more.
    """
    if found.quality in (Quality.EXACT, Quality.PENDING):
        return found
    left = () if found.called is None else (Note(Role.CANDIDATE, found.called),)
    others = sorted((*found.others, *left), key=lambda note: (note.called.at, note.called.id))
    return Attribution(found.change, Quality.TOO_LATE, others=tuple(others), message=message)


def _proven(
    change: Change,
    proven: Sequence[Event],
    done: Iterable[tuple[Event, bool | None]],
    failed: Iterable[Event],
) -> Attribution:
    """Return the last call that says the difference; of one second, no one knows which was the last.

    What was called after the second sight, or before the first, counts only when nothing between does:
    saying the same again changes nothing.
    """
    between = [event for event in proven if change.not_before <= event.at <= change.not_after]
    found = between or proven
    last = [event for event in found if event.at == found[-1].at]
    if len({event.called.caller for event in last}) > 1:
        return _attribution(change, Quality.AMBIGUOUS, None, done, failed, last)
    return _attribution(change, Quality.EXACT, last[-1], done, failed)


def _sorted(
    change: Change, events: Iterable[Event]
) -> tuple[list[tuple[Event, bool | None]], list[Event]]:
    """Return the calls that were about the change, each with its verdict, and those refused; in order."""
    start, end = window_of(change)
    deeds = [(family, deed, family.names(change)) for family, deed in deeds_for(change)]
    near = [event for event in events if start <= event.at <= end]
    unique = {event.called.id: event for event in sorted(near, key=_everything)}
    done: list[tuple[Event, bool | None]] = []
    failed: list[Event] = []
    for event in sorted(unique.values(), key=lambda found: (found.at, found.called.id)):
        is_ours = event.account in (None, change.scope.account)
        fitting = [deed for family, deed, names in deeds if _fits(family, deed, names, event)]
        if not is_ours or not fitting:
            continue
        if event.called.error is not None:
            failed.append(event)
        else:
            done.append((event, _verdict(change, event, fitting)))
    return done, failed


def _everything(event: Event) -> tuple[str, str]:
    return event.called.id, event.raw


def _fits(family: Family, deed: Deed, names: frozenset[str], event: Event) -> bool:
    return (
        event.name in deed.events
        and event.called.source == (deed.source or family.source)
        and deed.is_about(names, event)
    )


def _verdict(change: Change, event: Event, deeds: Iterable[Deed]) -> bool | None:
    """Return what the deeds say together: one proof is enough, one that cannot tell leaves it open."""
    verdicts = [deed.proves(change, event) for deed in deeds]
    if True in verdicts:
        return True
    return None if None in verdicts else False


def _attribution(
    change: Change,
    quality: Quality,
    chosen: Event | None,
    done: Iterable[tuple[Event, bool | None]],
    failed: Iterable[Event],
    candidates: Iterable[Event] = (),
) -> Attribution:
    picked = {event.called.id for event in candidates}
    notes = [
        Note(Role.CANDIDATE if event.called.id in picked else Role.HISTORY, event.called)
        for event, _ in done
        if event is not chosen
    ]
    notes += [Note(Role.FAILED, event.called) for event in failed]
    return Attribution(
        change.id,
        quality,
        None if chosen is None else chosen.called,
        "" if chosen is None else chosen.raw,
        tuple(sorted(notes, key=lambda note: (note.called.at, note.called.id))),
    )
