"""Tries each IAM action, as cheaply as it can be: is it allowed, denied, or was there nothing to try it on?

The evidence types are read as ever, by a reader that takes only the first page of each listing, stops as
soon as all that a type needs was tried, and keeps nothing of the answers. So what is tried is what a
collection calls, with the parameters it calls it with.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import Any

from driftkeeper.collect.account import Account
from driftkeeper.collect.catalog import ATTRIBUTION_CALLS, CONTEXT_CALLS
from driftkeeper.collect.engine import look
from driftkeeper.collect.permissions import action, actions
from driftkeeper.collect.reader import Mapper, Reader
from driftkeeper.collect.spec import Call, EvidenceType, Gone, Item, Reach, Unseen
from driftkeeper.domain.clock import Clock
from driftkeeper.domain.types import GLOBAL_REGION, Cause, Json, Outcome, Scope

_CALLS = 40
"""So many calls one type may cost in one region; what no resource has needed by then is not tried."""

_SECONDS = 60.0
_LOST = 2
"""In so many regions a type may go without an answer before the others are not waited for."""


class State(StrEnum):
    """What came of trying an action. `unreachable` is no answer, or one that tells nothing of it."""

    OK = "ok"
    DENIED = "denied"
    SCP_DENIED = "scp_denied"
    UNREACHABLE = "unreachable"
    NOT_TRIED = "not_tried"


_BEST_FIRST = (*State,)
_BY_CAUSE = {
    Cause.DENIED: State.DENIED,
    Cause.SCP_DENIED: State.SCP_DENIED,
    Cause.NOT_OWNER: State.NOT_TRIED,
    Cause.UNSUPPORTED: State.NOT_TRIED,
}
_NO_ANSWER = (Cause.UNREACHABLE, Cause.THROTTLED, Cause.FAILED)
_IN_THE_WAY = (State.DENIED, State.SCP_DENIED, State.UNREACHABLE)
_ALLOWED_ALL_THE_SAME = {"ReportNotPresent", "ReportInProgress", "ReportExpired"}
"""Codes by which a service says what it does not have, to somebody who may ask for it."""


@dataclass(frozen=True, slots=True)
class Tried:
    """An IAM action in an account, and what came of trying it; `needed` unless one can do without."""

    account: str
    action: str
    state: State
    code: str = ""
    message: str = ""
    needed: bool = True


class Enough(Exception):  # noqa: N818 -- not an error
    """All that is needed was tried, or as much as one type may cost."""


@dataclass
class Ledger:
    """What came of the actions of one account so far. Safe to share between threads.

    One success says that the role has the action: a denial besides it is that of one resource's own
    policy, or of one region.
    """

    account: str
    _found: dict[str, Tried] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, call: Call, state: State, code: str = "", message: str = "") -> None:
        """Note what came of a call, unless better is known of its action."""
        tried = Tried(self.account, action(call), state, code, message)
        with self._lock:
            known = self._found.setdefault(tried.action, tried)
            if _BEST_FIRST.index(state) < _BEST_FIRST.index(known.state):
                self._found[tried.action] = tried

    def of(self, name: str) -> Tried:
        """Return what came of an action."""
        with self._lock:
            return self._found.get(name) or Tried(self.account, name, State.NOT_TRIED)

    def states(self, calls: Iterable[Call]) -> set[State]:
        """Return all that came of the actions of these calls."""
        return {self.of(name).state for name in actions(calls)}


@dataclass
class ProbingReader(Reader):
    """Reads the first page of anything, notes what came of it, and stops when it has tried enough."""

    ledger: Ledger = field(default_factory=lambda: Ledger(""))
    wanted: tuple[Call, ...] = ()

    def value(self, call: Call, item: Item | None = None) -> Json:
        """Return what the call answers on its first page; raise `Enough` when all is known already."""
        if self.ledger.states(self.wanted) <= {State.OK} or self.tally.calls >= _CALLS:
            raise Enough
        try:
            found = super().value(call, item)
        except Unseen as miss:
            self.ledger.note(call, _state(miss), miss.code, miss.message)
            raise
        except Gone:
            self.ledger.note(call, State.OK)
            raise
        self.ledger.note(call, State.OK)
        return found

    def _pages(self, call: Call, region: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
        return islice(super()._pages(call, region, params), 1)


def _state(miss: Unseen) -> State:
    if miss.code in _ALLOWED_ALL_THE_SAME:
        return State.OK
    return _BY_CAUSE.get(miss.cause, State.UNREACHABLE)


@dataclass(frozen=True)
class Probe:
    """What to try in an account: evidence types, in these regions, and first where they were seen."""

    account: Account
    specs: Sequence[EvidenceType]
    regions: Sequence[str]
    clock: Clock
    seen: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def try_all(self, mapper: Mapper = map) -> list[Tried]:
        """Try every action that the types need, and those of no type; return them by name.

        `mapper` tries several types at a time. Raises nothing for what AWS did or did not answer.
        """
        ledger = Ledger(self.account.id)
        plain = (*CONTEXT_CALLS[1:], *ATTRIBUTION_CALLS)
        tries = [partial(self._ask, call, ledger) for call in plain]
        tries += [partial(self._try, spec, ledger) for spec in self.specs]
        list(mapper(lambda one: one(), tries))
        names = actions([*plain, *(call for spec in self.specs for call in spec.calls())])
        return [self._told(ledger, name) for name in names]

    def _ask(self, call: Call, ledger: Ledger) -> None:
        """Try a call of no type."""
        scope = Scope(self.account.id, GLOBAL_REGION, "probe")
        with suppress(Unseen, Gone, Enough):
            self._reader(ledger, scope, (call,)).value(call)

    def _try(self, spec: EvidenceType, ledger: Ledger) -> None:
        """Try what a type needs, region by region until no further one can tell more."""
        lost = 0
        for region in self._places(spec):
            if _is_settled(spec, ledger) or lost >= _LOST:
                return
            scope = Scope(self.account.id, region, spec.name)
            with suppress(Enough):
                coverage = look(spec, self._reader(ledger, scope, spec.calls())).coverage
                lost += coverage.outcome is Outcome.MISSED and coverage.cause in _NO_ANSWER

    def _places(self, spec: EvidenceType) -> list[str]:
        if spec.reach is not Reach.REGION:
            return [GLOBAL_REGION]
        first = (*self.seen.get(spec.name, ()), self.account.home)
        return sorted(
            self.regions,
            key=lambda region: first.index(region) if region in first else len(first),
        )

    def _reader(self, ledger: Ledger, scope: Scope, wanted: tuple[Call, ...]) -> ProbingReader:
        """Return a reader that has nothing in common with others: each tries what it needs itself."""
        account = self.account
        return ProbingReader(
            scope,
            account.home if scope.region == GLOBAL_REGION else scope.region,
            account.partition,
            account.clients,
            self.clock,
            self.clock.monotonic() + _SECONDS,
            ledger=ledger,
            wanted=wanted,
        )

    def _told(self, ledger: Ledger, name: str) -> Tried:
        """Return what came of an action; of one that was not tried, why not."""
        tried = ledger.of(name)
        if tried.state is not State.NOT_TRIED or tried.message:
            return tried
        for first in _first(self.specs, name):
            if ledger.of(first).state in _IN_THE_WAY:
                why = f"it takes {first} to find something to try it on"
                return replace(tried, message=why)
        return replace(tried, message="there is nothing to try it on")


def _first(specs: Iterable[EvidenceType], name: str) -> Iterator[str]:
    """Yield the actions that must have been allowed before a type can try the named one."""
    for spec in specs:
        if name not in actions(spec.calls()):
            continue
        yield from actions(spec.listed_by())
        for detail in spec.details.values():
            if isinstance(detail, Call) and action(detail) == name:
                needed = (spec.details[need] for need in detail.needs)
                yield from actions(call for call in needed if isinstance(call, Call))


def _is_settled(spec: EvidenceType, ledger: Ledger) -> bool:
    """Say whether no further region can tell more: what lists is denied to the role, or all is known."""
    if State.DENIED in ledger.states(spec.listed_by()):
        return True
    return ledger.states(spec.calls()) <= {State.OK, State.DENIED}
