"""The root user: its own calls to `iam`, and its sign-ins.

A session of `sts:AssumeRoot` acts as root: who opened it is logged in the management account.
Source: AWS's guide to CloudTrail events of the root user.
"""

from __future__ import annotations

from driftkeeper.attribute.events import Event
from driftkeeper.attribute.families.credentials import signed_in_at
from driftkeeper.attribute.families.iam import IAM
from driftkeeper.attribute.matching import after, at, at_time, became, lost, present
from driftkeeper.attribute.spec import Deed, Family, Where
from driftkeeper.domain.types import Change

SIGN_IN = "signin.amazonaws.com"


def _is_root(change: Change) -> bool:
    return change.resource.endswith(":root")


def _by_root(event: Event) -> bool:
    """Say whether root worked on itself: then the parameters name no user."""
    return event.is_of_root and not event.texts("requestParameters.userName")


_MFA = ("MFA", "MFA/*")

ROOT = Family(
    name="iam.root",
    evidence=("iam.credential", "iam.root"),
    source=IAM,
    where=Where.HOME,
    resources=_is_root,
    deeds=(
        Deed(("CreateAccessKey",), fits=present("access_keys/*Z"), about=_by_root),
        Deed(
            ("DeleteAccessKey", "UpdateAccessKey"),
            fits=lost("access_keys/*Z"),
            about=_by_root,
        ),
        Deed(("UpdateAccessKey",), fits=at("access_keys/*/active"), about=_by_root),
        Deed(("EnableMFADevice",), fits=became(True, "mfa_active"), about=_by_root),
        Deed(("DeactivateMFADevice",), fits=became(False, "mfa_active"), about=_by_root),
        Deed(("EnableMFADevice", "DeactivateMFADevice"), fits=at(*_MFA), about=_by_root),
        Deed(("CreateLoginProfile",), fits=became(True, "password_enabled"), about=_by_root),
        Deed(("DeleteLoginProfile",), fits=became(False, "password_enabled"), about=_by_root),
        Deed(
            ("PasswordUpdated", "PasswordRecoveryCompleted"),
            fits=at("password_last_changed"),
            proves=at_time(after, 120),
            about=_by_root,
            source=SIGN_IN,
        ),
        Deed(
            ("ConsoleLogin",),
            fits=present("password_last_used"),
            proves=signed_in_at,
            about=_by_root,
            source=SIGN_IN,
        ),
    ),
)
