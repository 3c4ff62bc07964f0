"""Those who left, and who still has access (items 1 and 2 of the request list)."""

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

LEAVERS = (
    Control(
        name="iam-terminated-user-disabled",
        title="Leavers have no credentials a day later",
        criteria=("CC6.2", "CC6.3"),
        severity=Severity.HIGH,
        item=1,
        fails_when=(
            "A user on the termination list still has a console password or an active access key "
            "24 hours after leaving."
        ),
        remediate="Delete the user, or at least the password and the keys.",
        limits=(
            "This does not evidence leavers whose names match no user, nor access through an "
            "identity provider."
        ),
        sla=1,
        parameters={"grace_hours": 24},
        changes=(*_USER, *_KEYS, "iam.user.renamed", "iam.user.console_access_*"),
    ),
    Control(
        name="iam-terminated-user-activity",
        title="Nobody uses a credential after leaving",
        criteria=("CC6.2", "CC7.3"),
        severity=Severity.CRITICAL,
        item=1,
        fails_when=(
            "A password or key of a user on the termination list was used after the person left."
        ),
        remediate=(
            "Treat it as an incident: disable the user and look in CloudTrail for what was done."
        ),
        limits=(
            "This does not evidence use between two snapshots that a later use overwrote, nor use "
            "of sessions and roles."
        ),
        changes=("iam.user.dormant_reactivated",),
    ),
    Control(
        name="iam-access-review-current",
        title="Access was reviewed within the last quarter",
        criteria=("CC6.2", "CC6.3"),
        severity=Severity.HIGH,
        item=1,
        fails_when=(
            "No completed access review of the last 92 days covers the users and roles that a "
            "snapshot within 3 days of it had."
        ),
        remediate="Run the access review, decide on each row and sign it off.",
        limits=(
            "This does not evidence that the decisions were right, only that somebody made and "
            "signed them."
        ),
        parameters={"days": 92, "population_days": 3},
    ),
)
