"""What an honest change log says of an estate, given what was done and what could be seen.

Kept by hand and not by asking the product: the rules are those of the design. A change is told at the
first sight of the part it lies in; its window reaches back to the last sight of that part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from driftkeeper.domain.types import Change, Outcome, Scope

FACTS = frozenset({"ec2.exposure"})
"""The facts about one resource by itself, whose movements its edits tell; see `conclusions` for others."""

Key = tuple[int, str, str, str, str, str, str]
"""Snapshot, account, region, evidence type or fact, resource, kind, path."""


Unseen = Mapping[str, tuple[str, ...]]
"""Every resource of a scope, with those of its details that were not seen."""


class Told(NamedTuple):
    """One change as the log must have it: what, and the window in which it happened."""

    key: Key
    not_before: datetime
    not_after: datetime


def as_told(change: Change) -> Told:
    """Return what a recorded change says."""
    scope = change.scope
    key = (
        change.snapshot,
        scope.account,
        scope.region,
        scope.evidence,
        change.resource,
        change.kind,
        change.path,
    )
    return Told(key, change.not_before, change.not_after)


class Expected(NamedTuple):
    """A change that waits to be told; see `World.expect`."""

    kind: str
    path: str
    fact: str | None = None
    at_first: bool = False


@dataclass
class _Known:
    """What was seen of one scope so far."""

    as_of: datetime | None = None
    outcome: Outcome | None = None
    details: dict[str, set[str]] = field(default_factory=dict)
    blind: dict[tuple[str, str], datetime | None] = field(default_factory=dict)

    def firsts(self, seen_now: Mapping[str, set[str]]) -> set[tuple[str, str]]:
        """Return the details of known resources that are seen for the first time."""
        return {
            (key, name)
            for key, names in seen_now.items()
            if key in self.details
            for name in names - self.details[key]
        }

    def lose(self, unseen: Unseen, since: datetime) -> None:
        """Note when the details that are out of sight were seen last."""
        for key, hidden in unseen.items():
            for name in hidden:
                self.blind.setdefault((key, name), since)

    def remember(
        self,
        seen_now: Mapping[str, set[str]],
        unseen: Unseen,
        waiting: Mapping[str, Sequence[Expected]],
    ) -> None:
        """Take what was seen for known, and forget what is gone or over."""
        for key, changes in waiting.items():
            if any(change.kind.endswith(".recreated") for change in changes):
                # Another thing under the old name: nothing of it was ever seen.
                self.details.pop(key, None)
        self.details = {
            key: names | self.details.get(key, set()) for key, names in seen_now.items()
        }
        self.blind = {
            at: since for at, since in self.blind.items() if at[1] in unseen.get(at[0], ())
        }


@dataclass
class Ledger:
    """Holds the changes that nobody has seen yet, and tells them when they are seen."""

    _known: dict[Scope, _Known] = field(default_factory=dict)
    _waiting: dict[Scope, dict[str, list[Expected]]] = field(default_factory=dict)

    def expect(self, scope: Scope, resource: str, expected: Expected) -> None:
        """Note a change that was made and not seen."""
        self._waiting.setdefault(scope, {}).setdefault(resource, []).append(expected)

    def is_waiting(self, scope: Scope, resource: str) -> bool:
        """Say whether something of the resource waits to be told."""
        return resource in self._waiting.get(scope, ())

    def missed(self, scope: Scope, number: int, as_of: datetime) -> list[Told]:
        """Return what is told when a scope is not seen: that it is lost, once."""
        known = self._known.setdefault(scope, _Known())
        was_seen = known.outcome in (Outcome.COMPLETE, Outcome.PARTIAL)
        known.outcome = Outcome.MISSED
        if not was_seen:
            return []
        return [_of_scope(scope, number, "scope_lost", known.as_of or as_of, as_of)]

    def seen(
        self,
        scope: Scope,
        number: int,
        as_of: datetime,
        details: tuple[str, ...],
        unseen: Unseen,
    ) -> list[Told]:
        """Return what is told of a scope that is listed, and remember what was seen."""
        known = self._known.setdefault(scope, _Known())
        since, lost = known.as_of, known.outcome is Outcome.MISSED
        waiting = self._waiting.pop(scope, {})
        seen_now = {key: set(details) - set(hidden) for key, hidden in unseen.items()}
        known.as_of = as_of
        known.outcome = Outcome.PARTIAL if any(unseen.values()) else Outcome.COMPLETE
        if since is None:
            known.details = seen_now
            # What was refused from the very first has no last sight.
            known.blind = {(key, name): None for key, names in unseen.items() for name in names}
            return [_of_scope(scope, number, "baseline_established", as_of, as_of)]
        told = [_of_scope(scope, number, "scope_restored", since, as_of)] if lost else []
        firsts = known.firsts(seen_now)
        known.lose(unseen, since)
        for key, changes in waiting.items():
            for change in changes:
                part = change.path.split("/")[0]
                if part in unseen.get(key, ()):
                    self.expect(scope, key, change)
                elif change.at_first or (key, part) not in firsts:
                    start = known.blind.get((key, part)) or since
                    told.append(_told(scope, number, key, change, start, as_of))
        for key, name in sorted(firsts):
            first = Expected("resource.first_observed", name)
            start = known.blind.get((key, name)) or since
            told.append(_told(scope, number, key, first, start, as_of))
        known.remember(seen_now, unseen, waiting)
        return told


def _of_scope(scope: Scope, number: int, kind: str, since: datetime, as_of: datetime) -> Told:
    expected = Expected(f"collection.{kind}", "")
    return _told(scope, number, str(scope), expected, since, as_of)


def _told(
    scope: Scope, number: int, resource: str, change: Expected, since: datetime, as_of: datetime
) -> Told:
    evidence = change.fact or scope.evidence
    key = (number, scope.account, scope.region, evidence, resource, change.kind, change.path)
    return Told(key, since, as_of)
