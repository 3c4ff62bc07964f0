"""Deeds to buckets."""

from __future__ import annotations

import json

from tests.bench import buckets
from tests.bench.deeds import Edit, World, retagged, statement
from tests.bench.things import FLAGS, OUTSIDER, Thing


def block(bucket: Thing, world: World) -> bool:
    """Switch one of the four switches."""
    flag = world.rng.choice(FLAGS)
    bucket.item["PublicAccessBlock"][flag] = not bucket.item["PublicAccessBlock"][flag]
    is_on = bucket.item["PublicAccessBlock"][flag]
    kind = f"s3.public_access_block_{'strengthened' if is_on else 'weakened'}"
    world.expect(bucket, kind, "PublicAccessBlock")
    return True


def outsider(bucket: Thing, world: World) -> bool:
    """Let another account in, or no longer."""
    document = json.loads(bucket.item["Policy"])
    users = statement(document, "Own")["Principal"]["AWS"]
    had = OUTSIDER in users
    users.remove(OUTSIDER) if had else users.append(OUTSIDER)
    _saved(bucket, world, document, wider=not had)
    kind = f"s3.external_access_{'revoked' if had else 'granted'}"
    world.expect(bucket, kind, "Policy", at_first=not had)
    return True


def tls(bucket: Thing, world: World) -> bool:
    """Let in what is not encrypted on its way, or no longer."""
    document, name = json.loads(bucket.item["Policy"]), bucket.item["Name"]
    had = _toggled(document, buckets.tls(name))
    _saved(bucket, world, document, wider=had)
    world.expect(bucket, f"s3.tls_enforcement_{'removed' if had else 'added'}", "Policy")
    return True


def everyone(bucket: Thing, world: World) -> bool:
    """Let everybody read, or no longer; the block may still keep them out."""
    document, name = json.loads(bucket.item["Policy"]), bucket.item["Name"]
    had = _toggled(document, buckets.everyone(name))
    _saved(bucket, world, document, wider=not had)
    bucket.item["PolicyStatus"]["IsPublic"] = not had
    kind = f"s3.bucket_policy_{'private' if had else 'public'}"
    world.expect(bucket, kind, "PolicyStatus/IsPublic", at_first=not had)
    return True


def _toggled(document: dict[str, list[dict[str, object]]], one: dict[str, object]) -> bool:
    """Put a statement into a policy, or take it out; return whether it was there."""
    rows = document["Statement"]
    rest = [row for row in rows if row["Sid"] != one["Sid"]]
    had = len(rest) < len(rows)
    document["Statement"] = rest if had else [*rows, one]
    return had


def _saved(bucket: Thing, world: World, document: object, *, wider: bool) -> None:
    bucket.item["Policy"] = json.dumps(document)
    world.expect(bucket, f"s3.bucket_policy_{'widened' if wider else 'narrowed'}", "Policy")


def versioning(bucket: Thing, world: World) -> bool:
    had = bucket.item["Versioning"]["Status"] == "Enabled"
    bucket.item["Versioning"]["Status"] = "Suspended" if had else "Enabled"
    kind = f"s3.versioning_{'suspended' if had else 'enabled'}"
    world.expect(bucket, kind, "Versioning/Status")
    return True


def logging(bucket: Thing, world: World) -> bool:
    had = bool(bucket.item["Logging"])
    bucket.item["Logging"] = {} if had else {"LoggingEnabled": dict(buckets.LOGS)}
    kind = f"s3.access_logging_{'disabled' if had else 'enabled'}"
    world.expect(bucket, kind, "Logging/LoggingEnabled")
    return True


def encryption(bucket: Thing, world: World) -> bool:
    """Encrypt with a key of one's own, or no longer."""
    (rule,) = bucket.item["Encryption"]
    had = "KMSMasterKeyID" in rule["ApplyServerSideEncryptionByDefault"]
    key = f"arn:aws:kms:{bucket.item['BucketRegion']}:{bucket.scope.account}:alias/data"
    bucket.item["Encryption"] = [buckets.encryption(None if had else key)]
    world.expect(bucket, f"s3.encryption_{'downgraded' if had else 'upgraded'}", "Encryption")
    return True


def bucket_made(bucket: Thing, world: World) -> bool:
    region = bucket.item["BucketRegion"]
    made = buckets.new_bucket(world.rng, bucket.scope.account, region, world.now)
    world.add(made)
    world.expect(made, "s3.bucket_created")
    return True


def bucket_deleted(bucket: Thing, world: World) -> bool:
    world.remove(bucket)
    world.expect(bucket, "s3.bucket_deleted")
    return True


BUCKET_EDITS: tuple[Edit, ...] = (
    block,
    outsider,
    tls,
    everyone,
    versioning,
    logging,
    encryption,
    retagged,
    bucket_made,
    bucket_deleted,
)
