"""Whatever call fails, in whatever way, on whatever day: it is told as a miss, and never as a change.

Days of the same healthy account, through the whole pipeline; on some of them one declared operation
fails in one way. New evidence types are covered as soon as they are declared and recorded.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import (
    ConnectionError as BotoConnectionError,
    ConnectTimeoutError,
    EndpointConnectionError,
)
from botocore.model import OperationModel, StringShape
from botocore.parsers import create_parser
from sqlalchemy import Engine, event

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.replay import PAGE
from driftkeeper.collect.spec import Call, EvidenceType, Gather
from driftkeeper.domain.clock import FixedClock
from driftkeeper.domain.types import Cause, Change, Coverage, Outcome
from driftkeeper.store.check import check
from driftkeeper.store.database import open_engine, parse_url, reading
from driftkeeper.store.schema import upgrade
from driftkeeper.workflow.config import Config
from driftkeeper.workflow.sources import Source, Wanted, recorded
from driftkeeper.workflow.take_snapshot import Taken, take, tasks
from tests.aws import name_of, operation, pagination
from tests.faults import healthy

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
FIRST = datetime(2026, 7, 1, 3, tzinfo=UTC)
DENIED = {"iam": "AccessDenied", "s3control": "AccessDenied", "ec2": "UnauthorizedOperation"}
SLOW = {"ec2": "RequestLimitExceeded", "iam": "Throttling", "s3control": "SlowDown"}
SCP = "is not authorized to perform: x with an explicit deny in a service control policy"
PAGE_OF_A_PROXY = b"<html><body><h1>Please sign in</h1></body></html>"


def _error(code: str, message: str = "m", status: int = 400) -> Any:
    error = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {}}
    return SimpleNamespace(status_code=status), error


def _denied(model: OperationModel, message: str = "not allowed") -> Any:
    code = DENIED.get(model.service_model.service_name, "AccessDeniedException")
    return _error(code, message, 403)


def _throttled(model: OperationModel) -> Any:
    return _error(SLOW.get(model.service_model.service_name, "ThrottlingException"))


def _raised(error: type[BotoConnectionError], model: OperationModel) -> Any:
    raise error(endpoint_url="https://" + model.service_model.endpoint_prefix)


def _empty(_model: OperationModel) -> Any:
    return SimpleNamespace(status_code=200), {"ResponseMetadata": {}}


def _parsed(body: bytes, model: OperationModel) -> Any:
    """Let botocore's own parser read the bytes, as it would read them from the wire."""
    parser = create_parser(model.service_model.resolved_protocol)
    answer = {"status_code": 200, "headers": {}, "body": body}
    return SimpleNamespace(status_code=200), parser.parse(answer, model.output_shape)


def _wrong_types(model: OperationModel) -> Any:
    """Answer text where a list belongs, in whichever way the protocol allows to say so."""
    members = model.output_shape.members
    json = ",".join(f'"{_wire_name(shape, name)}": "text"' for name, shape in members.items())
    xml = "".join(f"<{_wire_name(s, n)}>text</{_wire_name(s, n)}>" for n, s in members.items())
    if "json" in model.service_model.resolved_protocol:
        return _parsed(f"{{{json}}}".encode(), model)
    return _parsed(f"<{model.name}Response>{xml}</{model.name}Response>".encode(), model)


def _wire_name(shape: Any, name: str) -> str:
    return str(shape.serialization.get("name", name))


FAULTS: dict[str, tuple[Any, Cause]] = {
    "denied": (_denied, Cause.DENIED),
    "denied by SCP": (partial(_denied, message=SCP), Cause.SCP_DENIED),
    "throttled to the end": (_throttled, Cause.THROTTLED),
    "connect timeout": (partial(_raised, ConnectTimeoutError), Cause.UNREACHABLE),
    "no endpoint": (partial(_raised, EndpointConnectionError), Cause.UNREACHABLE),
    "server error": (
        lambda _model: _error("InternalFailure", status=500),
        Cause.FAILED,
    ),
    "nothing in the answer": (_empty, Cause.FAILED),
    "wrong types in the answer": (_wrong_types, Cause.FAILED),
    "a proxy's page": (partial(_parsed, PAGE_OF_A_PROXY), Cause.FAILED),
    "no body": (partial(_parsed, b""), Cause.FAILED),
}

_BY_NAME = {name_of(call): call for spec in evidence_types().values() for call in spec.calls()}
CALLS = [_BY_NAME[name] for name in sorted(_BY_NAME)]


def _answered(call: Call) -> Any:
    shape: Any = operation(call).output_shape
    for name in call.items.split(".") if call.items else ():
        shape = shape.members[name]
    return shape


