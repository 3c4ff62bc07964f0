"""What AWS answers for made-up buckets, all details merged in."""

from __future__ import annotations

import json
import random
from datetime import datetime

from driftkeeper.domain.canonical import timestamp
from driftkeeper.domain.types import GLOBAL_REGION, Scope
from tests.bench.things import FLAGS, HEX, Item, Thing, some, tags

LOGS = {"TargetBucket": "access-logs", "TargetPrefix": "s3/"}


def new_bucket(rng: random.Random, account: str, region: str, made: datetime) -> Thing:
    """Return a bucket that nobody else may use: encrypted, versioned, logged, and only over TLS."""
    name = f"data-{some(rng, HEX, 12)}"
    owner = some(rng, HEX, 64)
    item: Item = {
        "Name": name,
        "CreationDate": timestamp(made),
        "BucketRegion": region,
        "PublicAccessBlock": {**dict.fromkeys(FLAGS, True), FLAGS[-1]: rng.random() < 0.5},
        "Policy": json.dumps(policy(rng, account, name)),
        "PolicyStatus": {"IsPublic": False},
        "Acl": {"Owner": {"ID": owner}, "Grants": [_full_control(owner)]},
        "ObjectOwnership": [{"ObjectOwnership": "BucketOwnerEnforced"}],
        "Encryption": [encryption(None)],
        "Versioning": {"Status": "Enabled"},
        "Logging": {"LoggingEnabled": dict(LOGS)},
        "ObjectLock": None,
        "Tags": tags(rng),
    }
    return Thing(Scope(account, GLOBAL_REGION, "s3.bucket"), item)


def _full_control(owner: str) -> Item:
    return {"Grantee": {"Type": "CanonicalUser", "ID": owner}, "Permission": "FULL_CONTROL"}


def encryption(key: str | None) -> Item:
    """Return the rule of encryption: with a key, or with one of S3's own."""
    how: Item = {"SSEAlgorithm": "AES256"}
    if key is not None:
        how = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    return {"ApplyServerSideEncryptionByDefault": how, "BucketKeyEnabled": True}


def policy(rng: random.Random, account: str, name: str) -> Item:
    """Return a policy that lets some roles of the account use the bucket, and nobody without TLS."""
    users = [f"arn:aws:iam::{account}:role/app-{n}" for n in rng.sample(range(40), 3)]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Own",
                "Effect": "Allow",
                "Principal": {"AWS": users},
                "Action": ["s3:GetObject", "s3:ListBucket", "s3:PutObject"],
                "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
            },
            tls(name),
        ],
    }


def tls(name: str) -> Item:
    """Return the statement that keeps out what is not encrypted on its way."""
    return {
        "Sid": "Tls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def everyone(name: str) -> Item:
    """Return the statement that lets everybody read."""
    return {
        "Sid": "Everyone",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{name}/*",
    }
