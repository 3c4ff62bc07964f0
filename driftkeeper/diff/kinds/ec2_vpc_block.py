"""The block on public access to the networks of an account, region by region, and who says so."""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.diff.spec import ChangeKind, Difference, replaced
from driftkeeper.domain.types import Direction, Severity

_BLOCK = "ec2.vpc_block_public_access"
_MODES = ("off", "block-ingress", "block-bidirectional")
_EXCLUSIONS = ("allowed", "not-allowed")
_ORDERED: Mapping[str, tuple[str, ...]] = {
    "InternetGatewayBlockMode": _MODES,
    "ExclusionsAllowed": _EXCLUSIONS,
}


def _rise(d: Difference) -> int:
    """Return by how much a switch of the block is stricter; values not known to us do not compare."""
    order = _ORDERED[d.path[-1]]
    if d.before not in order or d.after not in order:
        return 0
    return order.index(str(d.after)) - order.index(str(d.before))


NETWORKS = (
    ChangeKind(
        name="vpc.block_public_access_weakened",
        evidence=_BLOCK,
        paths=tuple(_ORDERED),
        when=lambda d: _rise(d) < 0,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        says="the block on public access in {AwsRegion} is weaker: {leaf} is {after} and was {before}",
        trigger=(
            "InternetGatewayBlockMode blocks less (block-bidirectional, block-ingress, off), or"
            " ExclusionsAllowed went from not-allowed to allowed"
        ),
        means=(
            "Internet gateways may carry traffic that the region held back, at once or by an"
            " exclusion: only groups, network ACLs and routes are left in the way."
        ),
        advice=(
            "Find ModifyVpcBlockPublicAccessOptions in CloudTrail, or a policy of the"
            " organisation that says so; set it back, or have approved what is public there now."
        ),
    ),
    ChangeKind(
        name="vpc.block_public_access_strengthened",
        evidence=_BLOCK,
        paths=tuple(_ORDERED),
        when=lambda d: _rise(d) > 0,
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        says="the block on public access in {AwsRegion} is stronger: {leaf} is {after} and was {before}",
        trigger=(
            "InternetGatewayBlockMode blocks more (off, block-ingress, block-bidirectional), or"
            " ExclusionsAllowed went from allowed to not-allowed"
        ),
        means=(
            "The region is held back from the internet whatever a single group or route allows,"
            " so that one mistake exposes less."
        ),
        advice=(
            "Check that services meant to be public still answer, and do the same in the other"
            " regions."
        ),
    ),
    ChangeKind(
        name="vpc.block_public_access_manager_changed",
        evidence=_BLOCK,
        path="ManagedBy",
        when=replaced,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.6", "CC6.3"),
        says="the block on public access in {AwsRegion} is managed by {after} now, and was by {before}",
        trigger="ManagedBy went between account and declarative-policy",
        means=(
            "Under a policy of the organisation nobody in the account can lift the block; under the"
            " account its administrators can."
        ),
        advice=(
            "Ask the owner of the organisation whether the policy was meant to come or go, and check"
            " the mode beside it."
        ),
    ),
)
