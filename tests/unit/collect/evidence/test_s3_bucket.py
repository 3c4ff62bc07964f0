"""Buckets: each is asked in its own region, "none" is an answer, and one denial costs one detail."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.s3_bucket import BUCKET, by_grantee
from driftkeeper.collect.reader import Reader
from driftkeeper.domain.types import GLOBAL_REGION, Cause, Outcome, Scope, Sight
from tests.aws import ACCOUNT, HOME, NOW, Error, Script, Ticking, http, reader, wired

EU = "eu-central-1"
OWNER = {"ID": "c" * 64, "DisplayName": "ops"}
FULL = {"Grantee": {"Type": "CanonicalUser", **OWNER}, "Permission": "FULL_CONTROL"}
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
PUBLIC = {"Grantee": {"Type": "Group", "URI": ALL_USERS}, "Permission": "READ"}
SWITCHES = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
ON = dict.fromkeys(SWITCHES, True)
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "logs",
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::one/*",
        }
    ],
}
RULE = {
    "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "key"},
    "BucketKeyEnabled": True,
    "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
}
LOGS = {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "one/"}}
LOCK = {
    "ObjectLockEnabled": "Enabled",
    "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 365}},
}
SET_UP = {
    "GetPublicAccessBlock": {"PublicAccessBlockConfiguration": ON},
    "GetBucketPolicy": {"Policy": json.dumps(POLICY)},
    "GetBucketPolicyStatus": {"PolicyStatus": {"IsPublic": False}},
    "GetBucketAcl": {"Owner": OWNER, "Grants": [FULL]},
    "GetBucketOwnershipControls": {
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    },
    "GetBucketEncryption": {"ServerSideEncryptionConfiguration": {"Rules": [RULE]}},
    "GetBucketVersioning": {"Status": "Enabled", "MFADelete": "Enabled"},
    "GetBucketLogging": LOGS,
    "GetObjectLockConfiguration": {"ObjectLockConfiguration": LOCK},
    "GetBucketTagging": {"TagSet": [{"Key": "data", "Value": "customer"}]},
}
DETAILS = {
    "GetPublicAccessBlock": "PublicAccessBlock",
    "GetBucketPolicy": "Policy",
    "GetBucketPolicyStatus": "PolicyStatus",
    "GetBucketAcl": "Acl",
    "GetBucketOwnershipControls": "ObjectOwnership",
    "GetBucketEncryption": "Encryption",
    "GetBucketVersioning": "Versioning",
    "GetBucketLogging": "Logging",
    "GetObjectLockConfiguration": "ObjectLock",
    "GetBucketTagging": "Tags",
}
NONE: dict[str, Any] = {
    "GetPublicAccessBlock": Error("NoSuchPublicAccessBlockConfiguration", status=404),
    "GetBucketPolicy": Error("NoSuchBucketPolicy", status=404),
    "GetBucketOwnershipControls": Error("OwnershipControlsNotFoundError", status=404),
    "GetBucketEncryption": Error("ServerSideEncryptionConfigurationNotFoundError", status=404),
    "GetBucketVersioning": {},
    "GetBucketLogging": {},
    "GetObjectLockConfiguration": Error("ObjectLockConfigurationNotFoundError", status=404),
    "GetBucketTagging": Error("NoSuchTagSet", status=404),
}


def _buckets(regions: dict[str, str]) -> dict[str, Any]:
    buckets = [
        {"Name": name, "BucketRegion": region, "CreationDate": NOW}
        for name, region in regions.items()
    ]
    return {"Buckets": buckets, "Owner": OWNER}


def _look(regions: dict[str, str] | None = None, **answers: Any) -> tuple[Sight, Script]:
    """Look at buckets by name, each in its region; answers replace those of one that is set up."""
    buckets = regions or {"one": EU}
    places = {*buckets.values()}
    script = Script(
        {
            (HOME, "s3.ListBuckets"): _buckets(buckets),
            **{
                (region, f"s3.{name}"): answer
                for name, answer in {**SET_UP, **answers}.items()
                for region in places
            },
        }
    )
    return look(BUCKET, reader(script, BUCKET)), script


def test_a_bucket_that_is_set_up_is_read_whole():
    sight, _ = _look()
    (body,) = sight.bodies
    config = body.config
    assert sight.coverage.outcome is Outcome.COMPLETE
    assert (body.key, body.uid) == ("arn:aws:s3:::one", None)
    assert config["BucketRegion"] == EU
    assert config["PublicAccessBlock"] == {"Configured": True, **ON}
    assert config["Policy"]["Statement"][0]["Action"] == ["s3:putobject"]
    assert config["PolicyStatus"] == {"IsPublic": False}
    assert config["ObjectOwnership"] == "BucketOwnerEnforced"
    assert config["Encryption"] == RULE
    assert config["Versioning"] == {"Status": "Enabled", "MFADelete": "Enabled"}
    assert config["Logging"] == LOGS
    assert config["ObjectLock"] == LOCK
    assert config["Tags"] == [{"Key": "data", "Value": "customer"}]
    assert body.observed["Policy"] == json.dumps(POLICY)


def test_a_bucket_without_anything_is_seen_to_have_nothing():
    sight, script = _look(**NONE)
    config = sight.bodies[0].config
    assert sight.coverage.outcome is Outcome.COMPLETE
    assert config["PublicAccessBlock"] == {"Configured": False, **dict.fromkeys(SWITCHES, False)}
    assert (config["Policy"], config["PolicyStatus"]) == (None, {"IsPublic": False})
    assert config["ObjectOwnership"] == "ObjectWriter"
    assert (config["Encryption"], config["ObjectLock"], config["Tags"]) == (None, None, [])
    assert config["Versioning"] == {"Status": "Unversioned", "MFADelete": "Disabled"}
    assert config["Logging"] == {"LoggingEnabled": None}
    assert not script.asked_for("s3.GetBucketPolicyStatus")


def test_four_switches_that_are_off_are_configured():
    off = dict.fromkeys(SWITCHES, False)
    sight, _ = _look(GetPublicAccessBlock={"PublicAccessBlockConfiguration": off})
    assert sight.bodies[0].config["PublicAccessBlock"] == {"Configured": True, **off}


def test_each_bucket_is_asked_in_its_own_region_and_only_when_the_account_owns_it():
    regions = {"one": EU, "three": EU, "two": HOME}
    sight, script = _look(regions)
    assert [body.config["BucketRegion"] for body in sight.bodies] == [EU, EU, HOME]
    asked = [(region, params) for region, name, params in script.asked if "ListBuckets" not in name]
    assert {(region, params["Bucket"]) for region, params in asked} == {
        (region, name) for name, region in regions.items()
    }
    assert {params["ExpectedBucketOwner"] for _, params in asked} == {ACCOUNT}


def test_the_number_of_calls_is_the_least_that_can_tell_all():
    """Ten for each bucket, one less without a policy, and the pages of the one listing."""
    names = dict.fromkeys(("a", "b", "c"), EU)

    def policy(params: dict[str, Any]) -> Any:
        return NONE["GetBucketPolicy"] if params["Bucket"] == "b" else SET_UP["GetBucketPolicy"]

    _, script = _look(names, GetBucketPolicy=policy)
    counts = Counter(name for _, name, _ in script.asked)
    assert sum(counts.values()) - counts["s3.ListBuckets"] == 10 * 3 - 1
    assert {params["MaxBuckets"] for params in script.asked_for("s3.ListBuckets")} == {10000}


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (Error("AccessDenied", status=403), Cause.DENIED),
        (
            Error("AccessDenied", "with an explicit deny in a service control policy", 403),
            Cause.SCP_DENIED,
        ),
        (Error("MethodNotAllowed", status=405), Cause.NOT_OWNER),
    ],
)
@pytest.mark.parametrize("operation", DETAILS)
def test_what_one_may_not_read_is_the_only_detail_unseen(
    operation: str, error: Error, cause: Cause
):
    def denied(params: dict[str, Any]) -> Any:
        return error if params["Bucket"] == "one" else SET_UP[operation]

    sight, script = _look({"one": EU, "two": EU}, **{operation: denied})
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.PARTIAL, cause)
    assert [body.unseen for body in sight.bodies] == [(DETAILS[operation],), ()]
    assert DETAILS[operation] not in sight.bodies[0].config
    assert len(script.asked_for("s3.GetBucketPolicyStatus")) == 2, "also without its policy"


def test_aws_says_of_a_policy_that_we_may_not_read_whether_it_is_public():
    sight, _ = _look(
        GetBucketPolicy=Error("AccessDenied", status=403),
        GetBucketPolicyStatus={"PolicyStatus": {"IsPublic": True}},
    )
    assert sight.bodies[0].config["PolicyStatus"] == {"IsPublic": True}
    absent, _ = _look(
        GetBucketPolicy=Error("AccessDenied", status=403),
        GetBucketPolicyStatus=NONE["GetBucketPolicy"],
    )
    assert absent.bodies[0].config["PolicyStatus"] == {"IsPublic": False}


@pytest.mark.parametrize("operation", ["GetBucketAcl", "GetBucketTagging"])
def test_a_bucket_that_is_deleted_meanwhile_is_gone(operation: str):
    def gone(params: dict[str, Any]) -> Any:
        return Error("NoSuchBucket", status=404) if params["Bucket"] == "one" else SET_UP[operation]

    sight, _ = _look({"one": EU, "two": EU}, **{operation: gone})
    assert [body.key for body in sight.bodies] == ["arn:aws:s3:::two"]
    assert (sight.coverage.outcome, sight.coverage.gone) == (Outcome.COMPLETE, 1)


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("GetPublicAccessBlock", {}),
        ("GetPublicAccessBlock", {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}),
        ("GetBucketPolicy", {}),
        ("GetBucketPolicyStatus", {"PolicyStatus": {}}),
        ("GetBucketAcl", {}),
        ("GetBucketAcl", {"Owner": OWNER}),
        ("GetBucketAcl", {"Owner": {}, "Grants": []}),
        ("GetBucketOwnershipControls", {}),
        ("GetBucketEncryption", {}),
        ("GetObjectLockConfiguration", {}),
    ],
)
def test_half_an_answer_is_not_none_configured(operation: str, answer: dict[str, Any]):
    sight, _ = _look(**{operation: answer})
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.PARTIAL, Cause.FAILED)
    assert sight.bodies[0].unseen == (DETAILS[operation],)


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("GetBucketPolicy", {"Policy": ""}),
        ("GetBucketPolicy", {"Policy": "<html>sign in</html>"}),
        ("GetBucketPolicy", {"Policy": "null"}),
        ("GetBucketTagging", {"TagSet": []}),
    ],
)
def test_what_s3_never_answers_is_unseen(operation: str, answer: dict[str, Any]):
    sight, _ = _look(**{operation: answer})
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.PARTIAL, Cause.FAILED)
    assert sight.bodies[0].unseen == (DETAILS[operation],)


def test_a_listing_that_is_denied_is_no_account_without_buckets():
    script = Script({(HOME, "s3.ListBuckets"): Error("AccessDenied", status=403)})
    sight = look(BUCKET, reader(script, BUCKET))
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)


def test_when_a_bucket_was_made_and_how_people_are_called_is_observed():
    before, _ = _look()
    renamed = {"ID": OWNER["ID"], "DisplayName": "security"}
    grant = {"Grantee": {"Type": "CanonicalUser", **renamed}, "Permission": "FULL_CONTROL"}
    after, _ = _look(GetBucketAcl={"Owner": renamed, "Grants": [grant]})
    assert before.bodies[0].digest == after.bodies[0].digest
    assert after.bodies[0].observed["CreationDate"] == "2026-07-01T03:00:00Z"
    assert after.bodies[0].observed["Acl"]["Owner"] == {"DisplayName": "security"}


def test_grants_and_tags_are_sets():
    tags = [{"Key": "b", "Value": "1"}, {"Key": "a", "Value": "2"}]
    digests = set()
    for step in (1, -1):
        acl = {"Owner": OWNER, "Grants": [FULL, PUBLIC][::step]}
        sight, _ = _look(GetBucketAcl=acl, GetBucketTagging={"TagSet": tags[::step]})
        digests.add(sight.bodies[0].digest)
    assert len(digests) == 1


def test_a_grant_is_named_after_whom_it_is_for():
    mail = {"Grantee": {"Type": "AmazonCustomerByEmail", "EmailAddress": "x@example.com"}}
    delivery = {
        "Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"},
        "Permission": "WRITE",
    }
    assert [*by_grantee([FULL, PUBLIC, delivery, mail])] == [
        f"CanonicalUser/{OWNER['ID']}/FULL_CONTROL",
        "Group/AllUsers/READ",
        "Group/LogDelivery/WRITE",
        "AmazonCustomerByEmail//",
    ]


LISTED = """<ListAllMyBucketsResult><Buckets><Bucket><Name>one</Name></Bucket></Buckets>
</ListAllMyBucketsResult>"""
LOCATED = "<LocationConstraint>{}</LocationConstraint>"


def _located(answer: Callable[..., AWSResponse]) -> tuple[Sight, list[str]]:
    """Look over the wire at a bucket whose region the listing does not tell."""

    def answered(request: Any, **more: Any) -> AWSResponse:
        url = str(request.url)
        if "location" in url:
            return answer(request, **more)
        if "one" in url:
            return http(b"<Error><Code>AccessDenied</Code></Error>", 403)(request, **more)
        return http(LISTED.encode(), content_type="application/xml")(request, **more)

    asks, sent = wired(BUCKET.calls(), answered)
    scope = Scope(ACCOUNT, GLOBAL_REGION, BUCKET.name)
    sight = look(BUCKET, Reader(scope, HOME, "aws", asks, Ticking(), 60))
    return sight, [str(request.url) for request in sent]


@pytest.mark.parametrize(
    ("constraint", "region"),
    [("", "us-east-1"), ("EU", "eu-west-1"), ("eu-central-1", "eu-central-1")],
)
def test_an_endpoint_that_tells_no_region_is_asked_once_for_each_bucket(
    constraint: str, region: str
):
    answer = http(LOCATED.format(constraint).encode(), content_type="application/xml")
    sight, urls = _located(answer)
    assert sight.bodies[0].config["BucketRegion"] == region
    assert sum("location" in url for url in urls) == 1
    where = "s3.amazonaws.com" if region == "us-east-1" else f"s3.{region}.amazonaws.com"
    assert all(where in url for url in urls[2:])


def test_a_bucket_whose_region_may_not_be_asked_for_makes_the_listing_missed():
    denied = http(b"<Error><Code>AccessDenied</Code></Error>", 403, "application/xml")
    sight, _ = _located(denied)
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)


def test_a_bucket_in_no_region_that_there_can_be_makes_the_listing_missed():
    nonsense = http(LOCATED.format("text").encode(), content_type="application/xml")
    sight, _ = _located(nonsense)
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.FAILED)


def test_a_bucket_that_is_deleted_before_its_region_is_asked_for_is_no_bucket():
    gone = http(b"<Error><Code>NoSuchBucket</Code></Error>", 404, "application/xml")
    sight, _ = _located(gone)
    assert (sight.coverage.outcome, sight.bodies) == (Outcome.COMPLETE, ())
