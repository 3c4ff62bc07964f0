"""A made-up estate that lives: day by day, with what AWS would answer and what must be told of it.

Each day some resources are edited, a fifth of the users sign in, trails deliver, lists come in another
order, policies are saved anew in another spelling, and now and then something cannot be seen. Everything
follows from the plan and its seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.evidence.iam_credential import report_rows
from driftkeeper.collect.spec import Asker
from driftkeeper.domain.types import Scope
from tests.bench import noise
from tests.bench.conclusions import Conclusions
from tests.bench.credential_report import Report, report_text
from tests.bench.edits import EDITS
from tests.bench.population import population
from tests.bench.things import START, Item, Thing
from tests.bench.truth import Expected, Ledger, Told

_TRIES = 5
_RARE = 0.3
"""The share of edits for which a sort of resource is drawn first, however few there are of it."""

_REPORT_AGE = timedelta(minutes=12)
_DETAILS = {
    "cloudtrail.trail": ("Selectors", "Status"),
    "kms.key": ("Policy", "Rotation", "Tags"),
    "s3.bucket": ("Encryption", "Logging", "Versioning"),
}


@dataclass(frozen=True)
class Plan:
    """How big an estate is and how much happens in it; shares are per day.

    `resources` counts bodies: a user and its row in the credential report are two. `unseen` is the share
    of resources of which a detail cannot be read, `missing` that of scopes that cannot be read at all.
    """

    accounts: int = 5
    resources: int = 1500
    days: int = 365
    seed: int = 1
    regions: int = 3
    changing: float = 0.005
    moving: float = 0.2
    respelled: float = 0.005
    unseen: float = 0.0002
    missing: float = 0.003

    @property
    def sees_all(self) -> bool:
        """Whether everything is seen every day, so that all that follows from it is known."""
        return self.missing == self.unseen == 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What AWS answers about one scope: items with the details that it refused; None for a miss."""

    scope: Scope
    as_of: datetime
    items: Sequence[tuple[Item, tuple[str, ...]]] | None


@dataclass(frozen=True, slots=True)
class Day:
    """One day's answers, and what an honest log tells when it has seen them."""

    number: int
    taken_at: datetime
    answers: tuple[Answer, ...]
    truth: tuple[Told, ...]