@dataclass
class Fault:
    """A `before-call` handler that goes before the recorded answers: breaks one operation when armed."""

    operation: str = ""
    how: Any = None
    later_pages_only: bool = False
    asked: int = 0
    broken: int = 0
    seen: set[str] = field(default_factory=set)

    def __call__(self, model: OperationModel, context: dict[str, Any], **_: Any) -> Any:
        name = f"{model.service_model.service_name}.{model.name}"
        self.seen.add(name)
        if name != self.operation:
            return None
        self.asked += 1
        pager = pagination(model)
        if self.later_pages_only and not (
            pager and context["fault_params"].get(pager["input_token"])
        ):
            return None
        self.broken += 1
        return self.how(model)


class Estate:
    """The healthy account with its clients, and the store as it is after the first day."""

    def __init__(self, folder: Path) -> None:
        healthy.write(folder / "recording")
        self.fault = Fault()
        self._source = recorded(folder / "recording", FIRST, Wanted())
        (place,) = self._source.places
        assert place.account is not None
        events = place.account.clients.session.events
        events.register("before-parameter-build.*.*", _keep_params)
        events.register_first("before-call.*.*", lambda **kwargs: self.fault(**kwargs))
        self.empty, self.first = folder / "empty.db", folder / "first.db"
        engine = open_engine(parse_url(f"sqlite:///{self.empty}"))
        upgrade(engine)
        engine.dispose()
        shutil.copy(self.empty, self.first)
        with Store(self.first) as first:
            taken = self.take(first, 0)
        assert {sight.coverage.outcome for sight in taken.sights} == {Outcome.COMPLETE}

    def source(self, day: int) -> Source:
        return replace(self._source, clock=FixedClock(FIRST + day * DAY))

    def take(self, engine: Engine, day: int, fault: Fault | None = None) -> Taken:
        """Take the snapshot of a day, on which the fault strikes."""
        self.fault = fault or Fault()
        config, source = Config(), self.source(day)
        return take(engine, config, source, tasks(source, config, []), None)


class Store:
    """A database that is closed when it is left."""

    def __init__(self, path: Path) -> None:
        self._engine = open_engine(parse_url(f"sqlite:///{path}"))
        # Nothing here is about crashes: the disk need not be waited for.
        event.listen(
            self._engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous=OFF")
        )

    def __enter__(self) -> Engine:
        return self._engine

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()


