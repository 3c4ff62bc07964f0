"""What is said of buckets, networks, accounts and keys: a short sentence with the values that count."""

from __future__ import annotations

import pytest

from driftkeeper.collect.spec import Item
from tests.cases.answers import ALIAS, document, kms_key, other_key, statement
from tests.cases.border_answers import (
    BLOCK,
    BUCKET_ARN,
    GRANT,
    acl,
    bucket,
    encrypted,
    entry,
    locked,
    prefix_list,
    to_group,
    without_tls,
)
from tests.cases.case import Answers, changes_between

_ACL = bucket()["Acl"]
_OPEN: Item = {**_ACL, "Grants": [*_ACL["Grants"], to_group("global/AllUsers")]}
_READ = statement("s3:GetObject", f"{BUCKET_ARN}/*", Principal="*")
_LIST = "the prefix list offices"

SAID: dict[str, tuple[str, Answers, Answers, str]] = {
    "switches of a bucket": (
        "s3.bucket",
        bucket(),
        bucket(PublicAccessBlock={**BLOCK, "BlockPublicAcls": False, "IgnorePublicAcls": False}),
        (
            "the public access block of bucket orders is weaker: off now are BlockPublicAcls,"
            " IgnorePublicAcls"
        ),
    ),
    "a grant to everyone": (
        "s3.bucket",
        bucket(),
        bucket(Acl=_OPEN),
        "the ACL of bucket orders now grants Group/AllUsers/READ, which is everyone",
    ),
    "a statement that came": (
        "s3.bucket",
        bucket(),
        bucket(Policy=document(without_tls(), _READ)),
        (
            "the policy of bucket orders allows more than before: now also allow s3:GetObject on"
            f" {BUCKET_ARN}/* to everyone"
        ),
    ),
    "two statements that went": (
        "s3.bucket",
        bucket(Policy=document(without_tls(), _READ, {**_READ, "Action": "s3:PutObject"})),
        bucket(),
        (
            "the policy of bucket orders allows less than before: no longer allow s3:GetObject on"
            f" {BUCKET_ARN}/* to everyone; no longer allow s3:PutObject on {BUCKET_ARN}/* to everyone"
        ),
    ),
    "an algorithm": (
        "s3.bucket",
        bucket(),
        bucket(Encryption=encrypted("AES256")),
        "the default encryption of bucket orders is weaker: AES256 instead of aws:kms",
    ),
    "an object lock": (
        "s3.bucket",
        bucket(),
        bucket(ObjectLock=locked("GOVERNANCE", Years=2)),
        (
            "the object lock of bucket orders holds less: GOVERNANCE for 730 days instead of COMPLIANCE"
            " for 365 days"
        ),
    ),
    "an object lock without a default": (
        "s3.bucket",
        bucket(ObjectLock=None),
        bucket(ObjectLock={"ObjectLockEnabled": "Enabled"}),
        "the object lock of bucket orders holds more: a lock without a default instead of no lock",
    ),
    "some ports": (
        "ec2.network_acl",
        acl(),
        acl(entry(90, ports=(20, 23))),
        (
            "network ACL acl-1 lets in the internet on sensitive ports: tcp 20 (ipv4), tcp 21 (ipv4),"
            " tcp 22 (ipv4), tcp 23 (ipv4)"
        ),
    ),
    "many ports": (
        "ec2.network_acl",
        acl(),
        acl(entry(90, ports=(20, 139))),
        (
            "network ACL acl-1 lets in the internet on sensitive ports: tcp 20 (ipv4), tcp 21 (ipv4),"
            " tcp 22 (ipv4), tcp 23 (ipv4), tcp 25 (ipv4) and 5 more"
        ),
    ),
    "entries of both directions": (
        "ec2.network_acl",
        acl(entry(100), entry(100, Egress=True)),
        acl(entry(110), entry(200, Egress=True)),
        (
            "the entries of network ACL acl-1 were edited, which opens and closes no sensitive port:"
            " ingress 100, ingress 110, egress 100, egress 200"
        ),
    ),
    "a subnet": (
        "ec2.network_acl",
        [acl(subnets=("subnet-1", "subnet-2")), acl(name="acl-2", subnets=())],
        [acl(), acl(name="acl-2", subnets=("subnet-2",))],
        "subnet subnet-2 moved from acl-1 to acl-2",
    ),
    "networks that came and went": (
        "ec2.prefix_list",
        prefix_list("10.1.0.0/16", "10.2.0.0/16"),
        prefix_list("10.1.0.0/16", "10.3.0.0/16", "10.4.0.0/16"),
        f"{_LIST} was edited: it gained 10.3.0.0/16, 10.4.0.0/16 and lost 10.2.0.0/16",
    ),
    "only a description": (
        "ec2.prefix_list",
        prefix_list("10.1.0.0/16"),
        prefix_list(Entries=[{"Cidr": "10.1.0.0/16", "Description": "headquarters"}]),
        f"{_LIST} was edited: it has other descriptions",
    ),
    "an alias, of both keys": (
        "kms.key",
        [kms_key(), other_key()],
        [kms_key({"Aliases": []}), other_key({"Aliases": [ALIAS]})],
        "alias/orders points to another key than before: 5678efgh instead of 1234abcd",
    ),
    "a grant": (
        "kms.grant",
        None,
        GRANT,
        (
            f"a grant across accounts lets {GRANT['GranteePrincipal']} use {GRANT['KeyArn']} for"
            " Decrypt, DescribeKey"
        ),
    ),
}


@pytest.mark.parametrize(("evidence", "before", "after", "says"), SAID.values(), ids=list(SAID))
def test_a_change_says_what_counts(
    evidence: str, before: Answers, after: Answers, says: str
) -> None:
    assert {change.says for change in changes_between(evidence, before, after)} == {says}
