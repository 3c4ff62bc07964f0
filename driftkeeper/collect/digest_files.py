"""Reads the digest files of a trail from its bucket, and says what they are worth.

They are verified in `driftkeeper/semantics/digest_chain.py`. Sources: S3 `ListObjectsV2` and `GetObject`;
the layout of the bucket is that of the CloudTrail user guide.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from driftkeeper.collect.cloudtrail import STATUS
from driftkeeper.collect.evidence.s3_bucket import located
from driftkeeper.collect.objects import LARGEST_DIGEST, TOO_LARGE
from driftkeeper.collect.rowwise import unseen_row
from driftkeeper.collect.spec import Account, Asker, Call, From, Gone, Item, Unseen
from driftkeeper.domain.canonical import timestamp
from driftkeeper.domain.types import Cause, Json
from driftkeeper.semantics.digest_chain import (
    ALTERED,
    MISSING,
    Digest,
    Place,
    Stored,
    Verdict,
    Wrong,
    read,
    verdict,
)

WINDOW = timedelta(hours=26)
_BEFORE = timedelta(hours=26)
"""So much further back it is looked for a digest to which the first one of the window is linked."""

LATE = timedelta(hours=4)
"""A digest is written every hour, and delivered some time later."""

_SLACK = timedelta(minutes=15)
NAMED = 20
"""So many wrong files are named; all are counted."""

SAMPLE = 5
"""So many log files of the newest digest are compared with it."""

_BUCKET = {"Bucket": From("bucket"), "ExpectedBucketOwner": Account()}
OBJECTS = Call(
    "s3",
    "list_objects_v2",
    items="Contents",
    params={**_BUCKET, "Prefix": From("prefix"), "StartAfter": From("after")},
    region=From("region"),
    always=("Key", "LastModified"),
    page_size=1000,
    action="s3:ListBucket",
)
FOLDERS = Call(
    "s3",
    "list_objects_v2",
    items="CommonPrefixes",
    params={**_BUCKET, "Prefix": From("prefix"), "Delimiter": "/"},
    region=From("region"),
    always=("Prefix",),
    page_size=1000,
    action="s3:ListBucket",
)
OBJECT = Call(
    "s3",
    "get_object",
    params={**_BUCKET, "Key": From("key")},
    region=From("region"),
    # Every object has these: an answer without them is not from S3.
    always=("ETag", "LastModified", "Body.$bytes"),
    absent_on={"NoSuchKey": None},
)


def checked(
    asker: Asker, keys: Mapping[str, bytes], buckets: Mapping[str, Item], trail: Item
) -> Item:
    """Return what the digests of a trail are worth, or that this was not seen, and why.

    `keys` are the public keys of the region by fingerprint, `buckets` those of the account by name.
    """
    owner = {"TrailARN": trail["TrailARN"]}
    try:
        status = asker.rows(STATUS, trail)[0]
        where = _where(asker, buckets, trail)
        return {**owner, **_result(asker, keys, trail, where, status)}
    except Gone as gone:
        return unseen_row(owner, Unseen(Cause.FAILED, str(gone), "the trail or its bucket is gone"))
    except Unseen as miss:
        return unseen_row(owner, miss)


def _where(asker: Asker, buckets: Mapping[str, Item], trail: Item) -> Item:
    """Return the bucket's name and region, as the calls ask for them."""
    name = str(trail["S3BucketName"])
    if name not in buckets:
        why = f"{name} is no bucket of this account: its digests have to be checked where it is"
        raise Unseen(Cause.NOT_OWNER, "NotInListBuckets", why)
    bucket = located(asker, buckets[name])
    if bucket is None:
        raise Gone("NoSuchBucket")
    return {"bucket": name, "region": bucket["BucketRegion"]}


def _result(
    asker: Asker, keys: Mapping[str, bytes], trail: Item, where: Item, status: Item
) -> Item:
    now = asker.clock.now()
    place = _place(asker, trail, where)
    since = place.key(now - WINDOW - _BEFORE)
    found = asker.rows(OBJECTS, {**where, "prefix": place.folder, "after": since})
    ends = {str(row["Key"]): end for row in found if (end := place.end(str(row["Key"])))}
    names = sorted(ends, key=lambda key: ends[key])
    chain = [key for key in names if ends[key] > now - WINDOW] or names[-1:]
    before = names[: len(names) - len(chain)][-1:]
    fetch = partial(_fetch, asker, str(where["region"]))
    read_all = asker.each(partial(fetch, place.bucket), [*before, *chain])
    told = [digest for digest in read_all if digest is not None]
    first = told.pop(0) if before and read_all[0] is not None else None
    own = [row for row in found if row["Key"] in ends or place.is_backfill(str(row["Key"]))]
    late = _late(now, status, own, [ends[key] for key in chain])
    worth = verdict(told, first, keys, fetch)
    logs = _logs(asker, str(where["region"]), worth.valid[-1:])
    return {
        **_counts(worth, late, logs),
        "Backfill": len(own) - len(ends),
        "From": min((str(d.says["digestStartTime"]) for d in worth.valid), default=None),
        "Until": max((str(d.says["digestEndTime"]) for d in worth.valid), default=None),
        "PublicKeys": sorted({str(d.says["digestPublicKeyFingerprint"]) for d in worth.valid}),
    }


