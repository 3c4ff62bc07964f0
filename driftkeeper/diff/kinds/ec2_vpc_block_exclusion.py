"""Exclusions from the block on public access: each lets one VPC or subnet past it."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Lifecycle, turned
from driftkeeper.domain.types import Direction, Severity

_EXCLUSION = "ec2.vpc_block_exclusion"

EXCLUSIONS = (
    ChangeKind(
        name="vpc.block_public_access_weakened",
        evidence=_EXCLUSION,
        on=Lifecycle.CREATED,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        says="the block on public access no longer holds {ResourceArn} back: {InternetGatewayExclusionMode}",
        trigger="An exclusion of a VPC or subnet is in force that was not there",
        means="The internet gateway carries its traffic as if there were no block in the region.",
        advice=(
            "Match it with an approved request; an exclusion that only has to reach out needs"
            " allow-egress."
        ),
    ),
    ChangeKind(
        name="vpc.block_public_access_strengthened",
        evidence=_EXCLUSION,
        on=Lifecycle.DELETED,
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        says="the block on public access holds {ResourceArn} back again: its exclusion is gone",
        trigger="An exclusion of a VPC or subnet is not in force any more",
        means="What the block of the region forbids is forbidden there, too.",
        advice="Check that nothing there has to be reached from the internet.",
    ),
    ChangeKind(
        name="vpc.block_public_access_exclusion_widened",
        evidence=_EXCLUSION,
        path="InternetGatewayExclusionMode",
        when=turned("allow-egress", "allow-bidirectional"),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        says="{ResourceArn}, which could reach the internet in spite of the block, can be reached from it",
        trigger="InternetGatewayExclusionMode went from allow-egress to allow-bidirectional",
        means="Connections from the internet are let in where only those to it were.",
        advice="Have it approved as an opening to the internet, or set it back to allow-egress.",
    ),
    ChangeKind(
        name="vpc.block_public_access_exclusion_narrowed",
        evidence=_EXCLUSION,
        path="InternetGatewayExclusionMode",
        when=turned("allow-bidirectional", "allow-egress"),
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        says="{ResourceArn} can still reach the internet in spite of the block, and not be reached from it",
        trigger="InternetGatewayExclusionMode went from allow-bidirectional to allow-egress",
        means="Only connections that begin inside pass the block there.",
        advice="Check that services meant to be public do not live there.",
    ),
)
