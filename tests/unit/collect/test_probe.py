"""Every action is tried for as little as it takes, and a verdict says no more than what was answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from driftkeeper.collect.account import Account, enter_recorded
from driftkeeper.collect.catalog import (
    ATTRIBUTION_CALLS,
    CONTEXT_CALLS,
    evidence_types,
    granted_calls,
)
from driftkeeper.collect.permissions import actions
from driftkeeper.collect.probe import Probe, State, Tried
from driftkeeper.collect.recording import open_recording
from driftkeeper.collect.spec import Call, EvidenceType, From, Function, Item, Reach
from driftkeeper.domain.clock import FixedClock
from tests.aws import ACCOUNT, HOME, REGION, Error, Script, Ticking, clients
from tests.faults import healthy

LIST = Call("kms", "list_keys", items="Keys", page_size=1000)
DESCRIBE = Call("kms", "describe_key", items="KeyMetadata", params={"KeyId": From("KeyId")})
ROTATION = Call("kms", "get_key_rotation_status", params={"KeyId": From("KeyId")})
NAMES = ("kms:DescribeKey", "kms:GetKeyRotationStatus", "kms:ListKeys")
DENIED = Error("AccessDeniedException", "not authorized to perform it", 403)
FORBIDDEN = Error("AccessDeniedException", "with an explicit deny in a service control policy", 403)
FINE = {"KeyMetadata": {"KeyId": "a"}}


def _keys(*names: str) -> dict[str, Any]:
    return {"Keys": [{"KeyId": name, "KeyArn": "arn:aws:kms:" + name * 20} for name in names]}


def _type(**more: Any) -> EvidenceType:
    usual: dict[str, Any] = {
        "reach": Reach.REGION,
        "listing": LIST,
        "key": "key/{KeyId}",
        "says": "Says.",
        "details": {"KeyMetadata": DESCRIBE, "Rotation": ROTATION},
    }
    return EvidenceType("kms.thing", "T", 1, **{**usual, **more})


def _plain(**more: Any) -> dict[Any, Any]:
    """What AWS answers to the calls of no type."""
    return {
        (HOME, "ec2.DescribeRegions"): {"Regions": [{"RegionName": REGION}]},
        (HOME, "cloudtrail.LookupEvents"): {"Events": []},
        **more,
    }


def _probe(
    answers: dict[tuple[str, str], Any],
    spec: EvidenceType | None = None,
    regions: Sequence[str] = (REGION,),
    **more: Any,
) -> tuple[dict[str, Tried], Script]:
    script = Script(_plain() | answers)
    spec = spec or _type()
    calls = (*CONTEXT_CALLS, *ATTRIBUTION_CALLS, *spec.calls())
    account = Account(ACCOUNT, "aws", f"arn:aws:iam::{ACCOUNT}:user/x", clients(script, calls))
    tried = Probe(account, [spec], regions, Ticking(), **more).try_all()
    return {one.action: one for one in tried}, script


def _kms(region: str = REGION, **answers: Any) -> dict[tuple[str, str], Any]:
    return {(region, f"kms.{name}"): answer for name, answer in answers.items()}


def _only(key: str, there: Any, elsewhere: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda params: there if params["KeyId"] == key else elsewhere


class TestCost:
    def test_one_resource_of_the_first_page_is_enough(self):
        answers = _kms(
            ListKeys=_keys("a", "b", "c"),
            DescribeKey=FINE,
            GetKeyRotationStatus={"KeyRotationEnabled": True},
        )
        tried, script = _probe(answers)
        assert {name: tried[name].state for name in NAMES} == dict.fromkeys(NAMES, State.OK)
        assert [name for _, name, _ in script.asked if name.startswith("kms.")] == [
            "kms.ListKeys",
            "kms.DescribeKey",
            "kms.GetKeyRotationStatus",
        ]

    def test_regions_that_can_tell_no_more_are_not_asked(self):
        answers = _kms(
            ListKeys=_keys("a"),
            DescribeKey=FINE,
            GetKeyRotationStatus={"KeyRotationEnabled": True},
        )
        _, script = _probe(answers, regions=(REGION, "eu-north-1"))
        assert {region for region, name, _ in script.asked if name.startswith("kms.")} == {REGION}

    def test_the_region_where_resources_were_seen_comes_first(self):
        answers = _kms(
            "eu-north-1",
            ListKeys=_keys("a"),
            DescribeKey=FINE,
            GetKeyRotationStatus={"KeyRotationEnabled": True},
        )
        seen = {"kms.thing": ["eu-north-1"]}
        tried, _ = _probe(answers, regions=(REGION, HOME, "eu-north-1"), seen=seen)
        assert {tried[name].state for name in NAMES} == {State.OK}

    def test_a_detail_that_no_resource_needs_is_not_sought_for_ever(self):
        names = [f"k{n}" for n in range(500)]
        never = Call(
            "kms", "get_key_rotation_status", params={"KeyId": From("KeyId")}, when=lambda _: False
        )
        spec = _type(details={"KeyMetadata": DESCRIBE, "Rotation": never})
        # One page of all of them: of a dictionary the script would serve two at a time.
        tried, script = _probe(_kms(ListKeys=[_keys(*names)], DescribeKey=FINE), spec)
        assert len(script.asked_for("kms.DescribeKey")) == 39
        assert tried["kms:GetKeyRotationStatus"].state is State.NOT_TRIED

    def test_an_endpoint_without_an_answer_is_not_waited_for_in_every_region(self):
        lost = ConnectTimeoutError(endpoint_url="https://kms")
        regions = ("eu-north-1", "eu-south-1", "eu-west-1", "eu-west-2")
        answers = {
            key: answer
            for region in regions
            for key, answer in _kms(region, ListKeys=lambda _: lost).items()
        }
        tried, script = _probe(answers, regions=regions)
        assert len(script.asked_for("kms.ListKeys")) == 2
        assert tried["kms:ListKeys"].state is State.UNREACHABLE
        assert tried["kms:ListKeys"].code == "ConnectTimeoutError"


class TestVerdicts:
    def test_a_denied_listing_is_named_and_what_follows_from_it_was_not_tried(self):
        tried, script = _probe(_kms(ListKeys=DENIED), regions=(REGION, "eu-north-1"))
        assert tried["kms:ListKeys"] == Tried(
            ACCOUNT,
            "kms:ListKeys",
            State.DENIED,
            "AccessDeniedException",
            "not authorized to perform it",
        )
        assert tried["kms:DescribeKey"].state is State.NOT_TRIED
        assert "it takes kms:ListKeys" in tried["kms:DescribeKey"].message
        assert len(script.asked_for("kms.ListKeys")) == 1

    def test_a_denied_detail_is_named_and_the_others_are_tried(self):
        answers = _kms(
            ListKeys=_keys("a"),
            DescribeKey=DENIED,
            GetKeyRotationStatus={"KeyRotationEnabled": True},
        )
        tried, _ = _probe(answers)
        assert tried["kms:DescribeKey"].state is State.DENIED
        assert tried["kms:GetKeyRotationStatus"].state is State.OK

    def test_what_takes_a_denied_detail_first_says_so(self):
        after = Call(
            "kms",
            "get_key_rotation_status",
            params={"KeyId": From("KeyId")},
            needs=("KeyMetadata",),
        )
        spec = _type(details={"KeyMetadata": DESCRIBE, "Rotation": after})
        tried, _ = _probe(_kms(ListKeys=_keys("a"), DescribeKey=DENIED), spec)
        rotation = tried["kms:GetKeyRotationStatus"]
        assert rotation.state is State.NOT_TRIED
        assert rotation.message.startswith("it takes kms:DescribeKey")

    def test_a_denial_of_one_resource_s_own_policy_is_none_of_the_role(self):
        answers = _kms(
            ListKeys=_keys("a", "b"),
            DescribeKey=_only("a", DENIED, FINE),
            GetKeyRotationStatus={"KeyRotationEnabled": True},
        )
        assert _probe(answers)[0]["kms:DescribeKey"].state is State.OK

    def test_a_service_control_policy_is_told_apart(self):
        tried, _ = _probe(_kms(ListKeys=FORBIDDEN))
        assert tried["kms:ListKeys"].state is State.SCP_DENIED

    def test_where_one_region_is_forbidden_another_one_tells(self):
        fine = _kms(
            "eu-north-1",
            ListKeys=_keys("a"),
            DescribeKey=FINE,
            GetKeyRotationStatus={"KeyRotationEnabled": True},
        )
        tried, _ = _probe(_kms(HOME, ListKeys=FORBIDDEN) | fine, regions=(HOME, "eu-north-1"))
        assert {tried[name].state for name in NAMES} == {State.OK}

    def test_where_nothing_is_there_that_is_said_and_is_no_denial(self):
        tried, _ = _probe(_kms(ListKeys=_keys()))
        assert tried["kms:ListKeys"].state is State.OK
        assert tried["kms:DescribeKey"].state is State.NOT_TRIED
        assert tried["kms:DescribeKey"].message == "there is nothing to try it on"

    def test_a_resource_that_is_gone_meanwhile_was_asked_for_with_success(self):
        gone = Error("NotFoundException")
        tried, _ = _probe(_kms(ListKeys=_keys("a"), DescribeKey=gone))
        assert tried["kms:DescribeKey"].state is State.OK

    def test_an_operation_that_does_not_fit_the_resource_tells_nothing(self):
        unfit = Error("UnsupportedOperationException", "an asymmetric key has no rotation")
        answers = _kms(ListKeys=_keys("a"), DescribeKey=FINE, GetKeyRotationStatus=unfit)
        rotation = _probe(answers)[0]["kms:GetKeyRotationStatus"]
        assert (rotation.state, rotation.code) == (State.NOT_TRIED, unfit.code)

    def test_an_error_of_the_service_is_no_verdict(self):
        tried, _ = _probe(_kms(ListKeys=Error("KMSInternalException", status=500)))
        assert tried["kms:ListKeys"].state is State.UNREACHABLE

    def test_the_calls_of_no_type_are_tried_too(self):
        answers = {(HOME, "cloudtrail.LookupEvents"): Error("AccessDeniedException", "no", 403)}
        tried, _ = _probe(answers | _kms(ListKeys=_keys()))
        assert tried["cloudtrail:LookupEvents"].state is State.DENIED
        assert tried["ec2:DescribeRegions"].state is State.OK

    @pytest.mark.parametrize("code", ["ReportNotPresent", "ReportInProgress", "ReportExpired"])
    def test_a_report_that_is_not_there_was_asked_for_with_success(self, code: str):
        fetch = Call("iam", "get_credential_report")

        def read(asker: Any) -> list[Item]:
            return [asker.value(fetch)]

        spec = _type(reach=Reach.ACCOUNT, listing=Function((fetch,), read), details={})
        answers = {("aws-global", "iam.GetCredentialReport"): Error(code)}
        assert _probe(answers, spec)[0]["iam:GetCredentialReport"].state is State.OK


class TestSharing:
    def test_what_one_type_had_enough_of_another_one_still_tries(self):
        """Both read by way of one shared function, which the first leaves as soon as it knows all."""

        def names(asker: Any) -> list[Item]:
            found: list[Item] = asker.rows(LIST)
            for item in found:
                asker.value(DESCRIBE, item)
            return found

        def read(asker: Any) -> list[Item]:
            return asker.once("names", names)

        listing = Function((LIST, DESCRIBE), read)
        one, other = _type(listing=listing, details={}), _type(listing=listing)
        script = Script(
            _plain()
            | _kms(
                ListKeys=_keys("a", "b"),
                DescribeKey=FINE,
                GetKeyRotationStatus={"KeyRotationEnabled": True},
            )
        )
        calls = (*CONTEXT_CALLS, *ATTRIBUTION_CALLS, *other.calls())
        account = Account(ACCOUNT, "aws", "arn", clients(script, calls))
        tried = Probe(account, [one, other], [REGION], Ticking()).try_all()
        assert {each.state for each in tried} == {State.OK}


def _recorded(folder: Path) -> Account:
    """The healthy account of the fault tests, with what a probe asks besides."""
    healthy.write(folder)
    home = folder / healthy.ACCOUNT / HOME
    home.mkdir(exist_ok=True)
    events: dict[str, Any] = {"Events": []}
    regions = {"Regions": [{"RegionName": healthy.REGION, "OptInStatus": "opted-in"}]}
    (home / "cloudtrail.LookupEvents.json").write_text(json.dumps(events))
    (home / "ec2.DescribeRegions.json").write_text(json.dumps(regions))
    meta = {"regions": [healthy.REGION], "taken_at": "2026-07-01T00:00:00+00:00"}
    (folder / healthy.ACCOUNT / "meta.json").write_text(json.dumps(meta))
    return enter_recorded(open_recording(folder, None), healthy.ACCOUNT, "test")


@pytest.mark.parametrize("threads", [1, 8])
def test_in_an_account_that_has_everything_every_action_of_the_policy_is_tried(
    tmp_path: Path, threads: int
):
    account = _recorded(tmp_path)
    specs = [spec for spec in evidence_types().values() if spec.reach is not Reach.ORGANIZATION]
    probe = Probe(account, specs, [healthy.REGION], FixedClock(datetime(2026, 7, 1, tzinfo=UTC)))
    with ThreadPoolExecutor(threads) as pool:
        tried = probe.try_all(pool.map)
    by_hand = {"s3:GetObject", "s3:ListBucket"}
    assert [one.action for one in tried] == sorted({*actions(granted_calls())} | by_hand)
    assert [one for one in tried if one.state is not State.OK] == []
