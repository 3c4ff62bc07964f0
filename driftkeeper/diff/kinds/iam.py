"""IAM users as the account lists them: membership and MFA devices."""

from __future__ import annotations

from driftkeeper.diff.spec import (
    ChangeKind,
    Difference,
    Lifecycle,
    appeared,
    moment,
    vanished,
)
from driftkeeper.domain.types import Body, Direction, Json, Severity

_USER = "iam.user"
_DEVICE = "MFADevices.*"


def _devices(body: Body | None) -> dict[str, Json]:
    """Return the kinds of a user's MFA devices by their serial numbers."""
    rows = (body and body.config.get("MFADevices")) or ()
    return {str(row.get("SerialNumber")): row.get("Kind") for row in rows if isinstance(row, dict)}


def _replaced(d: Difference) -> bool:
    """Say whether the user had devices that are gone and has others now."""
    old, new = _devices(d.old), _devices(d.new)
    return bool(old.keys() - new) and bool(new.keys() - old)


def _softened(d: Difference) -> bool:
    """Say whether a device of hardware is gone and a virtual one is there in its place."""
    old, new = _devices(d.old), _devices(d.new)
    gone = {old[serial] for serial in old.keys() - new}
    return "hardware_or_fido" in gone and new.get(d.path[-1]) == "virtual"


def _reenabled(d: Difference) -> bool:
    """Say whether a device of the same user was enabled anew, and so was off for a while."""
    before, after = moment(d.before), moment(d.after)
    is_same_user = d.old is not None and d.new is not None and d.old.uid == d.new.uid
    return is_same_user and bool(before and after and after > before)


LIFECYCLE = (
    ChangeKind(
        name="iam.user.created",
        evidence=_USER,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.2",),
        says="user {UserName} was created",
    ),
    ChangeKind(
        name="iam.user.deleted",
        evidence=_USER,
        on=Lifecycle.DELETED,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.2",),
        says="user {UserName} was deleted",
    ),
    ChangeKind(
        name="iam.user.recreated",
        evidence=_USER,
        on=Lifecycle.RECREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.2",),
        says="user {UserName} was deleted and created anew: another principal under the same name",
    ),
    ChangeKind(
        name="iam.user.renamed",
        evidence=_USER,
        on=Lifecycle.RENAMED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.2",),
        says="user {before} is now {after}",
    ),
)

ACCESS = (
    ChangeKind(
        name="iam.group.membership_added",
        evidence=_USER,
        path="GroupList.*",
        when=appeared,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="user {UserName} joined the group {leaf}",
    ),
    ChangeKind(
        name="iam.group.membership_removed",
        evidence=_USER,
        path="GroupList.*",
        when=vanished,
        direction=Direction.STRENGTHENED,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="user {UserName} left the group {leaf}",
    ),
)

DEVICES = (
    ChangeKind(
        name="iam.user.mfa_device_added",
        evidence=_USER,
        path=_DEVICE,
        when=lambda d: appeared(d) and not _replaced(d),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.1", "CC6.2"),
        says="user {UserName} has the MFA device {leaf} now",
    ),
    ChangeKind(
        name="iam.user.mfa_device_removed",
        evidence=_USER,
        path=_DEVICE,
        when=lambda d: vanished(d) and not _replaced(d),
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.1", "CC6.2"),
        says="user {UserName} no longer has the MFA device {leaf}",
    ),
    ChangeKind(
        name="iam.user.mfa_device_replaced",
        evidence=_USER,
        path=_DEVICE,
        when=lambda d: appeared(d) and _replaced(d),
        direction=lambda d: Direction.WEAKENED if _softened(d) else Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.1",),
        says="user {UserName} shows the MFA device {leaf} in place of another",
        explains=(_DEVICE,),
    ),
    ChangeKind(
        name="iam.user.mfa_device_reenabled",
        evidence=_USER,
        on=Lifecycle.ACT,
        path="MFADevices.*.EnableDate",
        when=_reenabled,
        direction=Direction.ACTIVITY,
        severity=Severity.MEDIUM,
        criteria=("CC6.1", "CC6.2"),
        says="the MFA device {steps[1]} of user {UserName} was off for a while, and on again at {after}",
    ),
)
