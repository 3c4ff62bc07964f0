"""The account itself: its regions, and the accounts of its organisation."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Lifecycle, replaced
from driftkeeper.domain.types import Direction, Json, Severity

_REGION = "account.region"
_MEMBER = "organizations.account"
_ON = ("opt-in-not-required", "opted-in")


def _is_on(value: Json) -> bool:
    return value in _ON


REGIONS = (
    ChangeKind(
        name="account.region_enabled",
        evidence=_REGION,
        path="OptInStatus",
        when=lambda d: _is_on(d.after) and not _is_on(d.before),
        born=lambda d: _is_on(d.after),
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC7.1",),
        says="the region {RegionName} was switched on: somebody must look there, too",
        trigger=(
            "OptInStatus became opted-in or opt-in-not-required, or a region is new in the list"
            " and on from the start"
        ),
        means=(
            "Resources can be made in a region where no trail, detector or analyzer may be"
            " looking, a known hiding place for whoever holds stolen credentials."
        ),
        advice=(
            "Ask who opted in (EnableRegion in CloudTrail); extend trail, GuardDuty and Access"
            " Analyzer to the region, or switch it off again."
        ),
    ),
    ChangeKind(
        name="account.region_disabled",
        evidence=_REGION,
        path="OptInStatus",
        when=lambda d: _is_on(d.before) and not _is_on(d.after),
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC7.1",),
        says="the region {RegionName} was switched off",
        trigger="OptInStatus is neither opted-in nor opt-in-not-required any more",
        means=(
            "Nobody can use the region through this account now, but what was left in it goes on"
            " running and costing, out of sight of every check."
        ),
        advice=(
            "Look at the last snapshots of the region for what stood there, and make sure that no"
            " data was left behind."
        ),
    ),
    ChangeKind(
        name="account.region_listed",
        evidence=_REGION,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC7.1",),
        says="AWS has a new region, {RegionName}: {OptInStatus}",
        trigger="AWS lists a region that was not in the list before, whether it is on or off",
        means=(
            "AWS opened a region; it concerns you only once it is on, which"
            " account.region_enabled tells."
        ),
        advice=(
            "Nothing to do while it is off; if a service control policy lists the allowed"
            " regions, see that this one is covered."
        ),
    ),
)

MEMBERS = (
    ChangeKind(
        name="account.joined",
        evidence=_MEMBER,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.1", "CC7.1"),
        says="the account {Id} ({Name}) is in the organisation now: {JoinedMethod}",
        trigger="An account appears in the list of the organisation's accounts",
        means=(
            "There is one more account to guard, and its administrators fall under every policy"
            " that trusts the whole organisation (aws:PrincipalOrgID)."
        ),
        advice=(
            "Ask who created or invited it, and bring trail, GuardDuty and this collection to it,"
            " or record why it is out of scope."
        ),
    ),
    ChangeKind(
        name="account.left",
        evidence=_MEMBER,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.1", "CC7.1"),
        says="the account {Id} ({Name}) is no longer in the organisation",
        trigger="An account is gone from the complete list of the organisation's accounts",
        means=(
            "The organisation's policies, trail and detectors no longer hold for it, while"
            " policies that name its account id still let it in."
        ),
        advice=(
            "Confirm that it was planned (RemoveAccountFromOrganization, LeaveOrganization,"
            " CloseAccount), and take its id out of trust and resource policies."
        ),
    ),
    ChangeKind(
        name="account.state_changed",
        evidence=_MEMBER,
        path="State",
        when=replaced,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.1", "CC7.1"),
        says="the account {Id} ({Name}) is {after} and was {before}",
        trigger=(
            "State of an account in the organisation's list went from one value to another, such"
            " as ACTIVE to SUSPENDED"
        ),
        means=(
            "A suspended or closing account cannot be worked in while its data is still there for"
            " a time; one that is active again can be misused again."
        ),
        advice=(
            "Ask the owner of the account who closed or reopened it, and save what the audit"
            " needs: AWS deletes a closed account after 90 days."
        ),
    ),
    ChangeKind(
        name="account.moved",
        evidence=_MEMBER,
        path="Paths",
        whole=True,
        when=replaced,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.1", "CC7.1"),
        says="the account {Id} ({Name}) moved from {before} to {after}: other policies may hold for it",
        trigger=(
            "Paths of an account, its place among the organisational units, is another one than"
            " before"
        ),
        means=(
            "Service control policies come from the unit, so guard rails such as the ban on"
            " switching off trails may have been lost by the move."
        ),
        advice=(
            "Compare the policies of both units (aws organizations list-policies-for-target) and"
            " have the owner of the organisation confirm the move."
        ),
    ),
    ChangeKind(
        name="account.email_changed",
        evidence=_MEMBER,
        path="Email",
        when=replaced,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.1",),
        says="root of the account {Id} ({Name}) has another e-mail address: {after} instead of {before}",
        trigger="Email of an account in the organisation's list went from one address to another",
        means=(
            "Whoever reads that mailbox can reset root's password: the change may hand the whole"
            " account over."
        ),
        advice=(
            "Confirm with the owner that the new address is a group mailbox of the company and"
            " who asked for it; if nobody did, call AWS Support at once."
        ),
    ),
    ChangeKind(
        name="account.renamed",
        evidence=_MEMBER,
        path="Name",
        when=replaced,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="the account {Id} is called {after} now, and was {before}",
        trigger="Name of an account in the organisation's list went from one to another",
        means=(
            "Nobody's access changes, but scope lists and reports that pick accounts by name may"
            " leave it out from now on."
        ),
        advice="Correct the inventory and the scope list of the audit; the account id is the same.",
    ),
)
