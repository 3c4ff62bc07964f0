"""The account's summary, and the totals that the listings are held against."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.evidence.iam_account_summary import ACCOUNT_SUMMARY
from driftkeeper.collect.ties import Counter
from driftkeeper.domain.types import Outcome, Tied
from tests.aws import ACCOUNT, Script
from tests.unit.collect.evidence.iam_account import (
    IAM,
    ROOT,
    SUMMARY,
    account,
    role,
    row,
    see,
    user,
    virtual,
)

TYPES = {name: spec for name, spec in evidence_types().items() if name.startswith("iam.")}
ALICE, BOB = f"{IAM}:user/alice", f"{IAM}:user/bob"


def _script(totals: dict[str, int], **more: Any) -> Script:
    return account(
        [user("alice"), user("bob")],
        [row(ROOT, mfa_active="true"), row(ALICE, mfa_active="true")],
        roles=[role("web")],
        GetAccountSummary={"SummaryMap": {**SUMMARY, **totals}},
        ListVirtualMFADevices={
            "VirtualMFADevices": [
                virtual("alice", ALICE),
                virtual("root", ROOT),
                virtual("nobodys"),
            ]
        },
        ListServerCertificates={"ServerCertificateMetadataList": []},
        **more,
    )


def _ties(script: Script, *names: str) -> dict[str, Tied]:
    """Return the ties of the first type, after all of them were looked at."""
    counter = Counter(TYPES)
    sights = [see(TYPES[name], script) for name in names]
    for sight in sights:
        counter.see(sight)
    return {tied.name: tied for tied in counter.ties(sights[0].scope)}


ALL = (
    "iam.account_summary",
    "iam.user",
    "iam.group",
    "iam.role",
    "iam.policy",
    "iam.mfa_device",
    "iam.server_certificate",
)


def test_the_totals_are_observed_and_the_version_of_tokens_is_configuration():
    script = _script({"Users": 2})
    (body,) = see(ACCOUNT_SUMMARY, script).bodies
    assert body.key == f"urn:driftkeeper:{ACCOUNT}:iam:account-summary"
    assert body.config == {"GlobalEndpointTokenVersion": 2}
    assert body.observed["SummaryMap"]["Users"] == 2
    (other,) = see(ACCOUNT_SUMMARY, _script({"GlobalEndpointTokenVersion": 1})).bodies
    assert other.digest != body.digest


def test_totals_that_agree_tie_out():
    totals = {"Users": 2, "Roles": 1, "MFADevicesInUse": 2, "AccountMFAEnabled": 1}
    ties = _ties(_script(totals), *ALL)
    assert {name: (tied.mine, tied.theirs) for name, tied in ties.items()} == {
        "users": (2, 2),
        "groups": (0, 0),
        "roles": (1, 1),
        "policies": (0, 0),
        "mfa_devices": (1, 1),
        "server_certificates": (0, 0),
    }


@pytest.mark.parametrize("of_root", [0, 1, 2, 8])
def test_root_may_have_several_devices_of_which_all_or_none_are_listed(of_root: int):
    script = _script({"MFADevicesInUse": max(of_root, 1) + 1, "AccountMFAEnabled": 1})
    devices = [virtual("alice", ALICE), *(virtual(f"root{n}", ROOT) for n in range(of_root))]
    place = ("aws-global", "iam.ListVirtualMFADevices")
    script = Script({**script.answers, place: {"VirtualMFADevices": devices}})
    assert _ties(script, *ALL)["mfa_devices"].agrees


@pytest.mark.parametrize(
    ("total", "tie"),
    [
        ("Users", "users"),
        ("Groups", "groups"),
        ("Roles", "roles"),
        ("Policies", "policies"),
        ("MFADevicesInUse", "mfa_devices"),
        ("ServerCertificates", "server_certificates"),
    ],
)
def test_a_total_that_does_not_agree_is_told(total: str, tie: str):
    tied = _ties(_script({total: 9}), *ALL)[tie]
    assert tied.mine == 9
    assert tied.mine != tied.theirs


def test_the_users_of_the_report_are_those_of_the_sweep_but_for_root():
    tied = _ties(_script({}), "iam.credential", "iam.user")["users"]
    assert (tied.mine, tied.theirs, tied.odd) == (2, 2, ())
    script = account([user("alice")], [row(BOB)])
    tied = _ties(script, "iam.credential", "iam.user")["users"]
    assert (tied.mine, tied.theirs, tied.odd) == (2, 1, (BOB,))


def test_a_summary_without_totals_is_malformed():
    sight = see(ACCOUNT_SUMMARY, account(GetAccountSummary={"SummaryMap": {}}))
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")
