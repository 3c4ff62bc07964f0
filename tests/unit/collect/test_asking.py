"""Nothing is asked twice: answers are shared, asked for in batches, kept; and what that costs at best."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.reader import Known, Reader
from driftkeeper.collect.shared import Shared
from driftkeeper.collect.spec import (
    Asker,
    Batch,
    Call,
    EvidenceType,
    From,
    Function,
    Gather,
    Item,
    Nested,
    Reach,
    Unseen,
)
from driftkeeper.domain.types import Body, Cause, Outcome, Sight
from tests.aws import NOW, REGION, Error, Script, Ticking, reader

LIST = Call("kms", "list_keys", items="Keys", page_size=1000)
ROTATION = Call("kms", "get_key_rotation_status", params={"KeyId": From("KeyId")})
DETECTORS = Call("guardduty", "list_detectors", items="DetectorIds", shared=True)
FINDINGS = Batch(
    Call("guardduty", "get_findings", items="Findings", params={"DetectorId": From("_detector")}),
    each="FindingIds",
    on="Id",
    to="Id",
    size=3,
)


def _type(listing: Any = LIST, name: str = "kms.thing", **more: Any) -> EvidenceType:
    return EvidenceType(name, "T", 1, Reach.REGION, listing, "key/{KeyId}", "Says.", **more)


def _keys(*names: str) -> dict[str, Any]:
    return {"Keys": [{"KeyId": name, "KeyArn": "arn:aws:kms:" + name * 20} for name in names]}


def _finding(name: str, title: str = "t") -> dict[str, Any]:
    return {
        "AccountId": "1",
        "Arn": "a",
        "CreatedAt": "c",
        "Id": name,
        "Region": "r",
        "Resource": {},
        "SchemaVersion": "2",
        "Severity": 8.5,
        "Type": "T",
        "UpdatedAt": "u",
        "Title": title,
    }


def _findings_type(batch: Batch = FINDINGS, ids: str = "abcdefgh") -> EvidenceType:
    def read(asker: Asker) -> list[Item]:
        asker.value(DETECTORS)
        return [{"Id": name, "_detector": "d"} for name in ids]

    listing = Function((DETECTORS,), read)
    details = {"Finding": batch}
    return EvidenceType(
        "guardduty.x", "T", 1, Reach.REGION, listing, "f/{Id}", "Says.", details=details, uid="Id"
    )


def _findings(script: Script) -> list[list[str]]:
    return [params["FindingIds"] for params in script.asked_for("guardduty.GetFindings")]


def _script(findings: Any = None, **kms: Any) -> Script:
    answers = {(REGION, f"kms.{name}"): answer for name, answer in kms.items()}
    answers[REGION, "guardduty.ListDetectors"] = {"DetectorIds": ["d"]}
    answers[REGION, "guardduty.GetFindings"] = findings or (
        lambda params: {"Findings": [_finding(name) for name in reversed(params["FindingIds"])]}
    )
    return Script(answers)


def _pair(script: Script, one: EvidenceType, two: EvidenceType) -> tuple[Reader, Reader]:
    shared = Shared()
    return (
        replace(reader(script, one), shared=shared),
        replace(reader(script, two), shared=shared),
    )


class TestShared:
    ONE = _type(replace(LIST, shared=True))
    TWO = _type(
        replace(LIST, shared=True, items=None), name="kms.other", tidy=lambda item: {"KeyId": 1}
    )

    def test_an_answer_is_asked_for_once_and_counted_once(self):
        script = _script(ListKeys=_keys("a", "b", "c"))
        first, second = _pair(script, self.ONE, self.ONE)
        one, two = look(self.ONE, first), look(self.ONE, second)
        assert one.bodies == two.bodies != ()
        assert len(script.asked_for("kms.ListKeys")) == 2  # pages
        assert (one.coverage.calls, two.coverage.calls) == (2, 0)
        assert (one.coverage.pages, two.coverage.pages) == (2, 0)

    def test_who_takes_from_it_names_its_requests(self):
        script = _script(ListKeys=_keys("a", "b", "c"))
        one, two = (look(self.ONE, found) for found in _pair(script, self.ONE, self.ONE))
        assert one.coverage.first_request_id == two.coverage.first_request_id == "request-1"
        assert one.coverage.last_request_id == two.coverage.last_request_id == "request-2"

    def test_who_takes_from_it_looked_when_it_was_answered(self):
        script, clock = _script(ListKeys=_keys("a")), Ticking()
        first, second = (replace(found, clock=clock) for found in _pair(script, self.ONE, self.ONE))
        look(self.ONE, first)
        clock.sleep(50)
        coverage = look(self.ONE, second).coverage
        assert coverage.as_of == NOW
        assert coverage.ended == NOW + timedelta(seconds=50)

    def test_each_takes_its_own_part(self):
        script = _script(ListKeys=_keys("a", "b"))
        whole = _type(replace(LIST, shared=True, items="Keys", fields=("KeyId",)), name="kms.other")
        one, two = (
            look(spec, found)
            for spec, found in zip((self.ONE, whole), _pair(script, self.ONE, whole), strict=True)
        )
        assert "KeyArn" in one.bodies[0].config
        assert "KeyArn" not in two.bodies[0].config
        assert len(script.asked_for("kms.ListKeys")) == 1

    def test_a_refusal_is_one_for_all(self):
        script = _script(ListKeys=Error("AccessDeniedException"))
        sights = [look(self.ONE, found) for found in _pair(script, self.ONE, self.ONE)]
        assert [sight.coverage.outcome for sight in sights] == [Outcome.MISSED] * 2
        assert [sight.coverage.cause for sight in sights] == [Cause.DENIED] * 2
        assert len(script.asked_for("kms.ListKeys")) == 1

    def test_the_time_limit_of_one_is_not_that_of_another(self):
        """What one scope had no more time to ask is still asked by those that have."""
        script = _script(ListKeys=_keys("a", "b", "c"))
        late, other = _pair(script, self.ONE, self.ONE)
        late.clock.sleep(61)
        other.clock = Ticking()
        one, two = look(self.ONE, late), look(self.ONE, other)
        assert (one.coverage.outcome, one.coverage.code) == (Outcome.MISSED, "DeadlineExceeded")
        assert (two.coverage.outcome, len(two.bodies)) == (Outcome.COMPLETE, 3)

    def test_other_parameters_are_another_question(self):
        call = replace(ROTATION, shared=True)
        spec = _type(details={"Rotation": call})
        script = _script(
            ListKeys=_keys("a", "b"),
            GetKeyRotationStatus=lambda p: {"KeyRotationEnabled": p["KeyId"] == "a"},
        )
        sight = look(spec, reader(script, spec))
        rotates = [body.config["Rotation"]["KeyRotationEnabled"] for body in sight.bodies]
        assert rotates == [True, False]

    def test_rows_of_a_shared_answer_are_not_changed_by_who_takes_them(self):
        script = _script(ListKeys=_keys("a", "b", "c"), GetKeyRotationStatus={})
        spec = _type(replace(LIST, shared=True), details={"Rotation": ROTATION})
        first, second = _pair(script, spec, self.ONE)
        look(spec, first)
        assert all("Rotation" not in body.config for body in look(self.ONE, second).bodies)


class TestOnce:
    def test_what_a_function_reads_serves_all_types_and_is_as_old_as_it_says(self):
        old, made = NOW - timedelta(hours=3), []

        def make(asker: Asker) -> list[Item]:
            made.append(1)
            asker.seen_at(old)
            return asker.rows(LIST)

        spec = _type(Function((LIST,), lambda asker: asker.once("keys", make)))
        script = _script(ListKeys=_keys("a"))
        sights = [look(spec, found) for found in _pair(script, spec, spec)]
        assert made == [1]
        assert [sight.coverage.as_of for sight in sights] == [old, old]
        assert [sight.coverage.calls for sight in sights] == [1, 0]

    def test_several_at_a_time_are_as_old_as_the_oldest(self):
        """Each of many details may have been answered at another time, to another type."""

        class Slow(datetime):
            def __lt__(self, other: date) -> bool:
                time.sleep(0.05)
                return self.timestamp() < cast("datetime", other).timestamp()

        asker = reader(_script(), _type())
        asker.seen_at(NOW)
        slow = Slow(*(NOW - timedelta(hours=1)).timetuple()[:6], tzinfo=UTC)
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(asker.seen_at, slow)
            time.sleep(0.01)
            pool.submit(asker.seen_at, NOW - timedelta(hours=2)).result()
            first.result()
        assert asker.began == NOW - timedelta(hours=2)

    def test_a_gathered_detail_may_come_from_a_function(self):
        rows = Function(
            (LIST,), lambda asker: [{"of": r["KeyId"], "n": 1} for r in asker.rows(LIST)]
        )
        spec = _type(replace(LIST, shared=True), details={"Rows": Gather(rows, "of", "KeyId")})
        sight = look(spec, reader(_script(ListKeys=_keys("a", "b")), spec))
        assert [body.config["Rows"] for body in sight.bodies] == [
            [{"n": 1, "of": "a"}],
            [{"n": 1, "of": "b"}],
        ]


class TestBatch:
    def test_so_many_at_a_time_and_each_gets_its_own(self):
        script, spec = _script(), _findings_type()
        sight = look(spec, reader(script, spec))
        assert _findings(script) == [["a", "b", "c"], ["d", "e", "f"], ["g", "h"]]
        assert [body.config["Finding"]["Id"] for body in sight.bodies] == [*"abcdefgh"]
        assert sight.coverage.outcome is Outcome.COMPLETE

    def test_a_helping_field_is_not_part_of_the_body(self):
        spec = _findings_type()
        sight = look(spec, reader(_script(), spec))
        assert {*sight.bodies[0].config} == {"Id", "Finding"}

    def test_one_batch_that_fails_leaves_the_detail_of_all_unseen(self):
        def answer(params: Mapping[str, Any]) -> Any:
            if "d" in params["FindingIds"]:
                return Error("AccessDeniedException")
            return {"Findings": [_finding(name) for name in params["FindingIds"]]}

        spec = _findings_type()
        sight = look(spec, reader(_script(answer), spec))
        assert sight.coverage.outcome is Outcome.PARTIAL
        assert {body.unseen for body in sight.bodies} == {("Finding",)}
        assert [(miss.resource, miss.detail) for miss in sight.misses] == [(None, "Finding")]

    def test_what_is_not_answered_is_gone(self):
        spec = _findings_type()

        def answer(params: Mapping[str, Any]) -> Any:
            return {"Findings": [_finding(n) for n in params["FindingIds"] if n in "ah"]}

        sight = look(spec, reader(_script(answer), spec))
        assert [body.key for body in sight.bodies] == ["f/a", "f/h"]
        assert (sight.coverage.gone, sight.coverage.outcome) == (6, Outcome.COMPLETE)

    def test_an_answer_for_another_one_does_not_say_that_it_is_gone(self):
        spec = _findings_type(ids="ab")
        answer = {"Findings": [_finding("a"), _finding("z")]}
        sight = look(spec, reader(_script(lambda _: answer), spec))
        assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.PARTIAL, "MalformedAnswer")
        assert [(body.uid, body.unseen) for body in sight.bodies] == [
            ("a", ("Finding",)),
            ("b", ("Finding",)),
        ]

    def test_nothing_is_asked_for_nothing(self):
        script, spec = _script(), _findings_type(ids="")
        assert look(spec, reader(script, spec)).bodies == ()
        assert _findings(script) == []


class TestKept:
    """A detail that cannot have changed is taken from the last body and not asked for."""

    BATCH = replace(
        FINDINGS, call=replace(FINDINGS.call, kept=lambda item, before: item["Id"] in "abcde")
    )

    def _again(
        self, spec: EvidenceType, before: Sight, script: Script, since: Any = NOW
    ) -> tuple[Sight, Script]:
        known = Known(since, {body.key: body for body in before.bodies})
        asks = replace(reader(script, spec), remember=lambda: known)
        return look(spec, asks), script

    def _before(self, spec: EvidenceType) -> Sight:
        return look(spec, reader(_script(), spec))

    def test_only_what_may_have_changed_is_asked_for(self):
        spec = _findings_type(self.BATCH)
        sight, script = self._again(spec, before := self._before(spec), _script())
        assert _findings(script) == [["f", "g", "h"]]
        assert sight.bodies == before.bodies

    def test_what_is_new_is_asked_for(self):
        spec = _findings_type(self.BATCH)
        before = self._before(_findings_type(self.BATCH, ids="abc"))
        _, script = self._again(spec, before, _script())
        assert _findings(script) == [["d", "e", "f"], ["g", "h"]]

    def test_without_anything_known_all_is_asked_for(self):
        spec, script = _findings_type(self.BATCH), _script()
        look(spec, reader(script, spec))
        assert len(_findings(script)) == 3

    def test_what_was_not_seen_then_is_asked_for_now(self):
        spec = _findings_type(self.BATCH)
        before = self._before(spec)
        blind = tuple(
            replace(body, config={"Id": body.config["Id"]}) if body.key == "f/b" else body
            for body in before.bodies
        )
        sight, script = self._again(spec, replace(before, bodies=blind), _script())
        assert _findings(script) == [["b", "f", "g"], ["h"]]
        assert sight.bodies == before.bodies

    def test_another_thing_under_the_same_key_is_asked_for(self):
        spec = _findings_type(self.BATCH)
        before = self._before(spec)
        other = tuple(replace(body, uid="other") for body in before.bodies)
        _, script = self._again(spec, replace(before, bodies=other), _script())
        assert len(_findings(script)) == 3

    def test_a_rule_that_makes_no_sense_costs_the_detail_and_not_the_run(self):
        def broken(_item: Item, before: Body) -> bool:
            return bool(before.config["nothing"])

        batch = replace(FINDINGS, call=replace(FINDINGS.call, kept=broken))
        spec = _findings_type(batch)
        sight, _ = self._again(spec, self._before(spec), _script())
        assert sight.coverage.outcome is Outcome.PARTIAL
        assert {miss.code for miss in sight.misses} == {"MalformedAnswer"}

    def test_single_calls_are_kept_too_with_what_is_volatile(self):
        kept = replace(ROTATION, kept=lambda item, before: item["KeyId"] == "a")
        spec = _type(details={"Rotation": kept}, observed=("Rotation.NextRotationDate",))
        answer = {"KeyRotationEnabled": True, "NextRotationDate": NOW}
        before = look(
            spec, reader(_script(ListKeys=_keys("a", "b"), GetKeyRotationStatus=answer), spec)
        )
        sight, script = self._again(
            spec, before, _script(ListKeys=_keys("a", "b"), GetKeyRotationStatus=answer)
        )
        assert script.asked_for("kms.GetKeyRotationStatus") == [{"KeyId": "b"}]
        assert sight.bodies == before.bodies

    def test_a_function_learns_since_when(self):
        seen: list[Any] = []

        def read(asker: Asker) -> list[Item]:
            seen.append(asker.since)
            return []

        spec = _type(Function((LIST,), read))
        look(spec, reader(_script(), spec))
        look(spec, replace(reader(_script(), spec), remember=lambda: Known(NOW, {})))
        assert seen == [None, NOW]


class TestElsewhere:
    def test_a_detail_is_asked_where_the_resource_lies(self):
        where = replace(ROTATION, region=From("place"))
        listing = Function((LIST,), lambda _: [{"KeyId": "a", "place": "us-east-1"}])
        spec = _type(listing, details={"Rotation": where})
        script = Script({("us-east-1", "kms.GetKeyRotationStatus"): {"KeyRotationEnabled": True}})
        sight = look(spec, reader(script, spec))
        assert [place for place, _, _ in script.asked] == ["us-east-1"]
        assert sight.coverage.outcome is Outcome.COMPLETE

    def test_children_are_read_several_at_a_time_and_in_order(self):
        tags = Call("kms", "list_resource_tags", items="Tags", params={"KeyId": From("KeyId")})
        names = [f"k{n:02}" for n in range(20)]
        spec = EvidenceType(
            "kms.tag",
            "T",
            1,
            Reach.REGION,
            Nested(LIST, tags, "_key"),
            "tag/{_key[KeyId]}/{TagKey}",
            "Says.",
        )
        script = _script(
            ListKeys=_keys(*names),
            ListResourceTags=lambda p: {"Tags": [{"TagKey": p["KeyId"], "TagValue": "v"}]},
        )
        with ThreadPoolExecutor(8) as pool:
            sight = look(spec, replace(reader(script, spec), mapper=pool.map))
        assert [body.key for body in sight.bodies] == [f"tag/{name}/{name}" for name in names]


class TestFloor:
    """`least` is what the same questions would have cost at best."""

    def test_pages_smaller_than_need_be_cost_more_than_least(self):
        spec = _type()
        coverage = look(spec, reader(_script(ListKeys=_keys(*"abcdefg")), spec)).coverage
        assert (coverage.calls, coverage.least) == (4, 1)

    def test_a_list_longer_than_a_page_costs_its_pages(self):
        spec = _type(replace(LIST, page_size=2))
        coverage = look(spec, reader(_script(ListKeys=_keys(*"abcdefg")), spec)).coverage
        assert (coverage.calls, coverage.least) == (4, 4)

    def test_a_question_asked_twice_is_one_question(self):
        listing = Function((LIST,), lambda asker: asker.rows(LIST) and asker.rows(LIST))
        spec = _type(listing)
        coverage = look(spec, reader(_script(ListKeys=_keys("a")), spec)).coverage
        assert (coverage.calls, coverage.least) == (2, 1)

    def test_what_was_refused_was_a_question_too(self):
        spec = _type()
        script = _script(ListKeys=Error("AccessDeniedException"))
        coverage = look(spec, reader(script, spec)).coverage
        assert (coverage.calls, coverage.least) == (1, 1)

    @pytest.mark.parametrize("failed", [False, True])
    def test_what_botocore_sent_again_is_counted(self, failed: bool):
        asks = reader(_script(), _type())
        asks.tally.call({"RetryAttempts": 3})
        assert asks.tally.calls == 4


def test_an_error_of_the_first_reader_is_not_that_of_the_second() -> None:
    """Each may handle what it gets, also from several threads."""
    shared = Shared()
    caught = []
    for _ in range(2):
        try:
            shared.once("x", _refuse)
        except Unseen as miss:
            caught.append(miss)
    assert caught[0] is not caught[1]


def _refuse() -> None:
    raise Unseen(Cause.DENIED, "AccessDenied", "no")
