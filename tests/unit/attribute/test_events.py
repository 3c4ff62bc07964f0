"""What CloudTrail logged is read as it says, and nothing is made up where it says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.attribute.events import caller, read
from driftkeeper.domain.attribution import Caller
from tests.unit.attribute.calls import ALICE, NOON, PROD, ROOT, call, record, role, row

SSO = f"arn:aws:iam::{PROD}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0a1b"


DANA = "dana@example.com"
OTHER = "999900001111"


def sso() -> dict[str, Any]:
    found = role("dana@example.com", "AWSReservedSSO_Admin_0a1b")
    found["sessionContext"]["sessionIssuer"]["arn"] = SSO
    return found


LABELS = [
    ("a user", ALICE, "alice"),
    ("a user without a name", {**ALICE, "userName": None}, "alice"),
    ("a session of a role", role(), f"arn:aws:iam::{PROD}:role/deployer/run-17"),
    ("a person, by identity center", sso(), "dana@example.com"),
    (
        "a role without an issuer",
        {**role(), "sessionContext": None},
        f"arn:aws:sts::{PROD}:assumed-role/deployer/run-17",
    ),
    ("root", ROOT, "root"),
    (
        "a user of another account, who has the name of one of ours",
        {**ALICE, "accountId": OTHER, "arn": f"arn:aws:iam::{OTHER}:user/alice"},
        f"arn:aws:iam::{OTHER}:user/alice",
    ),
    (
        "root of another account",
        {**ROOT, "accountId": OTHER, "arn": f"arn:aws:iam::{OTHER}:root"},
        f"arn:aws:iam::{OTHER}:root",
    ),
    (
        "a person of another account's identity center",
        {**sso(), "accountId": OTHER},
        f"{SSO}/{DANA}",
    ),
    (
        "a role that has the name of one of identity center",
        role(DANA, "AWSReservedSSO_Admin_0a1b"),
        f"arn:aws:iam::{PROD}:role/AWSReservedSSO_Admin_0a1b/{DANA}",
    ),
    (
        "a service",
        {"type": "AWSService", "invokedBy": "guardduty.amazonaws.com"},
        "guardduty.amazonaws.com",
    ),
    (
        "another account",
        {"type": "AWSAccount", "accountId": "999900001111"},
        "account 999900001111",
    ),
    (
        "a federated user",
        {"type": "FederatedUser", "arn": "arn:aws:sts::1:federated-user/eve"},
        "eve",
    ),
    (
        "somebody of a web identity",
        {"type": "WebIdentityUser", "userName": "ci@example.com"},
        "ci@example.com",
    ),
    ("nobody", {}, None),
    ("nonsense", "alice", None),
    ("a user whose name is no text", {"type": "IAMUser", "userName": 7}, None),
    ("a type that is no text", {"type": ["IAMUser"]}, None),
]


@pytest.mark.parametrize(("identity", "label"), [pytest.param(*r, id=n) for n, *r in LABELS])
def test_callers_are_called_what_people_know_them_by(identity: Any, label: str | None) -> None:
    assert caller(record("CreateUser", by=identity)).label == label


def test_a_session_keeps_its_role_its_name_and_who_stands_behind_it() -> None:
    found = caller(record("CreateUser", by=sso()))
    assert (found.via, found.session) == (SSO, "dana@example.com")
    known = role()
    known["sessionContext"]["sourceIdentity"] = "dana"
    assert caller(record("CreateUser", by=known)).session == "dana"


CHANNELS = [
    ("a shell", {"userAgent": "aws-cli/2.27.0 md/awscrt"}, "cli"),
    ("Terraform", {"userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.9.0 aws-sdk-go-v2"}, "iac"),
    ("CDK", {"userAgent": "aws-cdk/2.1"}, "iac"),
    (
        "CloudFormation",
        {
            "userAgent": "cloudformation.amazonaws.com",
            "userIdentity": {**role(), "invokedBy": "cloudformation.amazonaws.com"},
        },
        "iac",
    ),
    (
        "a service for somebody",
        {"userIdentity": {**role(), "invokedBy": "config.amazonaws.com"}},
        "service",
    ),
    ("a service by itself", {"eventType": "AwsServiceEvent", "userAgent": None}, "service"),
    (
        "the console",
        {"userAgent": "Mozilla/5.0", "sessionCredentialFromConsole": "true"},
        "console",
    ),
    ("the console of S3", {"userAgent": "[S3Console/0.4]"}, "console"),
    ("a sign-in", {"userAgent": "Mozilla/5.0", "eventType": "AwsConsoleSignIn"}, "console"),
    ("a program", {"userAgent": "Boto3/1.40.0"}, None),
    ("nothing", {"userAgent": None}, None),
    ("nonsense", {"userAgent": 7, "sessionCredentialFromConsole": []}, None),
]


@pytest.mark.parametrize(("more", "channel"), [pytest.param(*rest, id=n) for n, *rest in CHANNELS])
def test_the_channel_is_told_where_the_record_shows_it(more: Any, channel: str | None) -> None:
    assert caller({**record("CreateUser"), **more}).channel == channel


@pytest.mark.parametrize(
    ("said", "mfa"),
    [("true", True), ("false", False), (True, True), ("maybe", None), (None, None), ([], None)],
)
def test_mfa_is_what_the_session_says(said: Any, mfa: bool | None) -> None:
    by = role()
    by["sessionContext"]["attributes"] = {"mfaAuthenticated": said}
    assert caller(record("CreateUser", by=by)).mfa is mfa


def test_a_sign_in_says_by_itself_whether_mfa_was_used_and_whether_it_failed() -> None:
    found = call(
        "ConsoleLogin",
        "signin",
        None,
        {"ConsoleLogin": "Failure"},
        additionalEventData={"MFAUsed": "No"},
    )
    assert (found.called.caller.mfa, found.called.error) == (False, "Failure")


def test_an_event_has_what_identifies_it_and_its_whole_record() -> None:
    logged = row(record("CreateUser", "iam", {"userName": "bob"}))
    found = read(logged)
    assert found is not None
    assert (found.called.name, found.called.source, found.at) == (
        "CreateUser",
        "iam.amazonaws.com",
        NOON,
    )
    assert found.raw == logged["CloudTrailEvent"]
    assert found.called.caller == Caller("alice", "cli", None, "198.51.100.7")


WITHOUT = ["eventID", "eventName", "eventTime"]


@pytest.mark.parametrize("field", WITHOUT)
@pytest.mark.parametrize("value", [None, 7, "", [], {}, "yesterday"])
def test_what_cannot_be_identified_or_dated_is_no_event(field: str, value: Any) -> None:
    if field != "eventTime" and value == "yesterday":
        return
    assert read(row({**record("CreateUser"), field: value})) is None


@pytest.mark.parametrize(
    "odd",
    [
        None,
        7,
        [],
        "x",
        {},
        {"CloudTrailEvent": None},
        {"CloudTrailEvent": "{"},
        {"CloudTrailEvent": "[1]"},
        {"CloudTrailEvent": {"eventID": "x"}},
    ],
)
def test_a_row_that_is_none_is_no_event(odd: Any) -> None:
    assert read(odd) is None


def test_values_are_found_through_lists_wrappers_and_any_spelling_of_names() -> None:
    found = call(
        "X", "ec2", {"XRequest": {"Rule": {"items": [{"Id": "a"}, {"id": "b"}, {"no": 1}]}}}
    )
    assert found.values("requestParameters.rule.id") == ["a", "b"]
    assert found.texts("requestParameters.rule.no") == []
    assert found.values("requestParameters.nothing.here") == []
