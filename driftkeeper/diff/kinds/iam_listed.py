"""Access keys, MFA devices and credentials for single services, as resources of their own.

That a user's keys and MFA changed is told with its weight by the user and the credential report. The
same things are listed by their ids, too: here they are repeated quietly, so that a key can be followed.
"""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, Echo, Lifecycle, replaced
from driftkeeper.domain.types import Change, Direction, Json, Severity

_KEY = "iam.access_key"
_DEVICE = "iam.mfa_device"
_CREDENTIAL = "iam.service_specific_credential"


def _owner(arn: Json) -> str:
    return "nobody" if arn is None else str(arn)


def _is_of_key(d: Difference, other: Change) -> bool:
    """Say whether a change of a user's credentials is of this key: they know it by when it was made."""
    made = str(d.field("CreateDate"))[:19]
    return not other.path or other.path.startswith(f"access_keys/{made}")


def _is_of_device(d: Difference, other: Change) -> bool:
    """Say whether a change of a user or root can be of this device."""
    named = other.path.startswith("MFADevices/")
    return not named or other.path.startswith(f"MFADevices/{d.field('SerialNumber')}")


def _owner_of(d: Difference) -> Json:
    return d.field("UserArn")


_OF_KEY = Echo(
    (
        *("iam.access_key.created", "iam.access_key.deleted"),
        *("iam.access_key.activated", "iam.access_key.deactivated"),
        *("iam.user.created", "iam.user.deleted"),
    ),
    of=_owner_of,
    same=_is_of_key,
)
_OF_DEVICE = Echo(
    ("iam.user.mfa_*", "iam.root.mfa_*", "iam.user.created", "iam.user.deleted"),
    of=_owner_of,
    same=_is_of_device,
)


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
        echo=_OF_KEY,
        trigger="An access key is listed that was not",
        means="The key can be followed by its id from here on; its weight is told by the credential report.",
        advice="Nothing is to be done here: see the change of its user's credentials.",
    ),
    ChangeKind(
        name="iam.access_key.unlisted",
        evidence=_KEY,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="access key {AccessKeyId} of user {UserName} does not exist any more",
        echo=_OF_KEY,
        trigger="An access key is listed no more",
        means="The key is deleted and can never be used again.",
        advice="Nothing is to be done here: see the change of its user's credentials.",
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
        echo=_OF_KEY,
        trigger="An access key that is listed became active or inactive",
        means="Requests signed with the key are accepted now, or are not any more.",
        advice="Nothing is to be done here: see the change of its user's credentials.",
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
        echo=_OF_DEVICE,
        adds=_of_owner,
        trigger="An MFA device is listed that was not",
        means="A device can be assigned to a user, or was.",
        advice="Nothing is to be done here: see the change of its user.",
    ),
    ChangeKind(
        name="iam.mfa_device.unlisted",
        evidence=_DEVICE,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="MFA device {resource} does not exist any more",
        echo=_OF_DEVICE,
        adds=_of_owner,
        trigger="An MFA device is listed no more",
        means="The device protects nobody any more.",
        advice="Nothing is to be done here: see the change of its user.",
    ),
    ChangeKind(
        name="iam.mfa_device.assigned",
        evidence=_DEVICE,
        path="UserArn",
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="MFA device {resource} has another owner",
        echo=_OF_DEVICE,
        adds=lambda d: f": {_owner(d.after)}, and before {_owner(d.before)}",
        trigger="An MFA device has another owner, or one for the first time, or none",
        means="Another user proves with it who he is; the former owner does not.",
        advice="Check that the new owner holds the device, and that the former one has another.",
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
        trigger="A user has a credential for a single service that was not there",
        means="Such a password, as for CodeCommit or Keyspaces, is long-lived and never asks for MFA.",
        advice="Match it with an approved request, and prefer a role's temporary credentials.",
    ),
    ChangeKind(
        name="iam.service_credential.deleted",
        evidence=_CREDENTIAL,
        on=Lifecycle.DELETED,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="user {UserName} no longer has a credential for {ServiceName}",
        trigger="A user's credential for a single service is gone that was there",
        means="One long-lived secret less can leak.",
        advice="Nothing is to be done; keep it as evidence.",
    ),
)
