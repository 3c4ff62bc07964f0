"""What is pending is asked for once, in few calls; what fails stays pending; what is known is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from driftkeeper.attribute.engine import KEPT, LAG, SETTLED
from driftkeeper.collect import lookup
from driftkeeper.collect.account import Account
from driftkeeper.collect.catalog import ATTRIBUTION_CALLS
from driftkeeper.collect.spec import Unseen
from driftkeeper.domain.attribution import Actor, Quality
from driftkeeper.domain.errors import LockedError
from driftkeeper.domain.types import Cause, Change, Scope, Severity
from driftkeeper.store import attribution as kept
from driftkeeper.store.database import Engine, reading, writing
from driftkeeper.store.lock import collector_lock
from driftkeeper.store.read import ChangeFilter
from driftkeeper.store.write import SnapshotWriter
from driftkeeper.workflow import attribution
from driftkeeper.workflow.attribution import Attributed
from driftkeeper.workflow.places import Place, Source
from tests.aws import Error, Script, Ticking, clients
from tests.store.sights import body, damage, header, saw
from tests.unit.attribute.calls import (
    BEFORE,
    IRELAND,
    PROD,
    SEEN,
    change,
    iam,
    record,
    regional,
    row,
)
from tests.unit.workflow import small

NOW = SEEN + timedelta(hours=1)
OTHER = "444455556666"
BOB = change("iam.user.created", "iam.user", iam("user/bob"), "", None, {"UserName": "bob"})
EVE = replace(BOB, id="eve", resource=iam("user/eve"))
KEY = change(
    "kms.rotation_disabled",
    "kms.key",
    regional("kms", "key/k"),
    "Rotation/KeyRotationEnabled",
    True,
    False,
    IRELAND,
)
GRANTED = replace(
    BOB, id="attached", path="AttachedManagedPolicies/arn:p", after={}, caused_by=BOB.id
)
FACT = replace(
    GRANTED, id="admin", scope=Scope(PROD, "aws-global", "iam.admin"), caused_by=GRANTED.id
)
FOUND = replace(
    KEY,
    id="opened",
    kind="guardduty.finding_opened",
    scope=Scope(PROD, IRELAND, "guardduty.finding"),
    path="",
    before=None,
    after={},
)

Answer = dict[str, list[dict[str, Any]]]


def created(name: str, number: int = 1, **more: Any) -> dict[str, Any]:
    return row(record("CreateUser", "iam", {"userName": name}, number=number, **more))


def stopped(number: int = 9) -> dict[str, Any]:
    return row(record("DisableKeyRotation", "kms", {"keyId": "k"}, number=number))


@dataclass
class World:
    """A store with changes, and what CloudTrail answers about them."""

    engine: Engine
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    why: Unseen | None = None

    def log(self, *changes: Change, at: datetime = SEEN) -> None:
        with writing(self.engine) as connection:
            sight = saw(small.USERS, 1, body("x"))
            taken = replace(header(_next(connection), [sight]), taken_at=at, finished_at=at)
            writer = SnapshotWriter(connection, taken)
            writer.record(sight)
            writer.finish([replace(c, snapshot=taken.number) for c in changes], None)

    def run(self, at: datetime = NOW, wanted: ChangeFilter | None = None) -> Attributed:
        self.asked.clear()
        script = Script(
            {
                (region, "cloudtrail.LookupEvents"): self._answering(region)
                for region in (IRELAND, "us-east-1")
            }
        )
        asks = clients(script, ATTRIBUTION_CALLS)
        account = Account(PROD, "aws", "arn:aws:iam::1:user/x", asks)
        place = Place(
            PROD, "prod", None if self.why else account, (IRELAND, "us-east-1"), why=self.why
        )
        source = Source((place,), Ticking(at), "live")
        done = attribution.attribute(self.engine, source, None, wanted)
        assert damage(self.engine) == {}
        return done

    def _answering(self, region: str) -> Callable[[dict[str, Any]], Any]:
        def answer(params: dict[str, Any]) -> Any:
            (attribute,) = params["LookupAttributes"]
            name = attribute["AttributeValue"]
            self.asked.append((region, name))
            found = self.answers.get(name, [])
            return found if isinstance(found, Error) else {"Events": _logged(found)}

        return answer

    def actors(self, *changes: Change) -> dict[str, Actor]:
        with reading(self.engine) as connection:
            return attribution.actors(connection, changes)

    def attempts(self, found: Change) -> Sequence[tuple[str, str]]:
        query = "SELECT quality, code FROM attribution WHERE change = ? ORDER BY entry, ordinal"
        with reading(self.engine) as connection:
            rows = connection.exec_driver_sql(query, (found.id,))
            return [(quality, code) for quality, code in rows]


def _next(connection: Any) -> int:
    return 1 + connection.exec_driver_sql("SELECT count(*) FROM snapshot").scalar()


def _logged(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with their times as times, as botocore reads them."""
    return [{**row, "EventTime": datetime.fromisoformat(row["EventTime"])} for row in found]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(small.empty(tmp_path))