@dataclass
class Estate:
    """Everything there is, and what happens to it; `days` may be walked once."""

    plan: Plan
    rng: random.Random = field(init=False)
    now: datetime = START
    _things: dict[Scope, dict[str, Thing]] = field(default_factory=dict)
    _lists: dict[str, list[list[Any]]] = field(default_factory=dict)
    _ledger: Ledger = field(default_factory=Ledger)
    _blind: dict[Scope, int] = field(default_factory=dict)
    _hidden: dict[str, tuple[tuple[str, ...], int]] = field(default_factory=dict)
    _conclusions: Conclusions = field(default_factory=Conclusions)
    _numbers: int = 0

    def __post_init__(self) -> None:
        self.rng = random.Random(self.plan.seed)
        each = self.plan.resources // self.plan.accounts
        for n in range(self.plan.accounts):
            account = f"{111_111_111_111 * (n % 9 + 1) + n // 9}"
            for thing in population(self.rng, account, each, self.plan.regions, self.number):
                self.add(thing)

    # ---- what edits ask for, see `deeds.World` ----------------------------------------------

    def expect(
        self,
        thing: Thing,
        kind: str,
        path: str = "",
        fact: str | None = None,
        *,
        at_first: bool = False,
    ) -> None:
        self._lists.pop(thing.key + thing.scope.evidence, None)
        self._ledger.expect(thing.scope, thing.key, Expected(kind, path, fact, at_first))

    def add(self, thing: Thing) -> None:
        for one in filter(None, (thing, thing.twin)):
            self._things.setdefault(one.scope, {})[one.key] = one

    def remove(self, thing: Thing) -> None:
        for one in filter(None, (thing, thing.twin)):
            del self._things[one.scope][one.key]

    def idle(self, thing: Thing) -> Sequence[Thing]:
        there = self._things[thing.scope].values()
        return [one for one in there if one is not thing and self._is_idle(one)]

    def number(self) -> int:
        self._numbers += 1
        return self._numbers

    # ---- a day ------------------------------------------------------------------------------

    def days(self) -> Iterator[Day]:
        """Yield each day once; the next one changes the answers in place."""
        for number in range(1, self.plan.days + 1):
            taken_at = START + timedelta(days=number - 1)
            if number > 1:
                self._live(taken_at)
            self._lose_sight(number)
            answers = tuple(self._answer(scope, taken_at) for scope in sorted(self._things))
            truth = [told for answer in answers for told in self._told(answer, number)]
            if self.plan.sees_all:
                truth += self._conclusions.told(self._things, number, taken_at)
            yield Day(number, taken_at, answers, tuple(truth))

    def _live(self, taken_at: datetime) -> None:
        everything = [one for there in self._things.values() for one in there.values()]
        for _ in range(self._share(self.plan.changing, len(everything))):
            self.now = taken_at - timedelta(seconds=self.rng.randrange(3600, 20 * 3600))
            self._edit(everything)
        self.now = taken_at - timedelta(hours=1)
        self._move(everything)
        for one in everything:
            if self.rng.random() < self.plan.respelled:
                noise.respell(one.item, self.rng)
            self._shuffle(one)

    def _move(self, everything: Sequence[Thing]) -> None:
        """Let volatile values move, of what nothing waits to be told: else they would be told, too."""
        moving: list[tuple[Thing, noise.Move]] = []
        for one in everything:
            evidence = one.scope.evidence
            if evidence in noise.DAILY:
                noise.DAILY[evidence](one.item, self.rng, self.now)
            # Root signs in by an edit: that is worth telling.
            elif evidence in noise.SOMETIMES and (one.twin or evidence != "iam.credential"):
                moving.append((one, noise.SOMETIMES[evidence]))
        for one, move in self.rng.sample(moving, self._share(self.plan.moving, len(moving))):
            if one.scope.evidence != "guardduty.finding" or self._is_idle(one):
                move(one.item, self.rng, self.now)

    def _share(self, share: float, of: int) -> int:
        """Return the whole number that the share comes to, rounded by chance."""
        return int(share * of + self.rng.random())

    def _is_idle(self, thing: Thing) -> bool:
        both = filter(None, (thing, thing.twin))
        return not any(self._ledger.is_waiting(one.scope, one.key) for one in both)

    def _edit(self, everything: Sequence[Thing]) -> None:
        """Do something to a thing of which nothing waits to be told; rare sorts get their share."""
        if self.rng.random() < _RARE:
            sort = self.rng.choice([*EDITS])
            of_sort = [one for one in everything if one.scope.evidence == sort]
            if of_sort and any(self._has_edited(self.rng.choice(of_sort)) for _ in range(_TRIES)):
                return
        while not self._has_edited(self.rng.choice(everything)):
            pass

    def _has_edited(self, thing: Thing) -> bool:
        """Do something to the thing if that is possible; a user stands for its row of the report."""
        if thing.scope.evidence == "iam.credential" and thing.twin:
            thing = thing.twin
        is_there = self._things[thing.scope].get(thing.key) is thing
        if not is_there or not self._is_idle(thing):
            return False
        kinds = EDITS[thing.scope.evidence]
        return any(edit(thing, self) for edit in self.rng.sample(kinds, len(kinds)))

    def _shuffle(self, thing: Thing) -> None:
        """Put every list in another order; none of these means anything by its order."""
        name = thing.key + thing.scope.evidence
        if name not in self._lists:
            self._lists[name] = [found for found in noise.lists(thing.item) if len(found) > 1]
        for found in self._lists[name]:
            self.rng.shuffle(found)

    def _lose_sight(self, number: int) -> None:
        """Let some scopes, regions and details be refused for some days, and end what is over."""
        self._blind = {scope: left - 1 for scope, left in self._blind.items() if left > 1}
        self._hidden = {key: (d, left - 1) for key, (d, left) in self._hidden.items() if left > 1}
        if number >= self.plan.days - 1:
            # Everything is seen at the end, so that everything is told.
            self._blind, self._hidden = {}, {}
            return
        for scope, there in self._things.items():
            if self.rng.random() < self.plan.missing:
                whole_region = self.rng.random() < 0.2
                for other in self._things:
                    if other == scope or (whole_region and _region(other) == _region(scope)):
                        self._blind[other] = self.rng.randint(1, 3)
            details = _DETAILS.get(scope.evidence)
            if details:
                for _ in range(self._share(self.plan.unseen, len(there))):
                    key = self.rng.choice([*there])
                    self._hidden[key] = ((self.rng.choice(details),), self.rng.randint(1, 3))
            elif scope.evidence == "iam.user" and self.rng.random() < self.plan.unseen:
                self._hidden.update((key, (("MFADevices",), 1)) for key in there)

    def _unseen(self, thing: Thing) -> tuple[str, ...]:
        details, _ = self._hidden.get(thing.key, ((), 0))
        asked = details if thing.scope.evidence != "iam.credential" else ()
        # AWS is not asked for the rotation of a key that is about to be deleted.
        return tuple(d for d in asked if d != "Rotation" or thing.item[d] is not None)

    def _answer(self, scope: Scope, taken_at: datetime) -> Answer:
        is_report = scope.evidence == "iam.credential"
        as_of = taken_at - _REPORT_AGE if is_report and scope not in self._blind else taken_at
        if scope in self._blind:
            return Answer(scope, as_of, None)
        if is_report:
            return Answer(scope, as_of, [(row, ()) for row in self._report(scope, as_of)])
        there = [*self._things[scope].values()]
        self.rng.shuffle(there)
        return Answer(scope, as_of, [_refused(one.item, self._unseen(one)) for one in there])

    def _report(self, scope: Scope, as_of: datetime) -> list[Item]:
        text = report_text([one.item for one in self._things[scope].values()], self.rng)
        rows = [dict(row) for row in report_rows(cast(Asker, Report(text, as_of)))]
        for row in rows:
            row.pop("GeneratedTime")
        return rows

    def _told(self, answer: Answer, number: int) -> list[Told]:
        scope = answer.scope
        if answer.items is None:
            return self._ledger.missed(scope, number, answer.as_of)
        unseen = {key: self._unseen(one) for key, one in self._things[scope].items()}
        details = tuple(evidence_types()[scope.evidence].details)
        return self._ledger.seen(scope, number, answer.as_of, details, unseen)


def _region(scope: Scope) -> tuple[str, str]:
    return scope.account, scope.region


def _refused(item: Item, unseen: tuple[str, ...]) -> tuple[Item, tuple[str, ...]]:
    if not unseen:
        return item, ()
    return {name: value for name, value in item.items() if name not in unseen}, unseen
