"""S3 buckets: who may reach them, how they are encrypted, what they log (evidence item 9).

The listing is one for the whole account; everything else is asked in the bucket's own region, and only of
a bucket that the account owns. "None configured" is an error code of its own for most of the questions:
an answer, where a denial is none. AWS allows one rule of ownership and one of encryption for each bucket,
so these two are kept as the rule instead of as a list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from driftkeeper.collect.made import Made, plain
from driftkeeper.collect.no_setting import FIXED, LABEL
from driftkeeper.collect.spec import (
    Account,
    Asker,
    Call,
    EvidenceType,
    From,
    Function,
    Gone,
    Item,
    Reach,
)
from driftkeeper.domain.types import Json

_SWITCHES = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_BUCKET = {"Bucket": From("Name"), "ExpectedBucketOwner": Account()}
_THERE = From("BucketRegion")
_OLD_NAMES = {None: "us-east-1", "EU": "eu-west-1"}
"""How S3 names the two regions that are older than its location constraints."""

_REGION = re.compile(r"[a-z]+(-[a-z]+)+-\d+")
_GROUPS = "http://acs.amazonaws.com/groups/"

LIST = Call(
    "s3",
    "list_buckets",
    items="Buckets",
    always=("Name",),
    fields=("Name", "CreationDate", "BucketRegion"),
    page_size=10000,
    action="s3:ListAllMyBuckets",
)
LOCATION = Call("s3", "get_bucket_location", params=_BUCKET, always=("LocationConstraint",))


def _buckets(asker: Asker) -> Iterable[Item]:
    """Return the buckets with their regions; AWS lists these, older endpoints must be asked for each."""
    found = asker.each(lambda bucket: located(asker, bucket), asker.rows(LIST))
    return [bucket for bucket in found if bucket is not None]


def located(asker: Asker, bucket: Item) -> Item | None:
    """Return the bucket with its region; None when it was deleted meanwhile."""
    region = bucket.get("BucketRegion")
    if region is None:
        try:
            region = asker.rows(LOCATION, bucket)[0]["LocationConstraint"]
        except Gone:
            return None
    region = str(_OLD_NAMES.get(region, region))
    if not _REGION.fullmatch(region):
        raise ValueError(f"{bucket['Name']} is in no region")
    return {**bucket, "BucketRegion": region}


def by_grantee(grants: list[Json]) -> dict[str, Json]:
    """Return each grant of an ACL under `grantee type/grantee/permission`."""
    named: dict[str, Json] = {}
    for grant in grants:
        grantee = grant.get("Grantee", {})
        who = str(grantee.get("ID") or grantee.get("URI", "")).removeprefix(_GROUPS)
        who = who.removeprefix("global/").removeprefix("s3/")
        named["/".join((grantee.get("Type", ""), who, grant.get("Permission", "")))] = grant
    return named


def _tidy(item: Item) -> Item:
    """Return the bucket with what AWS leaves out for "none" said, and single rules as themselves."""
    said = {name: _TIDY[name](value) for name, value in item.items() if name in _TIDY}
    return {**item, **said}


def _block(value: Json) -> Json:
    return {"Configured": True, **value}


def _is_policy(text: Json) -> bool:
    """Say whether the text is a policy: S3 stores none that is not, a proxy may answer anything."""
    return isinstance(json.loads(text), dict)


def _ownership(rules: Json) -> Json:
    return rules[0]["ObjectOwnership"] if len(rules) == 1 else rules


def _encryption(rules: Json) -> Json:
    return rules[0] if rules is not None and len(rules) == 1 else rules


def _versioning(value: Json) -> Json:
    return {"Status": "Unversioned", "MFADelete": "Disabled", **value}


def _logging(value: Json) -> Json:
    return {"LoggingEnabled": None, **value}


_TIDY = {
    "PublicAccessBlock": _block,
    "ObjectOwnership": _ownership,
    "Encryption": _encryption,
    "Versioning": _versioning,
    "Logging": _logging,
}


def _may_have_policy(item: Item) -> bool:
    """Say whether asking for AWS's verdict makes sense: also of a policy that we may not read."""
    return bool(item.get("Policy", "unseen") is not None)


_GRANT = ("Grantee", "Permission")