def test_one_lookup_is_made_for_all_changes_of_one_operation(world: World) -> None:
    world.log(BOB, EVE, KEY, FOUND)
    world.answers = {
        "CreateUser": [created("bob", 1), created("eve", 2)],
        "DisableKeyRotation": [stopped()],
    }
    done = world.run()
    assert sorted(world.asked) == [(IRELAND, "DisableKeyRotation"), ("us-east-1", "CreateUser")]
    assert (done.questions, done.calls, done.count(Quality.EXACT)) == (2, 2, 3)
    assert (done.pending, done.failures) == (0, ())
    assert {name: actor.label for name, actor in world.actors(BOB, EVE, KEY).items()} == {
        BOB.id: "alice",
        EVE.id: "alice",
        KEY.id: "alice",
    }


def test_what_is_known_is_not_asked_for_again(world: World) -> None:
    world.log(BOB)
    world.answers = {"CreateUser": [created("bob")]}
    world.run()
    again = world.run()
    assert (world.asked, again.found, again.entry) == ([], (), None)
    assert world.attempts(BOB) == [("exact", "")]


def test_a_consequence_is_not_asked_for_and_has_the_actor_of_its_cause(world: World) -> None:
    world.log(replace(GRANTED, caused_by=None), FACT)
    world.answers = {"AttachUserPolicy": [attached()]}
    world.run()
    assert [name for _, name in world.asked] == ["AttachUserPolicy"]
    found = world.actors(FACT)
    assert (found[FACT.id].label, found[FACT.id].change) == ("alice", GRANTED.id)
    assert found[FACT.id].quality is Quality.EXACT
    assert world.actors(FOUND) == {}


def attached() -> dict[str, Any]:
    parameters = {"userName": "bob", "policyArn": "arn:p"}
    return row(record("AttachUserPolicy", "iam", parameters, number=7))


def test_who_created_a_thing_need_not_be_who_gave_it_its_rights(world: World) -> None:
    world.log(BOB, GRANTED, FACT)
    terraform = {"type": "IAMUser", "userName": "terraform"}
    world.answers = {"CreateUser": [created("bob", by=terraform)], "AttachUserPolicy": [attached()]}
    world.run()
    labels = {name: actor.label for name, actor in world.actors(BOB, GRANTED, FACT).items()}
    assert labels == {BOB.id: "terraform", GRANTED.id: "alice", FACT.id: "alice"}


def test_of_a_new_thing_what_no_call_gave_it_came_with_it_probably(world: World) -> None:
    world.log(BOB, GRANTED, FACT)
    world.answers = {"CreateUser": [created("bob")]}
    world.run()
    for change_of in (GRANTED, FACT):
        actor = world.actors(change_of)[change_of.id]
        assert (actor.label, actor.quality) == ("alice", Quality.PROBABLE)


def test_of_a_new_thing_whose_further_calls_were_refused_nobody_is_named(world: World) -> None:
    world.log(BOB, GRANTED, FACT)
    answers = {"CreateUser": [created("bob")], "AttachUserPolicy": Error("ThrottlingException")}
    world.answers = answers
    world.run()
    assert world.actors(BOB)[BOB.id].label == "alice"
    assert world.actors(GRANTED, FACT) == {}


def test_a_lookup_that_fails_is_not_nobody_and_is_made_again(world: World) -> None:
    world.log(BOB)
    world.answers = {"CreateUser": Error("AccessDeniedException", "not allowed")}
    done = world.run()
    assert (done.questions, done.pending, world.actors(BOB)) == (0, 1, {})
    (failure,) = done.failures
    assert (failure.account, failure.region, failure.event) == (PROD, "us-east-1", "CreateUser")
    assert (failure.code, failure.message, failure.changes) == (
        "AccessDeniedException",
        "not allowed",
        1,
    )
    assert world.attempts(BOB) == [("pending", "AccessDeniedException")]
    world.run()
    assert world.attempts(BOB) == [("pending", "AccessDeniedException")], "nothing new"
    world.answers = {"CreateUser": [created("bob")]}
    world.run()
    assert world.attempts(BOB)[-1] == ("exact", "")
    assert world.actors(BOB)[BOB.id].quality is Quality.EXACT


