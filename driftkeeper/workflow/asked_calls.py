"""Asks CloudTrail the questions of a run: one lookup each, by resource where an operation is too common.

A question that failed has a cause, and at most some of the events: nobody can say then that nothing else
was called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from driftkeeper.attribute.engine import KEPT, Question, resource_names, window_of
from driftkeeper.attribute.events import Event, read
from driftkeeper.collect.lookup import Budget, SpentError, TooManyError, look_up
from driftkeeper.collect.spec import Unseen
from driftkeeper.domain.clock import Clock
from driftkeeper.domain.types import Cause, Change, Json
from driftkeeper.workflow.places import Place

_Interval = tuple[datetime, datetime]
_CLOSED = (Cause.DENIED, Cause.SCP_DENIED, Cause.REGION_OFF, Cause.UNREACHABLE)
"""Why a region of an account answers no question at all: more of them would only spend the run's calls."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What could not be asked, why, and how many changes wait for it. No region: the whole account."""

    account: str
    region: str | None
    event: str | None
    code: str
    message: str
    changes: int = 0


@dataclass
class Answers:
    """The calls that were found, by question, and the questions that failed."""

    events: dict[Question, list[Event]] = field(default_factory=dict)
    failed: dict[Question, Failure] = field(default_factory=dict)
    calls: int = 0

    @property
    def questions(self) -> int:
        """How many questions were answered."""
        return len(self.events.keys() - self.failed.keys())

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What could not be asked, in order."""
        return tuple(self.failed[question] for question in sorted(self.failed))


def ask(
    asked: Mapping[Question, Sequence[Change]], places: Mapping[str, Place], clock: Clock
) -> Answers:
    """Return what CloudTrail answers; the questions come first that stand first.

    Every account must have been entered.
    """
    answers, budget, now = Answers(), Budget(clock), clock.now()
    closed: dict[tuple[str, str], Unseen] = {}
    for question, changes in asked.items():
        place, rows = (question.account, question.region), list[Json]()
        why: tuple[str, str] | None = None
        try:
            if place in closed:
                raise closed[place]
            for row in _rows(question, changes, places[question.account], budget, now):
                rows.append(row)  # one by one: what was found before a failure is kept
        except Unseen as unseen:
            if unseen.cause in _CLOSED:
                closed[place] = unseen
            why = unseen.code, unseen.message
        except SpentError:
            why = "CallLimit", f"the run may make {budget.calls} calls; the next one goes on"
        except TooManyError:
            message = f"{question.event} was called too often to look through all of it"
            why = "TooManyEvents", message
        found = [read(row) for row in rows]
        answers.events[question] = [event for event in found if event is not None]
        if why is None and None in found:
            why = "MalformedEvent", "CloudTrail answered an event that cannot be read"
        if why is not None:
            answers.failed[question] = _failure(question, changes, *why)
    return replace(answers, calls=budget.made)


def _failure(question: Question, changes: Sequence[Change], code: str, message: str) -> Failure:
    return Failure(question.account, question.region, question.event, code, message, len(changes))


def _rows(
    question: Question, changes: Sequence[Change], place: Place, budget: Budget, now: datetime
) -> Iterator[Json]:
    """Yield the events of an operation; where there are too many, those of one resource after the other."""
    account, region = place.account, question.region
    if account is None:
        raise ValueError(f"account {place.id} was not entered")
    interval = _interval(changes, now)
    try:
        yield from look_up(account, region, ("EventName", question.event), interval, budget)
    except TooManyError:
        names = [resource_names(change, question.event) for change in changes]
        if not all(names):
            raise  # calls that name no resource cannot be found by one
    else:
        return
    for name in sorted(frozenset[str]().union(*names)):
        yield from look_up(account, region, ("ResourceName", name), interval, budget)


def _interval(changes: Sequence[Change], now: datetime) -> _Interval:
    windows = [window_of(change) for change in changes]
    start = max(min(start for start, _ in windows), now - KEPT)
    return start, max(start, min(max(end for _, end in windows), now))
