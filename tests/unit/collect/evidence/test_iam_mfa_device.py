"""MFA devices: whose they are, of what kind, with as few questions as answer it, and never a seed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.iam_mfa_device import MFA_DEVICE
from driftkeeper.collect.evidence.iam_user import USER
from driftkeeper.collect.shared import Shared
from driftkeeper.domain.canonical import encode
from driftkeeper.domain.types import Cause, Outcome
from tests.aws import ACCOUNT, NOW, Error, Script, reader
from tests.unit.collect.evidence.iam_account import (
    BORN,
    IAM,
    MADE,
    ROOT,
    SUMMARY,
    account,
    row,
    see,
    user,
    virtual,
)

ALICE, BOB = f"{IAM}:user/alice", f"{IAM}:user/bob"


def _other(serial: str) -> dict[str, Any]:
    return {"UserName": "bob", "SerialNumber": serial, "EnableDate": BORN}


def _script(**answers: Any) -> Script:
    """Alice has a virtual device, Bob must have another, Carol has none."""
    return account(
        [user("alice"), user("bob"), user("carol")],
        [row(ROOT, mfa_active="true"), row(ALICE, mfa_active="true"), row(BOB, mfa_active="true")],
        **{
            "ListVirtualMFADevices": {
                "VirtualMFADevices": [
                    virtual("alice", ALICE),
                    virtual("root", ROOT),
                    virtual("nobodys"),
                ]
            },
            "ListMFADevices": {"MFADevices": [_other("GAHT12345"), _other(f"{IAM}:u2f/user/bob")]},
            **answers,
        },
    )


def test_every_device_has_a_kind_and_an_owner_or_none():
    script = _script()
    sight = see(MFA_DEVICE, script)
    assert {body.key: (body.config["Kind"], body.config["UserArn"]) for body in sight.bodies} == {
        f"{IAM}:mfa/alice": ("virtual", ALICE),
        f"{IAM}:mfa/root": ("virtual", ROOT),
        f"{IAM}:mfa/nobodys": ("virtual", None),
        f"{IAM}:u2f/user/bob": ("hardware_or_fido", BOB),
        f"urn:driftkeeper:{ACCOUNT}:iam:mfa/GAHT12345": ("hardware_or_fido", BOB),
    }
    assert script.asked_for("iam.ListVirtualMFADevices")[0]["AssignmentStatus"] == "Any"
    assert [params["UserName"] for params in script.asked_for("iam.ListMFADevices")] == ["bob"]


def test_a_sight_is_as_fresh_as_the_report_that_says_who_is_asked():
    coverage = see(MFA_DEVICE, _script()).coverage
    assert (coverage.outcome, coverage.as_of, coverage.ended) == (Outcome.COMPLETE, MADE, NOW)


def test_when_a_device_was_enabled_is_an_act():
    before, after = (
        see(MFA_DEVICE, _script(ListVirtualMFADevices={"VirtualMFADevices": [device]}))
        for device in (virtual("alice", ALICE), virtual("alice", ALICE, EnableDate=NOW))
    )
    assert before.bodies[0].digest == after.bodies[0].digest
    assert before.bodies[0].observed != after.bodies[0].observed


def test_no_seed_is_kept():
    kept = b"".join(
        body.encoded + encode(dict(body.observed)) for body in see(MFA_DEVICE, _script()).bodies
    )
    assert b"Seed" not in kept
    assert b"SECRET" not in kept
    assert b"U0VDUkVU" not in kept


def test_users_whom_the_report_does_not_know_yet_are_asked():
    older = account([user("carol")]).answers["aws-global", "iam.GetCredentialReport"]
    now = [user("carol", CreateDate=NOW), user("dave", CreateDate=NOW)]
    script = account(now, GetCredentialReport=older)
    see(MFA_DEVICE, script)
    asked = [params["UserName"] for params in script.asked_for("iam.ListMFADevices")]
    assert asked == ["carol", "dave"]


def test_a_virtual_device_that_was_assigned_while_we_asked_is_listed_once_and_is_virtual():
    script = _script(
        ListVirtualMFADevices={"VirtualMFADevices": [virtual("bob")]},
        ListMFADevices=lambda params: {
            "MFADevices": [_other(f"{IAM}:mfa/bob")] if params["UserName"] == "bob" else []
        },
    )
    (body,) = see(MFA_DEVICE, script).bodies
    assert (body.config["Kind"], body.config["UserArn"]) == ("virtual", BOB)


@pytest.mark.parametrize(
    ("in_use", "root_has_mfa", "asked"),
    [(4, 1, ["bob"]), (5, 1, ["bob", "alice"]), (5, 0, ["bob", "alice"])],
)
def test_users_with_a_virtual_device_are_asked_when_the_summary_counts_more_than_was_found(
    in_use: int, root_has_mfa: int, asked: list[str]
):
    """Or a token that was seen would read as gone once its owner has a virtual device besides."""

    def others(params: dict[str, str]) -> dict[str, Any]:
        found = {"alice": [_other(f"{IAM}:mfa/alice"), _other("GAHT20002")]}
        return {
            "MFADevices": found.get(params["UserName"], [_other("GAHT10001"), _other("GAHT30003")])
        }

    totals = {**SUMMARY, "MFADevicesInUse": in_use, "AccountMFAEnabled": root_has_mfa}
    script = _script(GetAccountSummary={"SummaryMap": totals}, ListMFADevices=others)
    found = {body.key.rsplit("/", 1)[1]: body.config for body in see(MFA_DEVICE, script).bodies}
    assert [params["UserName"] for params in script.asked_for("iam.ListMFADevices")] == asked
    assert ("GAHT20002" in found) == ("alice" in asked)
    assert found["alice"]["Kind"] == "virtual"


def test_a_summary_that_does_not_count_devices_leaves_everybody_to_be_asked():
    totals = {name: total for name, total in SUMMARY.items() if name != "MFADevicesInUse"}
    script = _script(GetAccountSummary={"SummaryMap": totals})
    see(MFA_DEVICE, script)
    asked = [params["UserName"] for params in script.asked_for("iam.ListMFADevices")]
    assert asked == ["bob", "alice"]


@pytest.mark.parametrize("late", [timedelta(minutes=-10), timedelta(hours=1)])
def test_a_virtual_device_that_was_enabled_while_we_asked_hides_no_token(late: timedelta):
    """The summary, which was asked before, counts one less: as many as were found without the token."""
    fresh = virtual("new", ALICE, EnableDate=MADE + late)
    script = account(
        [user("alice"), user("carol")],
        [row(ALICE, mfa_active="true")],
        GetAccountSummary={"SummaryMap": {**SUMMARY, "MFADevicesInUse": 1}},
        ListVirtualMFADevices={"VirtualMFADevices": [fresh]},
        ListMFADevices={"MFADevices": [_other("GAHT20002"), _other(f"{IAM}:mfa/new")]},
    )
    keys = {body.key.rsplit("/", 1)[1] for body in see(MFA_DEVICE, script).bodies}
    assert keys == {"new", "GAHT20002"}
    assert [params["UserName"] for params in script.asked_for("iam.ListMFADevices")] == ["alice"]


def test_neither_does_one_that_another_user_enabled():
    devices = [virtual("alice", ALICE), virtual("bob", BOB, EnableDate=NOW)]
    script = account(
        [user("alice"), user("bob")],
        [row(ALICE, mfa_active="true"), row(BOB, mfa_active="true")],
        GetAccountSummary={"SummaryMap": {**SUMMARY, "MFADevicesInUse": 2}},
        ListVirtualMFADevices={"VirtualMFADevices": devices},
        ListMFADevices=lambda params: {
            "MFADevices": [_other("GAHT20002")] if params["UserName"] == "alice" else []
        },
    )
    keys = {body.key.rsplit("/", 1)[1] for body in see(MFA_DEVICE, script).bodies}
    assert keys == {"alice", "bob", "GAHT20002"}
    assert len(script.asked_for("iam.ListMFADevices")) == 2, "each is asked once"


def test_the_summary_is_asked_before_the_devices_so_that_one_taken_away_counts_too_many():
    script = _script()
    see(MFA_DEVICE, script)
    names = [name for _, name, _ in script.asked]
    assert names.index("iam.GetAccountSummary") < names.index("iam.ListVirtualMFADevices")


def test_hardware_of_root_is_not_looked_for_among_users():
    totals = {**SUMMARY, "MFADevicesInUse": 2, "AccountMFAEnabled": 1}
    script = _script(
        GetAccountSummary={"SummaryMap": totals},
        ListVirtualMFADevices={"VirtualMFADevices": [virtual("alice", ALICE)]},
        ListMFADevices={"MFADevices": []},
    )
    assert len(see(MFA_DEVICE, script).bodies) == 1
    assert len(script.asked_for("iam.ListMFADevices")) == 1


def test_devices_of_a_user_deleted_meanwhile_are_gone():
    sight = see(MFA_DEVICE, _script(ListMFADevices=Error("NoSuchEntity", status=404)))
    assert len(sight.bodies) == 3
    assert sight.coverage.outcome is Outcome.COMPLETE


@pytest.mark.parametrize(
    "operation",
    [
        "ListVirtualMFADevices",
        "ListMFADevices",
        "GetAccountSummary",
        "GetCredentialReport",
        "GetAccountAuthorizationDetails",
    ],
)
def test_what_is_denied_is_missed_and_not_empty(operation: str):
    sight = see(MFA_DEVICE, _script(**{operation: lambda _p: Error("AccessDenied", status=403)}))
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)


def test_devices_are_asked_for_once_for_users_and_devices():
    script, shared = _script(), Shared()
    for spec in (USER, MFA_DEVICE):
        asker = reader(script, spec)
        asker.shared = shared
        assert look(spec, asker).coverage.outcome is Outcome.COMPLETE
    counted = [name for _, name, _ in script.asked]
    assert counted.count("iam.ListMFADevices") == 1
    assert counted.count("iam.GetCredentialReport") == 1
    assert counted.count("iam.ListVirtualMFADevices") == 2, "its two pages"
