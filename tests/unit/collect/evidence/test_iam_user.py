"""IAM users with what they may do and what they sign in with, and without a single secret."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.iam_user import USER
from driftkeeper.domain.canonical import encode
from driftkeeper.domain.types import Cause, Outcome, Sight
from tests.aws import ACCOUNT, NOW, Error, Script, reader

ARN = f"arn:aws:iam::{ACCOUNT}:user/"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "*"}],
}
RESPELLED = {
    "Statement": {"Action": "S3:get*", "Resource": ["*"], "Effect": "Allow", "Sid": "x"},
    "Version": "2012-10-17",
}


def _user(name: str, policy: Any = POLICY, **more: Any) -> dict[str, Any]:
    return {
        "UserName": name,
        "UserId": "AIDA" + name.upper().ljust(16, "0"),
        "Arn": ARN + name,
        "Path": "/",
        "CreateDate": NOW,
        "GroupList": ["b", "a"],
        "AttachedManagedPolicies": [],
        "UserPolicyList": [{"PolicyName": "inline", "PolicyDocument": quote(json.dumps(policy))}],
        **more,
    }


def _virtual(name: str) -> dict[str, Any]:
    return {
        "SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/{name}",
        "Base32StringSeed": b"SECRETSEED",
        "QRCodePNG": b"SECRETQR",
        "EnableDate": datetime(2026, 1, 1, tzinfo=UTC),
        "User": {
            "Path": "/",
            "UserName": name,
            "UserId": "A" * 16,
            "Arn": ARN + name,
            "CreateDate": NOW,
        },
    }


def _look(users: Any, virtual: Any = (), devices: Any = None) -> tuple[Sight, Script]:
    names: dict[str, Any] = {
        "GetAccountAuthorizationDetails": {"UserDetailList": users},
        "ListVirtualMFADevices": virtual
        if isinstance(virtual, Error)
        else {"VirtualMFADevices": list(virtual)},
        "ListMFADevices": {"MFADevices": []} if devices is None else devices,
    }
    script = Script({("aws-global", f"iam.{name}"): answer for name, answer in names.items()})
    return look(USER, reader(script, USER)), script


def test_a_user_is_known_by_arn_and_unique_id():
    sight, script = _look([_user("alice")])
    assert (sight.bodies[0].key, sight.bodies[0].uid) == (ARN + "alice", "AIDAALICE00000000000")
    assert script.asked_for("iam.GetAccountAuthorizationDetails") == [
        {"Filter": ["User"], "MaxItems": 1000}
    ]


def test_an_inline_policy_in_another_spelling_is_no_change_and_its_text_is_kept():
    ours, _ = _look([_user("alice")])
    theirs, _ = _look([_user("alice", RESPELLED, GroupList=["a", "b"])])
    assert ours.bodies[0].digest == theirs.bodies[0].digest
    assert theirs.bodies[0].observed["UserPolicyList"] == {"inline": {"PolicyDocument": RESPELLED}}


def test_only_users_without_a_virtual_device_are_asked_for_other_devices():
    fido = {"UserName": "bob", "SerialNumber": "u2f-key-1", "EnableDate": NOW}
    sight, script = _look(
        [_user("alice"), _user("bob"), _user("carol")],
        [_virtual("alice"), _virtual("carol")],
        {"MFADevices": [fido]},
    )
    assert [params["UserName"] for params in script.asked_for("iam.ListMFADevices")] == ["bob"]
    alice, bob, _ = (body.config for body in sight.bodies)
    assert [row["SerialNumber"] for row in alice["VirtualMFADevices"]] == [
        f"arn:aws:iam::{ACCOUNT}:mfa/alice"
    ]
    assert alice["MFADevices"] is None, "not asked is not none"
    assert bob["MFADevices"] == [{"UserName": "bob", "SerialNumber": "u2f-key-1"}]


def test_a_user_who_was_asked_and_has_no_device_has_none():
    sight, _ = _look([_user("bob")])
    assert sight.bodies[0].config["MFADevices"] == []


@pytest.mark.parametrize("lost", ["GroupList", "AttachedManagedPolicies"])
def test_a_user_without_a_list_that_aws_always_gives_makes_the_scope_missed(lost: str):
    user = _user("alice")
    del user[lost]
    sight, _ = _look([user])
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")
    assert lost in sight.coverage.message


def test_a_user_without_inline_policies_may_have_no_list_of_them():
    user = _user("alice")
    del user["UserPolicyList"]
    sight, _ = _look([user])
    assert sight.coverage.outcome is Outcome.COMPLETE


def test_no_seed_and_no_picture_of_one_is_kept():
    sight, _ = _look([_user("alice")], [_virtual("alice")])
    body = sight.bodies[0]
    kept = body.encoded + encode(dict(body.observed))
    assert b"EnableDate" in kept
    for secret in (b"Base32StringSeed", b"QRCodePNG", b"SECRET", b"U0VDUkVU"):
        assert secret not in kept


def test_a_device_enabled_anew_is_an_act_and_no_configuration():
    before, _ = _look([_user("alice")], [_virtual("alice")])
    after, _ = _look([_user("alice")], [{**_virtual("alice"), "EnableDate": NOW}])
    assert before.bodies[0].digest == after.bodies[0].digest
    assert before.bodies[0].observed != after.bodies[0].observed


def test_when_virtual_devices_are_unseen_so_are_all_devices_and_no_user_lost_one():
    sight, script = _look([_user("alice"), _user("bob")], Error("AccessDenied", status=403))
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.PARTIAL, Cause.DENIED)
    assert [body.unseen for body in sight.bodies] == [("VirtualMFADevices", "MFADevices")] * 2
    assert all("MFADevices" not in body.config for body in sight.bodies)
    assert script.asked_for("iam.ListMFADevices") == []


def test_a_user_deleted_meanwhile_is_gone_and_the_sight_complete():
    sight, _ = _look([_user("alice"), _user("bob")], (), Error("NoSuchEntity", status=404))
    assert (sight.bodies, sight.coverage.gone) == ((), 2)
    assert sight.coverage.outcome is Outcome.COMPLETE
