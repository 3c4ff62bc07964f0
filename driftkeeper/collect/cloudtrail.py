"""CloudTrail calls whose answers several evidence types take from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from driftkeeper.collect.spec import Asker, Call, From, Item

_TRAIL = From("TrailARN")
UNKNOWN_TRAIL = ("TrailNotFoundException",)
"""How AWS also says that it does not tell a member account about the trail of its organisation."""

TRAILS = Call(
    "cloudtrail",
    "describe_trails",
    items="trailList",
    params={"includeShadowTrails": True},
    always=("TrailARN", "S3BucketName"),
    shared=True,
)
STATUS = Call(
    "cloudtrail",
    "get_trail_status",
    params={"Name": _TRAIL},
    always=("IsLogging",),
    arn=_TRAIL,
    not_owner_on=UNKNOWN_TRAIL,
    shared=True,
)
KEYS = Call(
    "cloudtrail",
    "list_public_keys",
    items="PublicKeyList",
    always=("Fingerprint", "Value", "ValidityStartTime", "ValidityEndTime"),
    shared=True,
)
_LAST = timedelta(days=7)


def public_keys(asker: Asker) -> Iterable[Item]:
    """Return the keys that were in use in the last days, each once."""
    since = asker.clock.now().date() - _LAST
    call = replace(KEYS, params={"StartTime": f"{since.isoformat()}T00:00:00Z"})
    return {str(row["Fingerprint"]): row for row in asker.rows(call)}.values()