def _keep_params(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context["fault_params"] = dict(params)


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    return Estate(tmp_path_factory.mktemp("estate"))


@pytest.fixture
def known(estate: Estate, tmp_path: Path) -> Iterator[Engine]:
    """A store in which everything was seen once."""
    with _copy(estate.first, tmp_path) as engine:
        yield engine


@pytest.fixture
def unknown(estate: Estate, tmp_path: Path) -> Iterator[Engine]:
    """A store in which nothing was seen yet."""
    with _copy(estate.empty, tmp_path) as engine:
        yield engine


def _copy(database: Path, folder: Path) -> Store:
    return Store(Path(shutil.copy(database, folder / "store.db")))


def _affected(call: Call) -> dict[str, EvidenceType]:
    name = name_of(call)
    types = evidence_types().items()
    return {key: spec for key, spec in types if name in {name_of(c) for c in spec.calls()}}


def _is_listing(spec: EvidenceType, call: Call) -> bool:
    return name_of(call) in {name_of(listed) for listed in spec.listed_by()}


def _coverage(taken: Taken) -> dict[str, Coverage]:
    return {sight.scope.evidence: sight.coverage for sight in taken.sights}


def _kinds(changes: tuple[Change, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for change in changes:
        found.setdefault(change.scope.evidence, []).append(change.kind)
    return found


def _assert_undamaged(engine: Engine) -> None:
    with reading(engine) as connection:
        steps, _ = check(connection)
    assert [step.damage for step in steps if not step.ok] == []


def test_in_good_health_every_declared_operation_is_asked(estate: Estate, known: Engine):
    """So each of the failures below strikes something."""
    watch = Fault()
    taken = estate.take(known, 1, watch)
    assert watch.seen == {name_of(call) for call in CALLS}
    assert (taken.changes, {c.outcome for c in _coverage(taken).values()}) == (
        (),
        {Outcome.COMPLETE},
    )


@pytest.mark.parametrize("call", CALLS, ids=name_of)
def test_a_failure_is_a_miss_and_no_change(estate: Estate, known: Engine, call: Call):
    """One way to fail after the other, each followed by a day in good health."""
    days = count(1)
    for how, (answer, cause) in FAULTS.items():
        if how == "wrong types in the answer" and isinstance(_answered(call), StringShape):
            continue  # Where text is what belongs there, any text has the right type.
        fault = Fault(name_of(call), answer)
        struck = estate.take(known, next(days), fault)
        after = estate.take(known, next(days))
        with _noted(how):
            assert fault.broken
            _assert_told(struck, after, call, cause)
    _assert_undamaged(known)


@pytest.mark.parametrize(
    "call", [call for call in CALLS if pagination(operation(call)) is not None], ids=name_of
)
def test_a_failure_of_a_later_page_is_no_shorter_list(estate: Estate, known: Engine, call: Call):
    days = count(1)
    for how in ("denied", "connect timeout", "nothing in the answer"):
        answer, cause = FAULTS[how]
        fault = Fault(name_of(call), answer, later_pages_only=True)
        struck = estate.take(known, next(days), fault)
        after = estate.take(known, next(days))
        with _noted(how):
            assert fault.asked > fault.broken > 0, f"no second page of {PAGE} rows is recorded"
            _assert_told(struck, after, call, cause)
    _assert_undamaged(known)


@contextmanager
def _noted(how: str) -> Iterator[None]:
    """Say of a failing assertion in which way the operation had failed."""
    try:
        yield
    except AssertionError as error:
        error.add_note(f"the operation failed by: {how}")
        raise


def _assert_told(struck: Taken, after: Taken, call: Call, cause: Cause) -> None:
    """Assert what a failing operation may do to its scopes, and that it does nothing else."""
    affected = _affected(call)
    coverage = _coverage(struck)
    lost = set()
    for name in evidence_types():
        if name not in affected:
            assert coverage[name].outcome is Outcome.COMPLETE, name
        elif _is_listing(affected[name], call):
            lost.add(name)
            assert (coverage[name].outcome, coverage[name].cause) == (Outcome.MISSED, cause)
        else:
            assert (coverage[name].outcome, coverage[name].cause) == (Outcome.PARTIAL, cause)
    assert _kinds(struck.changes) == {name: ["collection.scope_lost"] for name in lost}
    assert {c.outcome for c in _coverage(after).values()} == {Outcome.COMPLETE}
    assert _kinds(after.changes) == {name: ["collection.scope_restored"] for name in lost}
    for sight in struck.sights:
        _assert_honest(sight.scope.evidence, sight, call)


def _assert_honest(name: str, sight: Any, call: Call) -> None:
    """Assert that a miss is told for what was not seen, and for nothing else."""
    if sight.coverage.outcome is Outcome.COMPLETE:
        assert sight.misses == ()
        assert all(body.unseen == () for body in sight.bodies)
        return
    spec = evidence_types()[name]
    unseen = {detail for body in sight.bodies for detail in body.unseen}
    assert {miss.detail for miss in sight.misses} - {None} == unseen
    if sight.coverage.outcome is Outcome.PARTIAL:
        failing = {
            detail
            for detail, asks in spec.details.items()
            if name_of(asks.call if isinstance(asks, Gather) else asks) == name_of(call)
        }
        dependent = {
            detail
            for detail, asks in spec.details.items()
            if isinstance(asks, Call) and failing & {*asks.needs}
        }
        assert failing <= unseen <= failing | dependent
        assert all(detail not in body.config for body in sight.bodies for detail in body.unseen)


@pytest.mark.parametrize("call", CALLS, ids=name_of)
def test_what_is_first_seen_late_is_not_told_as_new(estate: Estate, unknown: Engine, call: Call):
    """The failure comes on the very first day: nothing is known yet of what it hides."""
    struck = estate.take(unknown, 0, Fault(name_of(call), _denied))
    after = estate.take(unknown, 1)
    affected = _affected(call)
    for name, kinds in _kinds(struck.changes).items():
        listed = name not in affected or not _is_listing(affected[name], call)
        assert listed
        assert kinds == ["collection.baseline_established"]
    for name, kinds in _kinds(after.changes).items():
        if _is_listing(affected[name], call):
            assert kinds == ["collection.baseline_established"]
        else:
            assert {*kinds} == {"resource.first_observed"}
    assert _kinds(after.changes).keys() == affected.keys()
    _assert_undamaged(unknown)


@pytest.mark.parametrize("call", CALLS, ids=name_of)
def test_a_failure_that_lasts_is_told_once_and_forgets_nothing(
    estate: Estate, known: Engine, call: Call
):
    days = [estate.take(known, day, Fault(name_of(call), _denied)) for day in (1, 2, 3)]
    after = estate.take(known, 4)
    assert [_kinds(day.changes) for day in days[1:]] == [{}, {}]
    _assert_told(days[0], after, call, Cause.DENIED)
    _assert_undamaged(known)
