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
    ChangeKind(
        name="iam.group.recreated",
        evidence=_GROUP,
        on=Lifecycle.RECREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="group {GroupName} was deleted and created anew under the same name",
        explains=("CreateDate",),
        trigger="A group has the ARN of an earlier one and another GroupId",
        means="Members and policies of the old group went with it; what it has now was put there since.",
        advice="Review its policies and members as those of a new group.",
    ),
    ChangeKind(
        name="iam.group.renamed",
        evidence=_GROUP,
        on=Lifecycle.RENAMED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="group {before} is now {after}",
        trigger="The same GroupId has another ARN: another name or path",
        means="Members and policies are as they were, but reviews and searches by the old name miss it.",
        advice="Correct lists and searches that go by the old name.",
    ),
)
