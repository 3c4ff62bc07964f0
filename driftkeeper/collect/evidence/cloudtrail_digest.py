"""Whether the digest files of log file validation hold, region by region (evidence item 6); read when
asked for.

The digests of the last day are read from the trail's bucket and verified. That nothing is there where AWS
says it delivered is a missing digest; a bucket that may not be read is a miss, and never a sound chain. Of
a few log files of the newest digest the hash is compared: nothing of their content is kept or recorded
(`driftkeeper/collect/objects.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

from driftkeeper.collect.cloudtrail import KEYS, STATUS, TRAILS, public_keys
from driftkeeper.collect.digest_files import FOLDERS, OBJECT, OBJECTS, as_bytes, checked
from driftkeeper.collect.evidence.s3_bucket import LIST, LOCATION
from driftkeeper.collect.made import LIST as EACH, Made, plain
from driftkeeper.collect.no_setting import COPY
from driftkeeper.collect.spec import Asker, EvidenceType, Function, Gather, Item, Reach


def validated(asker: Asker) -> Iterable[Item]:
    """Return the account's own trails whose digests are about this region."""
    for trail in asker.rows(TRAILS):
        is_own = str(trail["TrailARN"]).split(":")[4] == asker.scope.account
        is_here = trail.get("IsMultiRegionTrail") or trail["HomeRegion"] == asker.scope.region
        if is_own and is_here and trail.get("LogFileValidationEnabled"):
            yield {"TrailARN": trail["TrailARN"], "Name": trail["Name"], "_trail": trail}


def digests(asker: Asker) -> Iterable[Item]:
    """Return what the digests of each trail are worth; one trail's misses are its own."""
    keys = {str(row["Fingerprint"]): as_bytes(row["Value"]) for row in public_keys(asker)}
    buckets = {str(row["Name"]): row for row in asker.rows(LIST)}
    trails = [row["_trail"] for row in validated(asker)]
    # One after the other: what is read of each is read several at a time.
    return [checked(asker, keys, buckets, trail) for trail in trails]


def _tidy(item: Item) -> Item:
    """Return the trail with what its digests are worth as the one object that it is."""
    rows = item.get("Digests")
    if rows is None:
        return item
    one = rows[0] if isinstance(rows, list) else rows
    return {**item, "Digests": {k: v for k, v in one.items() if k != "TrailARN"}}


DIGEST = EvidenceType(
    name="cloudtrail.digest",
    title="CloudTrail digests",
    says="Whether the signed digests of each trail's log files in the last 26 hours are all there,"
    " unaltered and linked to each other, for each region that the trail records.",
    item=6,
    reach=Reach.REGION,
    listing=Function((TRAILS,), validated),
    details={
        "Digests": Gather(
            Function((KEYS, LIST, LOCATION, STATUS, OBJECTS, FOLDERS, OBJECT), digests),
            on="TrailARN",
            to="TrailARN",
        )
    },
    key="{TrailARN}/digest/{region}",
    tidy=_tidy,
    observed=(
        "Digests.Valid",
        "Digests.LogsValid",
        "Digests.LogsUnread",
        "Digests.Backfill",
        "Digests.From",
        "Digests.Until",
        "Digests.PublicKeys",
    ),
    sets={"Digests.Wrong": "Object", "Digests.Gaps": ("From", "Until")},
    criteria=("CC7.2",),
    limits="Only the last 26 hours are checked, and of the log files no more than five of the newest"
    " digest in each region: run aws cloudtrail validate-logs for longer times and for all files."
    " Backfilled digests are counted and not verified, nor are the digests of the members of an"
    " organisation's trail. A trail whose bucket belongs to another account is unseen. Digests that were"
    " never delivered to a region are not missed there.",
    optional=True,
    made=Made(
        rows=(),
        fields={
            **plain("TrailARN", "Name"),
            "Digests": {
                **plain("Invalid", "Missing", "LogsWrong"),
                "Wrong": {EACH: plain("Object", "Reason")},
                "Gaps": {EACH: plain("From", "Until")},
                **plain("Valid", "LogsValid", "LogsUnread", "Backfill", "From", "Until"),
                "PublicKeys": {EACH: None},
            },
        },
    ),
    no_event=COPY,
)