def test_when_90_days_are_past_what_is_pending_can_never_be_known(world: World) -> None:
    world.log(BOB, EVE)
    world.answers = {"CreateUser": Error("AccessDeniedException")}
    world.run()
    late = world.run(SEEN + KEPT + timedelta(seconds=1))
    assert (world.asked, late.count(Quality.TOO_LATE), late.pending) == ([], 2, 0)
    assert world.actors(BOB)[BOB.id].quality is Quality.TOO_LATE
    assert world.run(SEEN + KEPT + timedelta(days=1)).found == ()


def test_in_a_window_that_is_half_forgotten_the_only_call_is_not_the_only_one(
    world: World,
) -> None:
    policy = iam("policy/p")
    edited = change("iam.x", "iam.policy", policy, "Document", {}, {"Version": "x"})
    world.log(edited)
    parameters = {"policyArn": policy, "versionId": "v2"}
    world.answers = {
        "SetDefaultPolicyVersion": [row(record("SetDefaultPolicyVersion", "iam", parameters))]
    }
    (found,) = world.run(BEFORE + KEPT + timedelta(hours=1)).found
    assert (found.quality, found.called) == (Quality.TOO_LATE, None)
    assert [str(note.role) for note in found.others] == ["candidate"]
    assert world.actors(edited)[edited.id].label is None


def test_a_region_that_refuses_is_asked_once_and_leaves_the_calls_to_the_others(
    world: World,
) -> None:
    other = change("iam.x", "iam.group", iam("group/g"), "", None, {})
    world.log(replace(BOB, severity=Severity.CRITICAL), other, KEY)
    world.answers = {
        "CreateUser": Error("AccessDeniedException", "no"),
        "DisableKeyRotation": [stopped()],
    }
    done = world.run()
    assert sorted(world.asked) == [(IRELAND, "DisableKeyRotation"), ("us-east-1", "CreateUser")]
    assert [(f.event, f.code) for f in done.failures] == [
        ("CreateGroup", "AccessDeniedException"),
        ("CreateUser", "AccessDeniedException"),
    ]
    assert (done.pending, done.count(Quality.EXACT)) == (2, 1)


def test_a_consequence_is_not_asked_for_either_when_its_cause_was_not_wanted(world: World) -> None:
    also = replace(GRANTED, id="also", path="AttachedManagedPolicies/arn:q", caused_by=GRANTED.id)
    world.log(replace(GRANTED, caused_by=None))
    world.log(replace(also, not_after=SEEN + timedelta(minutes=2)), at=SEEN + timedelta(days=1))
    wanted = ChangeFilter(start=SEEN + timedelta(minutes=1))
    assert world.run(wanted=wanted).found == ()
    assert world.asked == []


def test_what_nobody_asked_in_time_is_left_alone(world: World) -> None:
    world.log(BOB)
    assert world.run(SEEN + KEPT + timedelta(days=1)).found == ()
    assert world.actors(BOB) == {}


def test_of_a_window_that_is_half_forgotten_nobody_can_say_that_nothing_was_called(
    world: World,
) -> None:
    world.log(BOB)
    done = world.run(BEFORE + KEPT + timedelta(hours=1))
    assert done.count(Quality.TOO_LATE) == 1
    assert done.count(Quality.NONE) == 0


def test_an_account_that_cannot_be_entered_leaves_its_changes_pending(world: World) -> None:
    away = replace(BOB, id="away", scope=Scope(OTHER, "aws-global", "iam.user"))
    world.log(BOB, away)
    world.why = Unseen(Cause.DENIED, "AccessDenied", "no")
    done = world.run()
    assert [(f.account, f.region, f.code, f.changes) for f in done.failures] == [
        (PROD, None, "AccessDenied", 1),
        (OTHER, None, "NotReached", 1),
    ]
    assert done.pending == 2


def test_what_cloudtrail_may_not_know_yet_waits(world: World) -> None:
    world.log(BOB)
    done = world.run(SEEN + LAG - timedelta(seconds=1))
    assert (world.asked, done.waiting, done.pending, done.entry) == ([], 1, 1, None)
    assert world.run(SEEN + LAG).waiting == 0


def test_that_nothing_was_called_is_looked_at_again_until_a_day_has_passed(world: World) -> None:
    world.log(BOB)
    world.run()
    world.run(NOW + timedelta(hours=2))
    assert world.attempts(BOB) == [("none", "")], "said once"
    assert world.actors(BOB)[BOB.id].label is None
    world.run(SEEN + SETTLED)
    assert world.run(SEEN + SETTLED + timedelta(hours=1)).found == ()
    assert world.asked == []
    assert world.attempts(BOB) == [("none", ""), ("none", "")], "and once for good"


