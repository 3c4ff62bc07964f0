"""IAM groups: that they come and go; what they may do is told as for users and roles."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Lifecycle
from driftkeeper.domain.types import Direction, Severity

_GROUP = "iam.group"

LIFECYCLE = (
    ChangeKind(
        name="iam.group.created",
        evidence=_GROUP,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="group {GroupName} was created",
        trigger="A group is there that was not",
        means="Users can be given the group's policies by joining them to it.",
        advice="Match it with a change ticket; read its policies and members.",
    ),
    ChangeKind(
        name="iam.group.deleted",
        evidence=_GROUP,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="group {GroupName} was deleted",
        trigger="A group is gone that was there",
        means="Nobody has rights by this group any more.",
        advice="Match it with a change ticket; check how its members have their rights now.",
    ),
)