def _place(asker: Asker, trail: Item, where: Item) -> Place:
    prefix = str(trail.get("S3KeyPrefix") or "")
    organization = ""
    if trail.get("IsOrganizationTrail"):
        above = "/".join(filter(None, (prefix, "AWSLogs", "o-")))
        folders = asker.rows(FOLDERS, {**where, "prefix": above})
        organization = str(folders[0]["Prefix"]).split("/")[-2] if folders else ""
    return Place(
        str(where["bucket"]),
        prefix,
        organization,
        asker.scope.account,
        asker.scope.region,
        str(trail["Name"]),
        str(trail["HomeRegion"]),
    )


def _fetch(asker: Asker, region: str, bucket: str, key: str) -> Digest | None:
    """Return the digest under a key; None when there is none."""
    answer = asker.value(OBJECT, {"bucket": bucket, "key": key, "region": region})
    if answer is None:
        return None
    about = answer.get("Metadata") or {}
    packed = as_bytes(answer["Body"])
    if len(packed) > LARGEST_DIGEST:
        packed = b""
    signature, algorithm = about.get("signature"), about.get("signature-algorithm")
    return read(Stored(bucket, key, packed, signature, algorithm))


def _late(
    now: datetime, status: Item, found: Sequence[Item], ends: Sequence[datetime]
) -> tuple[Wrong, ...]:
    """Return that the newest digest is missing, where AWS says that it was delivered or is due.

    In a region to which none was ever delivered, none is due: validation has just been switched on.
    """
    said = status.get("LatestDigestDeliveryTime")
    if said is None:
        return ()
    delivered = datetime.fromisoformat(said)
    newest = max((datetime.fromisoformat(row["LastModified"]) for row in found), default=None)
    if delivered > now - WINDOW and (newest is None or newest < delivered - _SLACK):
        return (Wrong(f"the newest, of {timestamp(delivered)}", MISSING),)
    is_due = status["IsLogging"] and delivered < now - LATE
    if is_due and all(end < now - LATE for end in ends):
        return (Wrong(f"the one after {timestamp(delivered)}", MISSING),)
    return ()


def _logs(asker: Asker, region: str, newest: Sequence[Digest]) -> Mapping[str, Sequence[Wrong]]:
    """Compare some log files with the newest digest; what may not be read is told as unread."""
    files = [file for digest in newest for file in digest.logs][:SAMPLE]
    found: dict[str, list[Wrong]] = {"valid": [], "wrong": [], "unread": []}
    for (_, key, _), reason in zip(
        files, asker.each(partial(_log, asker, region), files), strict=True
    ):
        sort = {None: "valid", "": "unread"}.get(reason, "wrong")
        found[sort].append(Wrong(key, reason or ""))
    return found


def _log(asker: Asker, region: str, file: tuple[str, str, str]) -> str | None:
    """Return what is wrong with a log file, None when nothing is; empty when it was not seen."""
    bucket, key, said = file
    try:
        answer = asker.value(OBJECT, {"bucket": bucket, "key": key, "region": region})
    except Unseen as miss:
        if miss.cause not in (Cause.DENIED, Cause.SCP_DENIED):
            raise
        return ""
    if answer is None:
        return MISSING
    hashed = as_bytes(answer["Body"])
    if hashed == TOO_LARGE:
        return ""
    return None if hashed.decode() == said.lower() else ALTERED


def _counts(worth: Verdict, late: Sequence[Wrong], logs: Mapping[str, Sequence[Wrong]]) -> Item:
    wrong = (*worth.invalid, *worth.missing, *late, *logs["wrong"])
    return {
        "Invalid": len(worth.invalid),
        "Missing": worth.lost + len(late),
        "LogsWrong": len(logs["wrong"]),
        "Wrong": [
            {"Object": one.name.rpartition("/")[2], "Reason": one.reason} for one in wrong[:NAMED]
        ],
        "Gaps": [{"From": since, "Until": until} for since, until in worth.gaps],
        "Valid": len(worth.valid),
        "LogsValid": len(logs["valid"]),
        "LogsUnread": len(logs["unread"]),
    }


def as_bytes(value: Json) -> bytes:
    """Return the bytes of a value as `plain` writes them."""
    return base64.b64decode(value["$bytes"])
