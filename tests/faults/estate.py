"""The healthy account as a recording with a store, and a way to break single answers of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.model import OperationModel
from sqlalchemy import Engine, event

from driftkeeper.collect import account as entered
from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.engine import look
from driftkeeper.collect.reader import Reader
from driftkeeper.collect.recording import Recording
from driftkeeper.collect.replay import Hook, replaying
from driftkeeper.collect.spec import Batch, Call, EvidenceType, Function, Gather, Nested
from driftkeeper.domain.clock import FixedClock
from driftkeeper.domain.types import Change, Coverage, Outcome, Scope, Sight
from driftkeeper.store.check import check
from driftkeeper.store.database import open_engine, parse_url, reading
from driftkeeper.store.schema import upgrade
from driftkeeper.workflow import looking, take_snapshot
from driftkeeper.workflow.config import CollectConfig, Config
from driftkeeper.workflow.sources import Source, Wanted, recorded
from driftkeeper.workflow.take_snapshot import Taken
from tests.aws import name_of, pagination
from tests.faults import healthy
from tests.faults.answers import Answer

DAY = timedelta(days=1)
FIRST = datetime(2026, 7, 1, 3, tzinfo=UTC)
PAGE = 2
"""Rows per page, whatever is asked for: so that every listing has several."""

OPTIONAL = tuple(name for name, spec in evidence_types().items() if spec.optional)
CONFIG = Config(collect=CollectConfig(also=OPTIONAL))
_BY_NAME = {name_of(call): call for spec in evidence_types().values() for call in spec.calls()}
CALLS = [_BY_NAME[name] for name in sorted(_BY_NAME)]
"""Every declared operation."""


@dataclass
class Fault:
    """A `before-call` handler that goes before the recorded answers: breaks one operation when armed.

    An empty `operation` is any. The first `after` calls go well, and after so many `times` all do again.
    `alter` changes the answers, in place, instead of breaking them.
    """

    operation: str = ""
    how: Answer | None = None
    alter: Callable[[dict[str, Any], OperationModel], None] | None = None
    later_pages_only: bool = False
    after: int = 0
    times: int | None = None
    account: str = ""
    asked: int = 0
    broken: int = 0
    seen: set[str] = field(default_factory=set)

    def __call__(self, account: str, model: OperationModel, context: dict[str, Any]) -> Any:
        name = f"{model.service_model.service_name}.{model.name}"
        self.seen.add(name)
        if (
            self.how is None
            or self.operation not in ("", name)
            or self.account not in ("", account)
        ):
            return None
        self.asked += 1
        pager = pagination(model)
        first = not (pager and context["fault_params"].get(pager["input_token"]))
        spent = self.times is not None and self.broken >= self.times
        if self.asked <= self.after or spent or (self.later_pages_only and first):
            return None
        self.broken += 1
        return self.how(model)

    def answered(self, model: OperationModel, parsed: dict[str, Any]) -> None:
        """Change what is answered, if it shall be changed."""
        name = f"{model.service_model.service_name}.{model.name}"
        if self.alter is not None and self.operation in ("", name):
            self.alter(parsed, model)


class Estate:
    """The healthy account, or several of them, and the store as it is after the first day."""

    def __init__(
        self,
        folder: Path,
        others: Iterable[str] = (),
        write: Callable[[Path], None] = healthy.write,
    ) -> None:
        write(folder / "recording")
        for other in others:
            shutil.copytree(folder / "recording" / healthy.ACCOUNT, folder / "recording" / other)
        self.fault = Fault()
        self._source = _opened(folder / "recording")
        for place in self._source.places:
            assert place.account is not None
            self._arm(place.id, place.account.clients.session.events)
        self.empty, self.first = folder / "empty.db", folder / "first.db"
        engine = open_engine(parse_url(f"sqlite:///{self.empty}"))
        upgrade(engine)
        engine.dispose()
        shutil.copy(self.empty, self.first)
        self.store = Store(folder / "store.db")
        engine = open_engine(parse_url(f"sqlite:///{self.first}"))
        taken = self.take(engine, 0)
        engine.dispose()
        assert missed(taken) == {}

    def _arm(self, account: str, events: Any) -> None:
        events.register("before-parameter-build.*.*", _keep_params)
        events.register_first(
            "before-call.*.*", lambda model, context, **_: self.fault(account, model, context)
        )
        events.register_first(
            "after-call.*.*", lambda model, parsed, **_: self.fault.answered(model, parsed)
        )

    def source(self, day: int) -> Source:
        return replace(self._source, clock=FixedClock(FIRST + day * DAY))

    def take(
        self,
        engine: Engine,
        day: int,
        fault: Fault | None = None,
        only: Iterable[str] = (),
        *,
        remembers: bool = False,
    ) -> Taken:
        """Take the snapshot of a day, on which the fault strikes; of `only` some evidence types.

        What is returned has the sights as they were, with their bodies. One that `remembers` does not
        ask for what cannot have changed, as live ones do.
        """
        self.fault, source = fault or Fault(), replace(self.source(day), remembers=remembers)
        looked: dict[Scope, Sight] = {}

        def watched(spec: EvidenceType, reader: Reader) -> Sight:
            looked[reader.scope] = look(spec, reader)
            return looked[reader.scope]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(looking, "look", watched)
            planned = take_snapshot.tasks(source, CONFIG, sorted(only), None)
            taken = take_snapshot.take(engine, CONFIG, source, planned, None)
        return replace(taken, sights=tuple(looked[task.scope] for task in planned))


def _opened(folder: Path) -> Source:
    """Open the recording to be served in small pages; the first account lists the organisation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entered, "replaying", _in_small_pages)
        source = recorded(folder, FIRST, Wanted())
    first, *others = source.places
    return replace(source, places=(replace(first, organization=True), *others))


