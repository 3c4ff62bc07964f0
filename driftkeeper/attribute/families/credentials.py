"""Access keys, passwords, MFA devices and service credentials of users: calls of `iam`.

The id of a new access key is in the answer only. Whoever works on their own credentials need not be
named in the parameters: then it is the caller. The credential report knows keys by their time alone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from driftkeeper.attribute.events import Event
from driftkeeper.attribute.families.iam import IAM, is_no_root
from driftkeeper.attribute.matching import (
    after,
    at,
    at_time,
    became,
    created,
    deleted,
    gained,
    leaf,
    lost,
    present,
    says,
    unless_false,
)
from driftkeeper.attribute.spec import Deed, Family, Where, is_enough
from driftkeeper.domain.types import Change, Json

_KEY = ("requestParameters.accessKeyId",)
_OWNER = ("requestParameters.userName", "userIdentity.userName")
_NEW_OWNER = ("responseElements.accessKey.userName", *_OWNER)
_SERIAL = ("requestParameters.serialNumber",)
_SERVICE_KEY = (
    "requestParameters.serviceSpecificCredentialId",
    "responseElements.serviceSpecificCredential.serviceSpecificCredentialId",
)
_SECONDS = 5.0

ACCESS_KEY = Family(
    name="iam.access_key",
    evidence=("iam.access_key",),
    source=IAM,
    where=Where.HOME,
    deeds=(
        Deed(
            ("CreateAccessKey",),
            ("responseElements.accessKey.accessKeyId",),
            created,
            is_enough,
        ),
        Deed(("UpdateAccessKey",), _KEY, at("Status"), says("requestParameters.status", after)),
        Deed(("DeleteAccessKey",), _KEY, deleted, is_enough),
    ),
)


def _made(change: Change) -> Json:
    return str(leaf(change)).partition("/")[0]


def _status(change: Change) -> Json:
    return "Active" if change.after is True else "Inactive"


_IN_REPORT = "access_keys/*Z"
_IS_ACTIVE = "access_keys/*/active"

REPORTED_KEY = Family(
    name="iam.credential.access_key",
    evidence=("iam.credential",),
    source=IAM,
    where=Where.HOME,
    resources=is_no_root,
    deeds=(
        Deed(("CreateAccessKey",), _NEW_OWNER, gained(_IN_REPORT), at_time(_made, _SECONDS)),
        Deed(("DeleteAccessKey",), _OWNER, lost(_IN_REPORT)),
        Deed(
            ("UpdateAccessKey",),
            _OWNER,
            at(_IS_ACTIVE),
            unless_false(says("requestParameters.status", _status)),
        ),
    ),
)

PASSWORD = Family(
    name="iam.credential.password",
    evidence=("iam.credential",),
    source=IAM,
    where=Where.HOME,
    resources=is_no_root,
    deeds=(
        Deed(("CreateLoginProfile",), _OWNER, became(True, "password_enabled"), is_enough),
        Deed(("DeleteLoginProfile",), _OWNER, became(False, "password_enabled"), is_enough),
        Deed(
            ("ChangePassword", "UpdateLoginProfile", "CreateLoginProfile"),
            _OWNER,
            at("password_last_changed"),
            at_time(after),
        ),
    ),
)

_DEVICE = "MFADevices/*"

MFA = Family(
    name="iam.mfa",
    evidence=("iam.user", "iam.credential"),
    source=IAM,
    where=Where.HOME,
    resources=is_no_root,
    deeds=(
        Deed(("EnableMFADevice",), _OWNER, became(True, "mfa_active"), is_enough),
        Deed(("DeactivateMFADevice",), _OWNER, became(False, "mfa_active"), is_enough),
        Deed(
            ("EnableMFADevice",),
            _OWNER,
            gained(_DEVICE),
            says("requestParameters.serialNumber", leaf),
        ),
        Deed(("EnableMFADevice",), _OWNER, present("MFADevices/*/EnableDate"), at_time(after)),
        Deed(
            ("DeactivateMFADevice",),
            _OWNER,
            lost(_DEVICE),
            says("requestParameters.serialNumber", leaf),
        ),
    ),
)


def _serials(change: Change) -> frozenset[str]:
    bodies = (body for body in (change.before, change.after) if isinstance(body, dict))
    said = {str(body["SerialNumber"]) for body in bodies if "SerialNumber" in body}
    return frozenset({change.resource} | said)


MFA_DEVICE = Family(
    name="iam.mfa_device",
    evidence=("iam.mfa_device",),
    source=IAM,
    where=Where.HOME,
    names=_serials,
    deeds=(
        Deed(
            ("CreateVirtualMFADevice",),
            ("responseElements.virtualMFADevice.serialNumber",),
            created,
            is_enough,
        ),
        Deed(("DeleteVirtualMFADevice",), _SERIAL, deleted, is_enough),
        # One that is not virtual is seen while it is somebody's.
        Deed(("EnableMFADevice",), _SERIAL, created),
        Deed(("DeactivateMFADevice",), _SERIAL, deleted),
        Deed(("EnableMFADevice",), _SERIAL, present("UserArn")),
        Deed(("DeactivateMFADevice",), _SERIAL, lost("UserArn")),
    ),
)

SERVICE_CREDENTIAL = Family(
    name="iam.service_specific_credential",
    evidence=("iam.service_specific_credential",),
    source=IAM,
    where=Where.HOME,
    deeds=(
        Deed(("CreateServiceSpecificCredential",), _SERVICE_KEY, created, is_enough),
        Deed(("DeleteServiceSpecificCredential",), _SERVICE_KEY, deleted, is_enough),
    ),
)


def signed_in_at(change: Change, event: Event) -> bool | None:
    """Prove a sign-in by its time; the report of credentials gives it to the minute or better."""
    try:
        moment = datetime.fromisoformat(change.after) if isinstance(change.after, str) else None
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None:
        return None
    return abs(event.at - moment.astimezone(UTC)) <= timedelta(minutes=2)
