"""In which regions the material of multi-region KMS keys lies."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, appeared, replaced, vanished
from driftkeeper.domain.types import Direction, Severity

_KEY = "kms.key"
_REGIONS = "KeyMetadata.MultiRegionConfiguration"

REGIONS = (
    ChangeKind(
        name="kms.replica_added",
        evidence=_KEY,
        path=f"{_REGIONS}.ReplicaKeys.*",
        when=appeared,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="key {resource} has the replica {leaf} now",
        trigger="A multi-region key was replicated into a further region",
        means="Its material can decrypt in one more region, under a key policy of its own.",
        advice="Check the replica's policy, and that data may be decrypted in that region.",
    ),
    ChangeKind(
        name="kms.replica_removed",
        evidence=_KEY,
        path=f"{_REGIONS}.ReplicaKeys.*",
        when=vanished,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="key {resource} no longer has the replica {leaf}",
        trigger="A replica of a multi-region key is gone",
        means="What was encrypted for that region can only be decrypted elsewhere from now on.",
        advice="Make sure that nothing in that region still needs the replica.",
    ),
    ChangeKind(
        name="kms.primary_moved",
        evidence=_KEY,
        path=f"{_REGIONS}.PrimaryKey.Arn",
        when=replaced,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        explains=(f"{_REGIONS}.PrimaryKey.Region", f"{_REGIONS}.MultiRegionKeyType"),
        says="the primary of key {resource} is {after} instead of {before}",
        trigger="Another replica of a multi-region key became its primary",
        means="Rotation and new replicas are governed in another region from now on.",
        advice="Check that rotation is on for the new primary and that the move was meant.",
    ),
)
