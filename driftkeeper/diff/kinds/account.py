"""The account itself: its regions, its organisation, and the block on public access to its networks."""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle, replaced
from driftkeeper.domain.types import Direction, Json, Severity

_REGION = "account.region"
_MEMBER = "organizations.account"
_BLOCK = "ec2.vpc_block_public_access"
_ON = ("opt-in-not-required", "opted-in")
_MODES = ("off", "block-ingress", "block-bidirectional")
_EXCLUSIONS = ("allowed", "not-allowed")
_ORDERED: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("InternetGatewayBlockMode",): _MODES,
    ("ExclusionsAllowed",): _EXCLUSIONS,
}


def _rise(d: Difference) -> int:
    """Return by how much a switch of the block is stricter; values not known to us do not compare."""
    order = _ORDERED.get(d.path, ())
    if d.before not in order or d.after not in order:
        return 0
    return order.index(str(d.after)) - order.index(str(d.before))


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
    ),
    ChangeKind(
        name="account.region_listed",
        evidence=_REGION,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC7.1",),
        says="AWS has a new region, {RegionName}: {OptInStatus}",
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
    ),
    ChangeKind(
        name="account.left",
        evidence=_MEMBER,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.1", "CC7.1"),
        says="the account {Id} ({Name}) is no longer in the organisation",
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
    ),
)

NETWORKS = (
    ChangeKind(
        name="vpc.block_public_access_weakened",
        evidence=_BLOCK,
        when=lambda d: _rise(d) < 0,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        says="the block on public access in {AwsRegion} is weaker: {leaf} is {after} and was {before}",
    ),
    ChangeKind(
        name="vpc.block_public_access_strengthened",
        evidence=_BLOCK,
        when=lambda d: _rise(d) > 0,
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        says="the block on public access in {AwsRegion} is stronger: {leaf} is {after} and was {before}",
    ),
)