def _in_small_pages(recording: Recording, account: str) -> Hook:
    return replaying(recording, account, page=PAGE)


class Store:
    """A database that starts anew as a copy of another; what was compiled for it is kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.engine = open_engine(parse_url(f"sqlite:///{path}"))
        # Nothing here is about crashes: the disk need not be waited for.
        event.listen(
            self.engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous=OFF")
        )

    def as_of(self, database: Path) -> Engine:
        """Return the engine of a fresh copy of a database."""
        self.engine.dispose()
        for leftover in self._path.parent.glob(f"{self._path.name}*"):
            leftover.unlink()
        shutil.copy(database, self._path)
        return self.engine


def _keep_params(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context["fault_params"] = dict(params)


def affected(call: Call) -> dict[str, EvidenceType]:
    """Return the evidence types that ask the operation of a call."""
    return _asking(name_of(call))


@cache
def _asking(name: str) -> dict[str, EvidenceType]:
    types = evidence_types().items()
    return {key: spec for key, spec in types if name in {name_of(c) for c in spec.calls()}}


def is_listing(spec: EvidenceType, call: Call) -> bool:
    """Say whether the operation of the call takes part in finding the resources of a type."""
    return name_of(call) in {name_of(listed) for listed in spec.listed_by()}


def details_of(spec: EvidenceType, call: Call) -> set[str]:
    """Return the details of a type that the operation of the call answers."""
    return {
        name
        for name, source in spec.details.items()
        if name_of(call) in {name_of(asked) for asked in _asked(source)}
    }


def _asked(source: Call | Gather | Batch | Nested | Function) -> tuple[Call, ...]:
    match source:
        case Call():
            return (source,)
        case Gather() | Batch():
            return _asked(source.call)
        case Nested():
            return (source.parents, source.children)
        case Function():
            return source.calls


def coverage(taken: Taken) -> dict[str, Coverage]:
    """Return the coverage of each evidence type, of an estate with one account."""
    return {sight.scope.evidence: sight.coverage for sight in taken.sights}


def missed(taken: Taken) -> dict[str, tuple[Outcome, str, str]]:
    """Return of what was not seen completely how it was told."""
    return {
        str(c.scope): (c.outcome, c.code, c.message)
        for c in (sight.coverage for sight in taken.sights)
        if c.outcome is not Outcome.COMPLETE
    }


def kinds(changes: tuple[Change, ...]) -> dict[str, list[str]]:
    """Return the kinds of changes by evidence type."""
    found: dict[str, list[str]] = {}
    for change in changes:
        found.setdefault(change.scope.evidence, []).append(change.kind)
    return found


def assert_undamaged(engine: Engine) -> None:
    """Assert that the store is whole."""
    with reading(engine) as connection:
        steps, _ = check(connection)
    assert [step.damage for step in steps if not step.ok] == []