BUCKET = EvidenceType(
    name="s3.bucket",
    title="S3 buckets",
    says="Each bucket's region, public access block, policy and whether AWS calls it public, ACL,"
    " ownership, encryption, versioning, logging, object lock and tags.",
    item=9,
    reach=Reach.ACCOUNT,
    listing=Function((LIST, LOCATION), _buckets),
    details={
        "PublicAccessBlock": Call(
            "s3",
            "get_public_access_block",
            items="PublicAccessBlockConfiguration",
            params=_BUCKET,
            region=_THERE,
            absent_on={
                "NoSuchPublicAccessBlockConfiguration": {
                    "Configured": False,
                    **dict.fromkeys(_SWITCHES, False),
                }
            },
            always=_SWITCHES,
            action="s3:GetBucketPublicAccessBlock",
        ),
        "Policy": Call(
            "s3",
            "get_bucket_policy",
            items="Policy",
            params=_BUCKET,
            region=_THERE,
            absent_on={"NoSuchBucketPolicy": None},
            sound=_is_policy,
        ),
        "PolicyStatus": Call(
            "s3",
            "get_bucket_policy_status",
            items="PolicyStatus",
            params=_BUCKET,
            region=_THERE,
            absent_on={"NoSuchBucketPolicy": {"IsPublic": False}},
            when=_may_have_policy,
            otherwise={"IsPublic": False},
            always=("IsPublic",),
        ),
        "Acl": Call(
            "s3", "get_bucket_acl", params=_BUCKET, region=_THERE, always=("Owner.ID", "Grants")
        ),
        "ObjectOwnership": Call(
            "s3",
            "get_bucket_ownership_controls",
            items="OwnershipControls.Rules",
            params=_BUCKET,
            region=_THERE,
            absent_on={"OwnershipControlsNotFoundError": [{"ObjectOwnership": "ObjectWriter"}]},
            always=("ObjectOwnership",),
        ),
        "Encryption": Call(
            "s3",
            "get_bucket_encryption",
            items="ServerSideEncryptionConfiguration.Rules",
            params=_BUCKET,
            region=_THERE,
            absent_on={"ServerSideEncryptionConfigurationNotFoundError": None},
            action="s3:GetEncryptionConfiguration",
        ),
        "Versioning": Call("s3", "get_bucket_versioning", params=_BUCKET, region=_THERE),
        "Logging": Call("s3", "get_bucket_logging", params=_BUCKET, region=_THERE),
        "ObjectLock": Call(
            "s3",
            "get_object_lock_configuration",
            items="ObjectLockConfiguration",
            params=_BUCKET,
            region=_THERE,
            absent_on={"ObjectLockConfigurationNotFoundError": None},
            always=("ObjectLockEnabled",),
            action="s3:GetBucketObjectLockConfiguration",
        ),
        "Tags": Call(
            "s3",
            "get_bucket_tagging",
            items="TagSet",
            params=_BUCKET,
            region=_THERE,
            absent_on={"NoSuchTagSet": []},
            always=("Key",),
            sound=bool,
        ),
    },
    key="arn:{partition}:s3:::{Name}",
    tidy=_tidy,
    observed=(
        "CreationDate",
        "Acl.Owner.DisplayName",
        "Acl.Grants.Grantee.DisplayName",
        "Acl.Grants.Grantee.EmailAddress",
        "Logging.LoggingEnabled.TargetGrants.Grantee.DisplayName",
        "Logging.LoggingEnabled.TargetGrants.Grantee.EmailAddress",
    ),
    sets={
        "Acl.Grants": by_grantee,
        "Logging.LoggingEnabled.TargetGrants": by_grantee,
        "Encryption.BlockedEncryptionTypes.EncryptionType": None,
        "Tags": "Key",
    },
    policies=("Policy",),
    criteria=("CC6.6", "CC6.1", "CC6.7", "CC7.2"),
    limits="Directory, table and vector buckets are not in the listing. Access points, lifecycle,"
    " replication, website settings and the ACLs of objects are not read, nor any object. A bucket in"
    " a region that is switched off is listed, and its details are unseen.",
    made=Made(
        rows=("Buckets",),
        fields={"ObjectOwnership": None},
        inside={"PublicAccessBlock": plain("Configured")},
        single=("Encryption",),
        named_by={"Acl.Grants": _GRANT, "Logging.LoggingEnabled.TargetGrants": _GRANT},
    ),
    no_setting={
        "Acl.Owner.ID": FIXED,
        "BucketRegion": FIXED,
        "Logging.LoggingEnabled.TargetObjectKeyFormat.*": LABEL,
        "Logging.LoggingEnabled.TargetObjectKeyFormat.*.*": LABEL,
    },
)
