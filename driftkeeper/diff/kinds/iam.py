"""IAM users as the account lists them: membership and MFA devices."""

from __future__ import annotations

from driftkeeper.diff.spec import (
    ChangeKind,
    Difference,
    Echo,
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


def _is_of_admins(d: Difference) -> bool:
    """Say whether the user is an administrator now, and the group one of the reasons."""
    because = d.fact("iam.rights", _USER, d.resource).get("because") or ()
    return any(
        f"{source}/".endswith(f"/{d.path[1]}/") and ":group/" in source for source in because
    )


def _left_admins(d: Difference) -> bool:
    """Say whether the policies of the group that a user left allow everything, as far as it is known.

    Groups are listed by name with their members: one outside of the path `/` is not found by it.
    """
    root = d.resource.partition(":user/")[0]
    group = d.fact("iam.rights", "iam.group", f"{root}:group/{d.path[1]}")
    return group.get("admin") == "yes"


LIFECYCLE = (
    ChangeKind(
        name="iam.user.created",
        evidence=_USER,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.2",),
        says="user {UserName} was created",
        trigger="A user is new in the account",
        means=(
            "An identity with lasting credentials can be used beside single sign-on; what it may"
            " do is in its own policies and groups."
        ),
        advice=(
            "Match it to an approved request and to a named person or workload; without one find"
            " CreateUser in CloudTrail and ask."
        ),
    ),
    ChangeKind(
        name="iam.user.deleted",
        evidence=_USER,
        on=Lifecycle.DELETED,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.2",),
        says="user {UserName} was deleted",
        trigger="A user is gone from a complete listing",
        means=(
            "Password, keys and memberships are gone with the user; policies that name it keep"
            " only a dead id."
        ),
        advice="Link it to the leaver's ticket, and compare its date with the last working day.",
    ),
    ChangeKind(
        name="iam.user.recreated",
        evidence=_USER,
        on=Lifecycle.RECREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.2",),
        says="user {UserName} was deleted and created anew: another principal under the same name",
        explains=("CreateDate",),
        trigger="The same ARN has another UserId",
        means=(
            "Another principal carries a known name: reviews, MFA and history of the old one say"
            " nothing of the new one."
        ),
        advice=(
            "Ask who deleted and made it, and review groups, policies and keys as for a new user."
        ),
    ),
    ChangeKind(
        name="iam.user.renamed",
        evidence=_USER,
        on=Lifecycle.RENAMED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.2",),
        says="user {before} is now {after}",
        trigger="The same UserId has another ARN: another name or path",
        means=(
            "The same credentials go on under another name; who filters logs, reviews or policies"
            " by the old ARN misses the user now."
        ),
        advice=(
            "Correct access lists and log searches, and check policies with a pattern on user"
            " ARNs that may match now."
        ),
    ),
)

ACCESS = (
    ChangeKind(
        name="iam.group.membership_added",
        evidence=_USER,
        path="GroupList.*",
        when=appeared,
        direction=lambda d: Direction.WEAKENED if _is_of_admins(d) else Direction.NEUTRAL,
        severity=lambda d: Severity.HIGH if _is_of_admins(d) else Severity.LOW,
        criteria=("CC6.3",),
        says="user {UserName} joined the group {leaf}",
        adds=lambda d: ", whose policies allow everything" if _is_of_admins(d) else "",
        trigger=(
            "A group is new in a user's GroupList; high where the user is an administrator through it"
        ),
        means="The user may do all that the group's policies allow, now and whenever these grow.",
        advice=(
            "Check the approval for this user and group; for a group of administrators get it the"
            " same day or take the user out."
        ),
    ),
    ChangeKind(
        name="iam.group.membership_removed",
        evidence=_USER,
        path="GroupList.*",
        when=vanished,
        direction=Direction.STRENGTHENED,
        severity=lambda d: Severity.HIGH if _left_admins(d) else Severity.LOW,
        criteria=("CC6.3",),
        says="user {UserName} left the group {leaf}",
        trigger="A group is gone from a user's GroupList; high where the group allows everything",
        means=(
            "What the group alone allowed is taken away; a Deny that it carried, such as one"
            " without MFA, is lifted as well."
        ),
        advice=(
            "Link it to the leaver or the access review behind it, and check that the group held"
            " no Deny that the user should keep."
        ),
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
        echo=Echo(("iam.user.mfa_enabled",), of=lambda d: d.resource),
        trigger="A device is new among the MFA devices of a user, and none went at the same time",
        means=(
            "Any one of a user's devices is enough to sign in: a second one is a spare, or a way"
            " back in for somebody else."
        ),
        advice=(
            "Have the user confirm that the device is theirs; a first one may also end a"
            " deviation, so link it."
        ),
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
        echo=Echo(("iam.user.mfa_removed",), of=lambda d: d.resource),
        trigger="A device is gone from the MFA devices of a user, and none came at the same time",
        means=(
            "If it was the last one, the password alone is enough to sign in; if not, one spare"
            " less is left."
        ),
        advice=(
            "See whether iam.user.mfa_removed is told of the user, too; ask whether the device"
            " was lost, and have another registered."
        ),
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
        trigger=(
            "A device is new among the MFA devices of a user as another went; it weakens if one"
            " of hardware or FIDO went and this one is virtual"
        ),
        means=(
            "The user still has MFA; a virtual device can be phished or copied where a FIDO key"
            " cannot, and a swap can be a takeover."
        ),
        advice=(
            "Confirm the swap with the user by another way than mail, and bring hardware back"
            " where your rules ask for it."
        ),
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
        trigger="EnableDate moved forward of an MFA device that the same user has on both days",
        means=(
            "The device was off in between, and without another one the password alone was enough"
            " to sign in for that while."
        ),
        advice=(
            "Find DeactivateMFADevice and EnableMFADevice in CloudTrail, and read the user's"
            " sign-ins in between."
        ),
    ),
)
