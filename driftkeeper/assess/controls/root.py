"""The root user: MFA, keys and use (item 4 of the request list)."""

from __future__ import annotations

from driftkeeper.assess.spec import Control
from driftkeeper.domain.types import Severity

_CREDENTIALS = ("iam.root.access_key_*", "iam.root.password_set", "iam.root.password_removed")

ROOT = (
    Control(
        name="root-mfa-enabled",
        title="The root user has MFA, or nothing to sign in with",
        criteria=("CC6.2", "CC6.1"),
        severity=Severity.CRITICAL,
        item=4,
        fails_when=(
            "The root user has no MFA and has a password, an access key or a signing certificate."
        ),
        remediate=(
            "Enable MFA for the root user, or remove its credentials and manage them centrally."
        ),
        limits="This does not evidence who holds the device and the password.",
        refs=("CIS 2.5", "FSBP IAM.9"),
        changes=(*_CREDENTIALS, "iam.root.mfa_disabled", "iam.root.mfa_enabled"),
    ),
    Control(
        name="root-no-access-keys",
        title="The root user has no access keys",
        criteria=("CC6.2", "CC6.1"),
        severity=Severity.CRITICAL,
        item=4,
        fails_when="The root user has an access key, active or not.",
        remediate=(
            "Delete the keys of the root user, after replacing them by a role where they are used."
        ),
        limits="This does not evidence that a key was not used before it was deleted.",
        refs=("CIS 2.4", "FSBP IAM.4"),
        changes=("iam.root.access_key_*",),
    ),
    Control(
        name="root-hardware-mfa",
        title="The MFA of the root user is a hardware or FIDO key",
        criteria=("CC6.1",),
        severity=Severity.MEDIUM,
        item=4,
        extended=True,
        fails_when="The root user has MFA, and the device is a virtual one.",
        remediate="Enrol a FIDO key for the root user and remove the virtual device.",
        limits=(
            "This does not evidence a hardware key that is there beside a virtual device: AWS "
            "does not list it."
        ),
        refs=("CIS 2.6", "FSBP IAM.6"),
        changes=("iam.root.mfa_*",),
    ),
    Control(
        name="root-not-used",
        title="The root user is not used without a reason on record",
        criteria=("CC6.1", "CC7.2"),
        severity=Severity.HIGH,
        item=4,
        fails_when=(
            "The root user's password or a key of it was used in the last 90 days and no "
            "break-glass ticket is linked."
        ),
        remediate="Find out who used it and why, in CloudTrail, and record the ticket.",
        limits="This does not evidence each use: AWS tells the last one only.",
        parameters={"days": 90},
        refs=("CIS 2.7",),
        changes=("iam.root.used",),
    ),
    Control(
        name="root-no-signing-certs",
        title="The root user has no signing certificate",
        criteria=("CC6.1",),
        severity=Severity.MEDIUM,
        item=4,
        extended=True,
        fails_when="The root user has an X.509 signing certificate.",
        remediate="Delete the certificate, signed in as the root user.",
        limits=(
            "This does not evidence that nothing was signed with a certificate before it was "
            "deleted."
        ),
        changes=("iam.service_credential.*",),
    ),
    Control(
        name="root-credentials-centralised",
        title="The organisation manages root credentials centrally",
        criteria=("CC6.1",),
        severity=Severity.LOW,
        item=4,
        extended=True,
        fails_when=(
            "The management account's organisation has not switched on central management of root "
            "credentials."
        ),
        remediate=(
            "Enable central root access in IAM for the organisation, then remove root credentials "
            "of member accounts."
        ),
        limits="This does not evidence that member accounts have no root credentials left.",
        refs=("CIS 2.1.1",),
        changes=("iam.root.central_management_*",),
    ),
)
