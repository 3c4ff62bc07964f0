"""IAM users with what they may do and what they sign in with, and without a single secret."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.collect.evidence.iam_user import USER
from driftkeeper.diff.engine import changes_of
from driftkeeper.domain.canonical import encode
from driftkeeper.domain.types import Cause, Outcome, Pair, Step
from tests.aws import NOW, Error
from tests.unit.collect.evidence.iam_account import (
    IAM,
    MADE,
    RESPELLED,
    account,
    by_name,
    document,
    row,
    see,
    user,
    virtual,
    without,
)

ALICE, BOB = f"{IAM}:user/alice", f"{IAM}:user/bob"
FIDO = {"UserName": "bob", "SerialNumber": "u2f-key-1", "EnableDate": NOW}


def test_a_user_is_known_by_arn_and_unique_id():
    script = account([user("alice")])
    (body,) = see(USER, script).bodies
    assert (body.key, body.uid) == (ALICE, "AIDAALICE00000000000")
    kinds = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"]
    assert script.asked_for("iam.GetAccountAuthorizationDetails") == [
        {"Filter": kinds, "MaxItems": 1000}
    ]


def test_users_of_all_pages_are_listed():
    names = [f"user{n}" for n in range(5)]
    sight = see(USER, account([user(name) for name in names]))
    assert [*by_name(sight)] == names


def test_an_inline_policy_in_another_spelling_is_no_change_and_its_text_is_kept():
    again = [{"PolicyName": "inline", "PolicyDocument": document(RESPELLED)}]
    (ours,) = see(USER, account([user("alice")])).bodies
    theirs = see(USER, account([user("alice", UserPolicyList=again, GroupList=["a", "b"])]))
    assert ours.digest == theirs.bodies[0].digest
    assert theirs.bodies[0].observed["UserPolicyList"] == {"inline": {"PolicyDocument": RESPELLED}}


def test_devices_of_all_kinds_are_one_set():
    script = account(
        [user("alice"), user("bob"), user("carol")],
        [row(ALICE, mfa_active="true"), row(BOB, mfa_active="true")],
        ListVirtualMFADevices={"VirtualMFADevices": [virtual("alice", ALICE)]},
        ListMFADevices={"MFADevices": [FIDO]},
    )
    found = {name: body.config["MFADevices"] for name, body in by_name(see(USER, script)).items()}
    assert found == {
        "alice": [{"SerialNumber": f"{IAM}:mfa/alice", "Kind": "virtual"}],
        "bob": [{"SerialNumber": "u2f-key-1", "Kind": "hardware_or_fido"}],
        "carol": [],
    }


def test_a_sight_is_as_fresh_as_the_report_that_says_who_is_asked_for_devices():
    sight = see(USER, account([user("alice")]))
    assert (sight.coverage.outcome, sight.coverage.as_of) == (Outcome.COMPLETE, MADE)
    assert sight.coverage.ended == NOW


@pytest.mark.parametrize("lost", ["GroupList", "AttachedManagedPolicies", "Arn", "UserId"])
def test_a_user_without_what_aws_always_gives_makes_the_scope_missed(lost: str):
    sight = see(USER, without(account([user("alice")]), "UserDetailList", lost))
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")
    assert lost in sight.coverage.message


def test_a_user_without_inline_policies_may_have_no_list_of_them_which_is_an_empty_one():
    alice = user("alice")
    del alice["UserPolicyList"]
    sight = see(USER, account([alice]))
    assert sight.coverage.outcome is Outcome.COMPLETE
    config = sight.bodies[0].config
    assert (config["UserPolicyList"], config["Tags"]) == ([], [])
    assert config["PermissionsBoundary"] is None
    (listed,) = see(USER, account([user("alice", UserPolicyList=[], Tags=[])])).bodies
    assert listed.digest == sight.bodies[0].digest


def test_the_first_inline_policy_of_a_user_is_told_as_one_and_not_as_a_field_of_a_new_tool():
    alice = user("alice")
    del alice["UserPolicyList"]
    (before,) = see(USER, account([alice])).bodies
    sight = see(USER, account([user("alice")]))
    pair = Pair(sight.scope, ALICE, before, sight.bodies[0])
    step = Step(sight.scope, NOW, MADE, 1, (pair,), upgraded=True)
    (change,) = changes_of(step, USER.shape, 2)
    assert (change.kind, change.path) == ("iam.inline_policy_added", "UserPolicyList/inline")
    assert not change.tool_upgrade


def test_no_seed_and_no_picture_of_one_is_kept():
    devices = {"VirtualMFADevices": [virtual("alice", ALICE)]}
    (body,) = see(USER, account([user("alice")], ListVirtualMFADevices=devices)).bodies
    kept = body.encoded + encode(dict(body.observed))
    assert b"EnableDate" in kept
    for secret in (b"Base32StringSeed", b"QRCodePNG", b"SECRET", b"U0VDUkVU"):
        assert secret not in kept


def test_a_device_enabled_anew_is_an_act_and_no_configuration():
    before, after = (
        see(USER, account([user("alice")], ListVirtualMFADevices={"VirtualMFADevices": [device]}))
        for device in (virtual("alice", ALICE), virtual("alice", ALICE, EnableDate=NOW))
    )
    assert before.bodies[0].digest == after.bodies[0].digest
    assert before.bodies[0].observed != after.bodies[0].observed


@pytest.mark.parametrize(
    "operation", ["ListVirtualMFADevices", "GenerateCredentialReport", "GetCredentialReport"]
)
def test_when_devices_are_unseen_users_are_seen_and_none_lost_one(operation: str):
    denied: dict[str, Any] = {operation: lambda _params: Error("AccessDenied", status=403)}
    script = account([user("alice"), user("bob")], **denied)
    sight = see(USER, script)
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.PARTIAL, Cause.DENIED)
    assert [body.unseen for body in sight.bodies] == [("MFADevices",)] * 2
    assert all("MFADevices" not in body.config for body in sight.bodies)
    assert [miss.detail for miss in sight.misses] == ["MFADevices"]
    assert script.asked_for("iam.ListMFADevices") == []


def test_a_report_that_makes_no_sense_hides_the_devices_and_not_the_users():
    nonsense = {"Content": b"\xff\xfe", "GeneratedTime": MADE}
    sight = see(USER, account([user("alice")], GetCredentialReport=lambda _params: nonsense))
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.PARTIAL, "MalformedAnswer")


def test_when_the_sweep_is_denied_nothing_is_known():
    denied = Error("AccessDenied", status=403)
    sight = see(USER, account(GetAccountAuthorizationDetails=denied))
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)


def test_a_user_deleted_meanwhile_is_gone_and_has_not_lost_a_device():
    def devices(params: dict[str, str]) -> object:
        gone = params["UserName"] == "bob"
        return Error("NoSuchEntity", status=404) if gone else {"MFADevices": []}

    rows = [row(ALICE, mfa_active="true"), row(BOB, mfa_active="true")]
    sight = see(USER, account([user("alice"), user("bob")], rows, ListMFADevices=devices))
    assert [body.key for body in sight.bodies] == [ALICE]
    assert sight.coverage.outcome is Outcome.COMPLETE