def test_a_call_that_comes_late_is_found(world: World) -> None:
    world.log(BOB)
    world.run()
    world.answers = {"CreateUser": [created("bob")]}
    world.run(NOW + timedelta(hours=2))
    assert world.actors(BOB)[BOB.id].label == "alice"


def test_an_event_that_cannot_be_read_leaves_pending_what_is_not_proven(world: World) -> None:
    broken = {**created("x", 3), "CloudTrailEvent": "{"}
    world.log(BOB, EVE)
    world.answers = {"CreateUser": [created("bob"), broken]}
    done = world.run()
    assert (done.count(Quality.EXACT), done.count(Quality.PENDING)) == (1, 1)
    assert [failure.code for failure in done.failures] == ["MalformedEvent"]


def test_a_run_ends_when_its_calls_are_spent_and_begins_with_the_most_severe(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup.Budget, "__init__", _calls(lookup.Budget.__init__, 1))
    world.log(BOB, replace(KEY, severity=Severity.CRITICAL))
    world.answers = {"CreateUser": [created("bob")], "DisableKeyRotation": [stopped()]}
    done = world.run()
    assert world.asked == [(IRELAND, "DisableKeyRotation")]
    assert [failure.code for failure in done.failures] == ["CallLimit"]
    world.run()
    assert world.asked == [("us-east-1", "CreateUser")]
    assert len(world.actors(BOB, KEY)) == 2


def _calls(original: Callable[..., None], number: int) -> Callable[..., None]:
    return lambda self, clock: original(self, clock, calls=number)


def test_what_was_found_before_the_calls_were_spent_is_not_asked_for_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "PAGES", 1)
    monkeypatch.setattr(lookup.Budget, "__init__", _calls(lookup.Budget.__init__, 3))
    world.log(BOB, EVE)
    crowd = [created(f"u{n}", n) for n in range(10, 15)]
    world.answers = {"CreateUser": crowd, iam("user/bob"): [created("bob")]}
    done = world.run()
    assert [name for _, name in world.asked] == ["CreateUser", iam("user/bob"), iam("user/eve")]
    assert [failure.code for failure in done.failures] == ["CallLimit"]
    assert world.attempts(BOB) == [("exact", "")]
    assert world.attempts(EVE) == [("pending", "CallLimit")]
    assert world.run().count(Quality.NONE) == 1, "the next run comes to the end"


def test_an_operation_that_is_called_all_the_time_is_asked_for_by_resource(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "PAGES", 1)
    world.log(BOB)
    crowd = [created(f"u{n}", n) for n in range(10, 15)]
    world.answers = {"CreateUser": crowd, "bob": [created("bob")]}
    done = world.run()
    assert {name for _, name in world.asked} == {"CreateUser", "bob", iam("user/bob")}
    assert done.count(Quality.EXACT) == 1
    assert done.failures == ()


def test_an_operation_without_a_resource_that_is_called_all_the_time_stays_pending(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "PAGES", 1)
    region = f"urn:driftkeeper:{PROD}:guardduty:{IRELAND}:detector"
    off = change(
        "guardduty.disabled", "guardduty.detector", region, "Status", "ENABLED", "DISABLED", IRELAND
    )
    world.log(off)
    calls = [record("UpdateDetector", "guardduty", {}, number=n) for n in range(5)]
    world.answers = {"UpdateDetector": [row(found) for found in calls]}
    done = world.run()
    assert [failure.code for failure in done.failures] == ["TooManyEvents"]
    assert done.pending == 1


def test_only_what_was_seen_since_then_and_of_these_accounts_is_asked_for(world: World) -> None:
    world.log(BOB)
    late, other = ChangeFilter(start=SEEN + timedelta(seconds=1)), ChangeFilter(accounts=(OTHER,))
    assert world.run(wanted=late).found == ()
    assert world.run(wanted=other).found == ()
    assert len(world.run(wanted=ChangeFilter(start=SEEN, accounts=(PROD,))).found) == 1


def test_nothing_is_asked_while_another_collector_is_at_work(world: World) -> None:
    world.log(BOB)
    with collector_lock(world.engine), pytest.raises(LockedError):
        world.run()
    assert world.asked == []


def test_the_raw_event_is_kept(world: World) -> None:
    world.log(BOB)
    event = created("bob")
    world.answers = {"CreateUser": [event]}
    world.run()
    with reading(world.engine) as connection:
        attempt = kept.attempts(connection, [BOB.id], with_raw=True)[BOB.id]
    assert attempt.at == NOW
    assert json.loads(attempt.found.raw) == json.loads(event["CloudTrailEvent"])
