"""Credentials of IAM users: MFA, age and use (items 1 and 2 of the request list)."""

from __future__ import annotations

from driftkeeper.assess.spec import Control
from driftkeeper.domain.types import Severity

_USER = ("iam.user.created", "iam.user.deleted", "iam.user.recreated")
_KEYS = (
    "iam.access_key.activated",
    "iam.access_key.created",
    "iam.access_key.deactivated",
    "iam.access_key.deleted",
    "iam.access_key.rotated",
)

CREDENTIALS = (
    Control(
        name="iam-user-console-mfa",
        title="Every user with a console password has MFA",
        criteria=("CC6.2", "CC6.1"),
        severity=Severity.HIGH,
        item=1,
        fails_when="A user other than root has a console password and no active MFA device.",
        remediate="Enrol an MFA device for the user, or delete the console password.",
        limits=(
            "This does not evidence MFA of people who sign in through an identity provider or IAM "
            "Identity Center."
        ),
        refs=("CIS 2.10", "FSBP IAM.5"),
        changes=(*_USER, "iam.user.console_access_*", "iam.user.mfa_*"),
    ),
    Control(
        name="iam-user-mfa-any-credential",
        title="Every user with any credential has MFA",
        criteria=("CC6.1",),
        severity=Severity.LOW,
        item=1,
        extended=True,
        fails_when=(
            "A user has a console password or an active access key and no active MFA device."
        ),
        remediate=(
            "Enrol an MFA device and let a policy deny what is done without it, or remove the "
            "credential."
        ),
        limits=(
            "This does not evidence that MFA is asked for when an access key is used: only a "
            "policy can ask for that."
        ),
        refs=("FSBP IAM.19",),
        changes=(*_USER, *_KEYS, "iam.user.console_access_*", "iam.user.mfa_*"),
    ),
    Control(
        name="iam-admin-hardware-mfa",
        title="Administrators have a hardware or FIDO key as MFA",
        criteria=("CC6.1",),
        severity=Severity.MEDIUM,
        item=1,
        extended=True,
        fails_when=(
            "A user who is effectively an administrator has no hardware token and no FIDO key."
        ),
        remediate="Issue a FIDO key to the administrator and enrol it.",
        limits="This does not evidence which of several MFA devices was used to sign in.",
        changes=(*_USER, "iam.user.mfa_device_*", "iam.admin_*"),
    ),
    Control(
        name="iam-access-key-rotated-90",
        title="Active access keys are younger than 90 days",
        criteria=("CC6.1",),
        severity=Severity.MEDIUM,
        item=1,
        fails_when="An access key is active and was created 90 days ago or earlier.",
        remediate="Create a new key, put it where the old one was used, then delete the old one.",
        limits="This does not evidence that the secret of a younger key was kept safe.",
        parameters={"days": 90},
        refs=("CIS 2.12", "FSBP IAM.3"),
        changes=("iam.access_key.*",),
    ),
    Control(
        name="iam-access-key-unused-90",
        title="Active access keys were used within 90 days",
        criteria=("CC6.1", "CC6.2"),
        severity=Severity.MEDIUM,
        item=1,
        fails_when=(
            "An access key is active and was last used, or if never used created, 90 days ago or "
            "earlier."
        ),
        remediate="Deactivate the key, and delete it when nothing misses it.",
        limits="This does not evidence that the uses of a key were legitimate.",
        parameters={"days": 90},
        refs=("CIS 2.11", "FSBP IAM.8"),
        changes=("iam.access_key.*", "iam.user.dormant_reactivated"),
    ),
    Control(
        name="iam-console-unused-90",
        title="Console passwords were used within 90 days",
        criteria=("CC6.2",),
        severity=Severity.MEDIUM,
        item=1,
        fails_when=(
            "A user has a console password that was last used, or if never used set, 90 days ago "
            "or earlier."
        ),
        remediate="Delete the console password, or the user.",
        limits="This does not evidence who signed in, only that somebody did.",
        parameters={"days": 90},
        refs=("FSBP IAM.8", "FSBP IAM.22"),
        changes=(
            *_USER,
            "iam.user.console_access_*",
            "iam.user.dormant_reactivated",
            "iam.user.password_changed",
        ),
    ),
    Control(
        name="iam-single-active-key",
        title="A user has two active keys only while rotating",
        criteria=("CC6.1",),
        severity=Severity.LOW,
        item=1,
        extended=True,
        fails_when="A user has two active access keys and the newer one is more than 7 days old.",
        remediate="Finish the rotation: deactivate the older key, then delete it.",
        limits="This does not evidence that each workload has a key of its own.",
        parameters={"grace_days": 7},
        changes=_KEYS,
    ),
    Control(
        name="iam-user-no-direct-policies",
        title="Users get their rights from groups only",
        criteria=("CC6.3",),
        severity=Severity.LOW,
        item=2,
        extended=True,
        fails_when="A policy is attached to a user, or written into one.",
        remediate="Move the policy to a group or a role, and detach it from the user.",
        limits="This does not evidence that the groups grant no more than needed.",
        refs=("CIS 2.13", "FSBP IAM.2"),
        changes=(
            *_USER,
            "iam.policy_attached",
            "iam.policy_detached",
            "iam.inline_policy_added",
            "iam.inline_policy_removed",
        ),
    ),
    Control(
        name="iam-no-signing-certs",
        title="No user has an active signing certificate",
        criteria=("CC6.1",),
        severity=Severity.LOW,
        item=1,
        extended=True,
        fails_when="A user other than root has an active X.509 signing certificate.",
        remediate="Delete the certificate, and use an access key or a role where it was used.",
        limits=(
            "This does not evidence that nothing was signed with a certificate before it was "
            "deleted."
        ),
        changes=(*_USER, "iam.service_credential.*"),
    ),
    Control(
        name="iam-server-cert-expired",
        title="No expired server certificate is kept in IAM",
        criteria=("CC6.7",),
        severity=Severity.LOW,
        item=2,
        extended=True,
        fails_when="A server certificate in IAM has expired.",
        remediate="Delete it, after replacing it where a load balancer still uses it.",
        limits="This does not evidence certificates in AWS Certificate Manager or outside AWS.",
        changes=("iam.server_certificate.*",),
        refs=("CIS 2.17", "FSBP IAM.26"),
    ),
)
