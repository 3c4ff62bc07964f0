"""Facts over random days in a real store: what is told of them adds up to what is known of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, settings, strategies as st

from driftkeeper.collect.spec import Item
from driftkeeper.derive.catalog import facts
from driftkeeper.derive.engine import Subject, draw
from driftkeeper.derive.spec import Row
from driftkeeper.domain.types import Change, Coverage, Outcome, Scope, Sight
from driftkeeper.store import latest, read
from driftkeeper.store.blobs import Blobs
from driftkeeper.store.database import Connection, Engine, open_engine, parse_url, reading, writing
from driftkeeper.store.write import SnapshotWriter
from driftkeeper.workflow.compare import compare
from driftkeeper.workflow.naming import name_stored
from driftkeeper.workflow.world import StoredWorld
from tests.cases.answers import AS_OF, NO_PAB, PAB, POLICY, READ, TEAM, USER, document, statement
from tests.cases.border_answers import bucket
from tests.cases.case import body_of, scope_of
from tests.store.sights import header, missed
from tests.unit.workflow.small import empty

_USER, _GROUP, _POLICY = map(scope_of, ("iam.user", "iam.group", "iam.policy"))
_BUCKET, _BLOCK = map(scope_of, ("s3.bucket", "s3.account_pab"))
_SCOPES = (_USER, _GROUP, _POLICY, _BUCKET, _BLOCK)
_TEXTS = (READ, document(statement("*")))
_IAM = "arn:aws:iam::111122223333:"
_ARNS = (f"{_IAM}policy/one", f"{_IAM}policy/two", "arn:aws:iam::aws:policy/Unread")
_NAMES = ("ann", "bob")
_SUBJECTS = {
    "iam.rights": [
        *(Subject(_USER, f"{_IAM}user/{name}") for name in _NAMES),
        Subject(_GROUP, f"{_IAM}group/team"),
    ],
    "s3.public_access": [Subject(_BUCKET, f"arn:aws:s3:::{name}") for name in _NAMES],
}


def _attached(arns: Sequence[str]) -> list[Item]:
    return [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in arns]


def _user(name: str, groups: Sequence[str], arns: Sequence[str]) -> Item:
    plain = {key: value for key, value in USER.items() if key != "PermissionsBoundary"}
    own = {"UserName": name, "Arn": f"{_IAM}user/{name}", "UserId": f"AIDA{name}"}
    lists = {"GroupList": [*groups], "UserPolicyList": []}
    return {**plain, **own, **lists, "AttachedManagedPolicies": _attached(arns)}


def _team(arns: Sequence[str]) -> Item:
    own = {"GroupName": "team", "Arn": f"{_IAM}group/team", "GroupPolicyList": []}
    return {**TEAM, **own, "AttachedManagedPolicies": _attached(arns)}


def _policy(arn: str, text: Any) -> Item:
    name = arn.rpartition("/")[2]
    return {**POLICY, "PolicyName": name, "Arn": arn, "PolicyId": f"ANPA{name}", "Document": text}


def _bucket(name: str, is_public: bool, block: Item) -> Item:
    return bucket(Name=name, PolicyStatus={"IsPublic": is_public}, PublicAccessBlock=block)


def _some(strategy: st.SearchStrategy[Any], names: Sequence[str]) -> st.SearchStrategy[list[Any]]:
    """Some of what there can be, by name."""
    return st.lists(st.sampled_from(names), unique=True).flatmap(
        lambda chosen: st.tuples(*(st.tuples(st.just(name), strategy) for name in chosen)).map(list)
    )


_arns = st.lists(st.sampled_from(_ARNS), unique=True, max_size=2)
_ANSWERS: Mapping[Scope, st.SearchStrategy[list[Item]]] = {
    _USER: _some(st.tuples(st.sampled_from([(), ("team",)]), _arns), _NAMES).map(
        lambda found: [_user(name, *given_) for name, given_ in found]
    ),
    _GROUP: st.one_of(st.just([]), _arns.map(lambda arns: [_team(arns)])),
    _POLICY: _some(st.sampled_from(_TEXTS), _ARNS).map(
        lambda found: [_policy(arn, text) for arn, text in found]
    ),
    _BUCKET: _some(st.tuples(st.booleans(), st.sampled_from([PAB, NO_PAB])), _NAMES).map(
        lambda found: [_bucket(name, *given_) for name, given_ in found]
    ),
    _BLOCK: st.sampled_from([[PAB], [NO_PAB]]),
}
_DETAILS = ("PublicAccessBlock", "PolicyStatus", "Tags")

Answer = tuple[str, list[Item], Mapping[str, Sequence[str]]]
"""How a scope was looked at, what there is in it, and which details of which bucket are refused."""


def _day(scope: Scope) -> st.SearchStrategy[Answer]:
    how = st.sampled_from(["seen", "seen", "same", "same", "missed", "not planned"])
    refused = st.dictionaries(
        st.sampled_from(_NAMES), st.lists(st.sampled_from(_DETAILS), unique=True), max_size=2
    )
    blind: st.SearchStrategy[dict[str, list[str]]] = st.just({})
    if scope == _BUCKET:
        blind = st.one_of(blind, refused)
    return st.tuples(how, _ANSWERS[scope], blind)


_days = st.lists(st.tuples(*map(_day, _SCOPES)), min_size=3, max_size=9)


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        empty(Path(folder)).dispose()
        yield Path(folder) / "small.db"


def _seen(scope: Scope, answer: Answer, at: int) -> Sight:
    how, items, blind = answer
    if how == "missed":
        return missed(scope, at)
    moment = AS_OF + timedelta(days=at)
    bodies = tuple(
        body_of(scope.evidence, item, tuple(blind.get(item.get("Name", ""), ()))) for item in items
    )
    sight = missed(scope, at)
    misses = tuple(
        type(sight.misses[0])(scope, sight.misses[0].cause, "AccessDenied", "no", body.key, detail)
        for body in bodies
        for detail in body.unseen
    )
    outcome = Outcome.PARTIAL if misses else Outcome.COMPLETE
    return Sight(Coverage(scope, outcome, moment, resources=len(bodies)), bodies, misses)


@dataclass
class Record:
    """A store in which each day is a snapshot, and what was known of every fact last."""

    engine: Engine
    there: dict[Scope, list[Item]] = field(default_factory=dict)
    known: dict[tuple[str, Subject], tuple[Row, int]] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    def take(self, day: int, answers: Sequence[Answer]) -> None:
        """Take one day, and hold what was told against what is known now and was known last."""
        sights = []
        for scope, (how, items, blind) in zip(_SCOPES, answers, strict=True):
            if how == "seen" or scope not in self.there:
                self.there[scope] = items
            if how != "not planned":
                sights.append(_seen(scope, (how, self.there[scope], blind), day))
        if not sights:
            return
        with writing(self.engine) as connection:
            number = latest.last_number(connection) + 1
            writer = SnapshotWriter(connection, header(number, sights))
            steps = [writer.record(sight) for sight in sights]
            writer.settle()
            changes = name_stored(connection, writer.before, steps, number)
            writer.finish(changes, None)
        self._hold_ties(changes)
        with reading(self.engine) as connection:
            self._hold_facts(connection, number, changes)

    def _hold_ties(self, changes: Sequence[Change]) -> None:
        by_id = {change.id: change for change in changes}
        assert len(by_id) == len(changes)
        assert self.ids.isdisjoint(by_id)
        self.ids |= by_id.keys()
        causes = [change.caused_by for change in changes if change.caused_by is not None]
        assert all(by_id[cause].caused_by is None for cause in causes)

    def _hold_facts(self, connection: Connection, number: int, changes: list[Change]) -> None:
        world = StoredWorld(connection, number, latest.scope_heads(connection), Blobs(connection))
        for name, subjects in _SUBJECTS.items():
            for subject in subjects:
                told = [
                    change
                    for change in changes
                    if change.scope.evidence == name and change.resource == subject.key
                ]
                row = draw(facts()[name], world, subject).row
                self._hold(name, subject, row, number, told)

    def _hold(
        self, name: str, subject: Subject, row: Row | None, number: int, told: list[Change]
    ) -> None:
        last = self.known.get((name, subject))
        if row is None or last is None:
            assert told == []
        else:
            assert [_said(change) for change in told] == _movements(name, last[0], row)
            assert all(change.previous_snapshot <= last[1] for change in told)
        if row is not None:
            self.known[name, subject] = row, number


def _said(change: Change) -> tuple[str, Any, Any]:
    return change.path, change.before, change.after


def _movements(name: str, old: Row, new: Row) -> list[tuple[str, Any, Any]]:
    compared = facts()[name].compare
    assert compared is not None
    found = [("/".join(moved.path), moved.before, moved.after) for moved in compared(old, new)]
    # That somebody is capped or denied and was none before is no movement that has a name.
    return [entry for entry in found if entry[0] != "admin" or "yes" in entry[1:]]


# Without shrinking: each example is a store of its own, and a week is short enough to read.
@settings(max_examples=30, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(days=_days)
def test_what_is_told_of_a_fact_leads_from_what_was_known_last_to_what_is_known_now(
    template: Path, days: list[tuple[Answer, ...]]
) -> None:
    with TemporaryDirectory() as folder:
        shutil.copy(template, folder)
        engine = open_engine(parse_url(f"sqlite:///{folder}/small.db"))
        record = Record(engine)
        for number, answers in enumerate(days):
            record.take(number, answers)
        with reading(engine) as connection:
            _hold_net(connection)
        engine.dispose()


def _hold_net(connection: Connection) -> None:
    """The net difference of the first and last day is that of what was last seen by then."""
    headers = read.snapshots(connection)
    if len(headers) < 2:
        return
    first, last = headers[0], headers[-1]
    found = compare(connection, first, last)
    for name, subjects in _SUBJECTS.items():
        for subject in subjects:
            rows = [_last_seen(connection, name, at.number, subject) for at in (first, last)]
            net, passed = (
                [_said(c) for c in told if c.scope.evidence == name and c.resource == subject.key]
                for told in (found.net, found.transient)
            )
            if rows[0] is None:
                assert (net, passed) == ([], [])
            elif rows[1] is not None:
                assert net == _movements(name, rows[0], rows[1])


def _last_seen(connection: Connection, name: str, at: int, subject: Subject) -> Row | None:
    heads = latest.scope_heads(connection, at)
    world = StoredWorld(connection, at, heads, Blobs(connection), as_last_seen=True)
    return draw(facts()[name], world, subject).row
