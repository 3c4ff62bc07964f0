"""Access keys, MFA devices and credentials for single services, as resources of their own.

That a user's keys and MFA changed is told with its weight by the user and the credential report. The
same things are listed by their ids, too: here they are repeated quietly, so that a key can be followed.
"""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle, replaced
from driftkeeper.domain.types import Direction, Json, Severity

_KEY = "iam.access_key"
_DEVICE = "iam.mfa_device"
_CREDENTIAL = "iam.service_specific_credential"


def _owner(arn: Json) -> str:
    return "nobody" if arn is None else str(arn)


def _of_owner(d: Difference) -> str:
    return f", of {_owner(d.field('UserArn'))}"


KEYS = (
    ChangeKind(
        name="iam.access_key.listed",
        evidence=_KEY,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="access key {AccessKeyId} of user {UserName} exists now, {Status}",
    ),
    ChangeKind(
        name="iam.access_key.unlisted",
        evidence=_KEY,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="access key {AccessKeyId} of user {UserName} does not exist any more",
    ),
    ChangeKind(
        name="iam.access_key.status_changed",
        evidence=_KEY,
        path="Status",
        when=replaced,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="access key {AccessKeyId} of user {UserName} is {after} now, and was {before}",
    ),
)

DEVICES = (
    ChangeKind(
        name="iam.mfa_device.listed",
        evidence=_DEVICE,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="MFA device {resource} exists now",
        adds=_of_owner,
    ),
    ChangeKind(
        name="iam.mfa_device.unlisted",
        evidence=_DEVICE,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="MFA device {resource} does not exist any more",
        adds=_of_owner,
    ),
    ChangeKind(
        name="iam.mfa_device.assigned",
        evidence=_DEVICE,
        path="UserArn",
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="MFA device {resource} has another owner",
        adds=lambda d: f": {_owner(d.after)}, and before {_owner(d.before)}",
    ),
)

SERVICE_CREDENTIALS = (
    ChangeKind(
        name="iam.service_credential.created",
        evidence=_CREDENTIAL,
        on=Lifecycle.CREATED,
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.1",),
        says="user {UserName} has a new credential for {ServiceName}",
    ),
    ChangeKind(
        name="iam.service_credential.deleted",
        evidence=_CREDENTIAL,
        on=Lifecycle.DELETED,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="user {UserName} no longer has a credential for {ServiceName}",
    ),
)
