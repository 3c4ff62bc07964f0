"""S3: buckets as they are made since 2023, where they lie, whose they are, and MFA delete."""

from __future__ import annotations

from collections.abc import Mapping

import boto3
from moto.s3.utils import bucket_policy_is_public

from tests.aws.repairs.asked import Answer, Asked, Mend, Row, State
from tests.aws.script import Error

SWITCHES = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_HOME = "us-east-1"


def guard(state: State, asked: Asked) -> Error | None:
    """Refuse a call for another's bucket, and one that is sent to another region than the bucket's."""
    owner, name = asked.params.get("ExpectedBucketOwner"), str(asked.params.get("Bucket"))
    buckets = state.backend("s3").buckets
    if name not in buckets or asked.operation == "CreateBucket":
        return None
    if owner not in (None, state.account):
        return Error("AccessDenied", "Access Denied", 403)
    if _region(state, name) != asked.region.replace("aws-global", _HOME):
        return Error("PermanentRedirect", "the bucket must be addressed in its region", 301)
    return None


def _region(state: State, name: str) -> str:
    return str(state.backend("s3").buckets[name].region_name)


def _buckets(state: State, asked: Asked, answer: Row) -> Row:
    """Tell where each bucket lies, as AWS does when any parameter is given."""
    if not asked.params:
        return answer
    rows = [{**row, "BucketRegion": _region(state, row["Name"])} for row in answer["Buckets"]]
    return {**answer, "Buckets": rows}


def _created(_state: State, asked: Asked, answer: Row) -> Row:
    """Give a new bucket what every new bucket has: encryption, no ACLs, nothing public."""
    name, keys = asked.params["Bucket"], ("testing", "testing")
    s3 = boto3.Session(*keys).client("s3", region_name=asked.region.replace("aws-global", _HOME))
    sse = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(
        Bucket=name,
        ServerSideEncryptionConfiguration={"Rules": [{**sse, "BucketKeyEnabled": False}]},
    )
    s3.put_public_access_block(
        Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(SWITCHES, True)
    )
    s3.put_bucket_ownership_controls(
        Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )
    return answer


def _blocked(state: State, asked: Asked) -> Error | None:
    """Refuse a public policy under a block."""
    block = state.backend("s3").buckets[asked.params["Bucket"]].public_access_block
    public = bucket_policy_is_public(asked.params["Policy"].encode())
    if public and block is not None and block.block_public_policy:
        return Error("AccessDenied", "public policies are blocked", 403)
    return None


def _versioning_put(state: State, asked: Asked, answer: Row) -> Row:
    wanted = asked.params["VersioningConfiguration"]
    if "MFADelete" in wanted:
        state.mfa_delete[asked.params["Bucket"]] = wanted["MFADelete"]
    return answer


def _versioning(state: State, asked: Asked, answer: Row) -> Row:
    known = state.mfa_delete.get(asked.params["Bucket"])
    return answer if known is None else {**answer, "MFADelete": known}


ANSWERS: Mapping[str, Answer] = {"PutBucketPolicy": _blocked}
MENDS: Mapping[str, Mend] = {
    "ListBuckets": _buckets,
    "CreateBucket": _created,
    "PutBucketVersioning": _versioning_put,
    "GetBucketVersioning": _versioning,
}
