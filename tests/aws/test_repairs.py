"""What moto gets wrong or lacks, shown; and that its mended AWS answers as AWS does.

Where the first half of a test fails, moto has learned to tell the truth: then its repair must go.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from driftkeeper.domain.clock import SystemClock
from tests.aws import LOADER, no_aws_environment as no_aws_environment
from tests.aws.moto import ACCOUNT, REPAIRS, Moto, running
from tests.aws.repairs.asked import Row, State

pytestmark = pytest.mark.slow

REGION, HOME = "eu-west-1", "us-east-1"
NOW = datetime(2026, 7, 1, 3, tzinfo=UTC)
OPEN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@pytest.fixture
def moto(no_aws_environment: None) -> Iterator[Moto]:
    with running(NOW) as moto:
        yield moto


def plain(service: str, region: str = REGION) -> Any:
    """A client of moto as it is."""
    session = boto3.Session("testing", "testing")
    session._session.register_component("data_loader", LOADER)
    return session.client(service, region_name=region)


def code(ask: Callable[..., Any], **params: Any) -> str:
    """The code of the error that a call is answered with."""
    with pytest.raises(ClientError) as caught:
        ask(**params)
    return str(caught.value.response["Error"]["Code"])


def answer(ask: Callable[..., Any], **params: Any) -> Row:
    """What a call answers."""
    found: Row = ask(**params)
    found.pop("ResponseMetadata")
    return found


def missing(ask: Callable[..., Any], **params: Any) -> None:
    """Assert that moto has nothing for this call."""
    with pytest.raises((NotImplementedError, ClientError)) as caught:
        ask(**params)
    if isinstance(caught.value, ClientError):
        assert caught.value.response["Error"]["Code"] == "404"


def _report(client: Any) -> tuple[bytes, list[dict[str, str]], datetime]:
    while client.generate_credential_report()["State"] != "COMPLETE":
        pass
    found = client.get_credential_report()
    text = found["Content"]
    return text, list(csv.DictReader(io.StringIO(text.decode()))), found["GeneratedTime"]


class TestIam:
    def test_the_report_has_the_root_user_and_is_as_of_now(self, moto: Moto):
        iam, mended = plain("iam"), moto.client("iam", REGION)
        for name in ("zoe", "Adam"):
            iam.create_user(UserName=name)
        iam.create_access_key(UserName="zoe")
        text, rows, made = _report(iam)
        assert [row["user"] for row in rows] == ["zoe", "Adam"]
        assert (made.year, text[-1:]) == (2015, b"\n")
        assert rows[1]["password_last_used"] == "not_supported"
        assert rows[0]["access_key_1_last_rotated"].endswith("+00:00")

        moto.state.root.keys = (False,)
        text, rows, made = _report(mended)
        assert [row["user"] for row in rows] == ["<root_account>", "Adam", "zoe"]
        assert (made, text[-1:] == b"\n") == (NOW, False)
        root, adam, zoe = rows
        assert root["arn"] == f"arn:aws:iam::{ACCOUNT}:root"
        assert (root["mfa_active"], root["access_key_1_active"]) == ("true", "false")
        assert root["password_next_rotation"] == "not_supported"
        assert {value for value in adam.values() if value == "not_supported"} == set()
        assert (adam["password_last_used"], adam["password_last_changed"]) == ("N/A", "N/A")
        assert zoe["access_key_1_last_rotated"].endswith("Z")

    def test_the_report_is_kept_for_four_hours(self, moto: Moto):
        iam, mended = plain("iam"), moto.client("iam", REGION)
        clock = [NOW]
        moto.state.now = lambda: clock[0]
        _report(mended)
        iam.create_user(UserName="late")
        assert len(_report(iam)[1]) == 1

        clock[0] = NOW + timedelta(hours=3, minutes=59)
        _, rows, made = _report(mended)
        assert (len(rows), made) == (1, NOW)
        clock[0] = NOW + timedelta(hours=4)
        _, rows, made = _report(mended)
        assert (len(rows), made) == (2, clock[0])

    def test_the_sweep_names_its_policies(self, moto: Moto):
        iam, mended = plain("iam"), moto.client("iam", REGION)
        made = iam.create_policy(PolicyName="p", PolicyDocument=json.dumps(OPEN))["Policy"]
        (lie,) = iam.get_account_authorization_details()["Policies"]
        assert {"PolicyName", "PolicyId"} & lie.keys() == set()

        (row,) = mended.get_account_authorization_details()["Policies"]
        assert (row["PolicyName"], row["PolicyId"]) == ("p", made["PolicyId"])
        assert row["PermissionsBoundaryUsageCount"] == 0
        assert row["PolicyVersionList"][0]["Document"] == OPEN

    def test_the_sweep_comes_in_pages_across_its_lists(self, moto: Moto):
        iam, mended = plain("iam"), moto.client("iam", REGION)
        for number in range(3):
            iam.create_user(UserName=f"u{number}")
            iam.create_group(GroupName=f"g{number}")
        lie = iam.get_account_authorization_details(MaxItems=2)
        assert (len(lie["UserDetailList"]), lie["IsTruncated"]) == (3, False)

        pages = [*mended.get_paginator("get_account_authorization_details").paginate()]
        sizes = [(len(p["UserDetailList"]), len(p["GroupDetailList"])) for p in pages]
        assert sizes == [(2, 0), (1, 1), (0, 2)]
        assert [p["IsTruncated"] for p in pages] == [True, True, False]
        users = [row["UserName"] for p in pages for row in p["UserDetailList"]]
        assert users == ["u0", "u1", "u2"]

    def test_the_summary_tells_of_the_root_user(self, moto: Moto):
        lie = plain("iam").get_account_summary()["SummaryMap"]
        assert (lie["AccountMFAEnabled"], lie["AccountAccessKeysPresent"]) == (0, 0)
        assert ("AccountPasswordPresent" in lie, lie["MFADevicesInUse"]) == (False, 0)

        moto.state.root.keys = (True,)
        told = moto.client("iam", REGION).get_account_summary()["SummaryMap"]
        assert [told[name] for name in ("AccountMFAEnabled", "AccountAccessKeysPresent")] == [1, 1]
        assert (told["AccountPasswordPresent"], told["MFADevicesInUse"]) == (1, 1)
        assert told["Users"] == lie["Users"]

    def test_passwords_that_never_expire_have_no_age(self, moto: Moto):
        iam, mended = plain("iam"), moto.client("iam", REGION)
        iam.update_account_password_policy(MinimumPasswordLength=14)
        assert iam.get_account_password_policy()["PasswordPolicy"]["MaxPasswordAge"] == 0
        told = mended.get_account_password_policy()["PasswordPolicy"]
        assert (told["MinimumPasswordLength"], "MaxPasswordAge" in told) == (14, False)

    def test_a_listing_of_devices_tells_no_seed_and_has_the_root_device(self, moto: Moto):
        iam, mended = plain("iam"), moto.client("iam", REGION)
        iam.create_virtual_mfa_device(VirtualMFADeviceName="a")
        (lie,) = iam.list_virtual_mfa_devices(AssignmentStatus="Any")["VirtualMFADevices"]
        assert {"Base32StringSeed", "QRCodePNG"} <= lie.keys()

        moto.state.root.mfa = "virtual"
        own, root = mended.list_virtual_mfa_devices(AssignmentStatus="Any")["VirtualMFADevices"]
        assert own.keys() == {"SerialNumber"}
        assert root["User"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
        free = mended.list_virtual_mfa_devices(AssignmentStatus="Unassigned")
        assert [row["SerialNumber"] for row in free["VirtualMFADevices"]] == [own["SerialNumber"]]

    def test_features_of_the_organisation_are_for_its_management_account(self, moto: Moto):
        missing(plain("iam").list_organizations_features)
        mended = moto.client("iam", REGION)
        refused = "AccountNotManagementOrDelegatedAdministratorException"
        assert code(mended.list_organizations_features) == refused
        moto.state.features = ["RootSessions"]
        assert mended.list_organizations_features()["EnabledFeatures"] == ["RootSessions"]

    def test_service_specific_credentials_are_told_without_their_password(self, moto: Moto):
        missing(plain("iam").list_service_specific_credentials, UserName="a")
        row = {
            "UserName": "a",
            "Status": "Active",
            "ServiceUserName": "a-at-1",
            "CreateDate": NOW,
            "ServiceSpecificCredentialId": "ACCA" + "A" * 16,
            "ServiceName": "codecommit.amazonaws.com",
        }
        moto.state.service_credentials = [row, {**row, "UserName": "b"}]
        mended = moto.client("iam", REGION)
        found = mended.list_service_specific_credentials(UserName="a")
        assert found["ServiceSpecificCredentials"] == [row]


LISTS = [
    ("iam", "list_users", "Users"),
    ("iam", "list_groups", "Groups"),
    ("kms", "list_keys", "Keys"),
    ("kms", "list_aliases", "Aliases"),
    ("ec2", "describe_security_groups", "SecurityGroups"),
    ("ec2", "describe_security_group_rules", "SecurityGroupRules"),
    ("ec2", "describe_network_acls", "NetworkAcls"),
    ("ec2", "describe_managed_prefix_lists", "PrefixLists"),
    ("guardduty", "list_detectors", "DetectorIds"),
]


class TestPaging:
    @pytest.fixture
    def peopled(self, moto: Moto) -> Moto:
        """Three of everything, but of detectors, of which AWS allows one."""
        iam, kms, ec2 = plain("iam"), plain("kms"), plain("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        for n in range(3):
            iam.create_user(UserName=f"u{n}")
            iam.create_group(GroupName=f"g{n}")
            kms.create_key()
            ec2.create_security_group(GroupName=f"g{n}", Description="d")
            ec2.create_network_acl(VpcId=vpc)
        for _ in range(3):
            plain("guardduty").create_detector(Enable=True)
        return moto

    @pytest.mark.parametrize(("service", "operation", "field"), LISTS)
    def test_a_listing_comes_in_pages(
        self, peopled: Moto, service: str, operation: str, field: str
    ):
        """moto answers all at once, whatever page is asked for."""
        client, mended = plain(service), peopled.client(service, REGION)
        size = {"PageSize": 5} if service == "ec2" else {"PageSize": 2}
        pager = client.get_paginator(operation).paginate(PaginationConfig=size)
        whole = [page[field] for page in pager]
        assert len(whole) == 1
        assert len(whole[0]) > 2

        pages = [page[field] for page in mended.get_paginator(operation).paginate()]
        assert {len(page) for page in pages} <= {1, 2}
        assert len(pages) == -(-len(whole[0]) // 2)
        assert sum(map(len, pages)) == len(whole[0])

    def test_fewer_rows_than_a_page_holds_can_be_asked_for(self, peopled: Moto):
        assert len(peopled.client("kms", REGION).list_keys(Limit=1)["Keys"]) == 1

    def test_all_buckets_are_listed_however_small_the_pages(self, moto: Moto):
        s3, mended = plain("s3"), moto.client("s3", REGION)
        for name in ("one-bucket", "two-bucket", "three-bucket"):
            s3.create_bucket(Bucket=name, CreateBucketConfiguration=_in(REGION))
        lie = [*s3.get_paginator("list_buckets").paginate(PaginationConfig={"PageSize": 1})]
        assert [len(page["Buckets"]) for page in lie] == [1]

        pager = mended.get_paginator("list_buckets")
        pages = [*pager.paginate(PaginationConfig={"PageSize": 1})]
        assert sorted(row["Name"] for page in pages for row in page["Buckets"]) == [
            "one-bucket",
            "three-bucket",
            "two-bucket",
        ]
        assert len(pages) == 3


def _in(region: str) -> Any:
    return {"LocationConstraint": region}


class TestS3:
    @pytest.fixture
    def mended(self, moto: Moto) -> Any:
        return moto.client("s3", REGION)

    def test_a_listing_tells_where_buckets_lie_when_any_parameter_is_given(self, mended: Any):
        s3 = plain("s3")
        s3.create_bucket(Bucket="some-bucket", CreateBucketConfiguration=_in(REGION))
        assert "BucketRegion" not in s3.list_buckets(MaxBuckets=1000)["Buckets"][0]
        assert mended.list_buckets(MaxBuckets=1000)["Buckets"][0]["BucketRegion"] == REGION
        assert "BucketRegion" not in mended.list_buckets()["Buckets"][0]

    def test_a_new_bucket_is_encrypted_and_private(self, mended: Any):
        s3 = plain("s3")
        s3.create_bucket(Bucket="old-bucket", CreateBucketConfiguration=_in(REGION))
        unset = "ServerSideEncryptionConfigurationNotFoundError"
        assert code(s3.get_bucket_encryption, Bucket="old-bucket") == unset
        assert code(s3.get_public_access_block, Bucket="old-bucket").startswith("NoSuchPublic")

        mended.create_bucket(Bucket="new-bucket", CreateBucketConfiguration=_in(REGION))
        found = mended.get_bucket_encryption(Bucket="new-bucket")
        (rule,) = found["ServerSideEncryptionConfiguration"]["Rules"]
        assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
        block = mended.get_public_access_block(Bucket="new-bucket")
        assert set(block["PublicAccessBlockConfiguration"].values()) == {True}
        owner = mended.get_bucket_ownership_controls(Bucket="new-bucket")
        assert owner["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]

    def test_mfa_delete_is_kept(self, mended: Any):
        wanted = {"Status": "Enabled", "MFADelete": "Enabled"}
        for client, kept in ((plain("s3"), False), (mended, True)):
            name = f"bucket-{kept}".lower()
            client.create_bucket(Bucket=name, CreateBucketConfiguration=_in(REGION))
            client.put_bucket_versioning(Bucket=name, VersioningConfiguration=wanted, MFA="s 1")
            told = client.get_bucket_versioning(Bucket=name)
            assert (told["Status"], "MFADelete" in told) == ("Enabled", kept)

    def test_an_owner_who_is_expected_must_own_the_bucket(self, mended: Any):
        mended.create_bucket(Bucket="some-bucket", CreateBucketConfiguration=_in(REGION))
        wrong = {"Bucket": "some-bucket", "ExpectedBucketOwner": "999988887777"}
        assert plain("s3").get_bucket_acl(**wrong)
        assert code(mended.get_bucket_acl, **wrong) == "AccessDenied"
        assert mended.get_bucket_acl(Bucket="some-bucket", ExpectedBucketOwner=ACCOUNT)

    def test_a_bucket_answers_in_its_own_region(self, moto: Moto, mended: Any):
        mended.create_bucket(Bucket="some-bucket", CreateBucketConfiguration=_in(REGION))
        assert plain("s3", HOME).get_bucket_acl(Bucket="some-bucket")
        away = moto.client("s3", HOME)
        assert code(away.get_bucket_acl, Bucket="some-bucket") == "PermanentRedirect"

    def test_a_public_policy_is_refused_under_a_block(self, mended: Any):
        mended.create_bucket(Bucket="some-bucket", CreateBucketConfiguration=_in(REGION))
        public = {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::some-bucket/*",
            },
        }
        put = {"Bucket": "some-bucket", "Policy": json.dumps(public)}
        assert plain("s3").put_bucket_policy(**put)
        assert code(mended.put_bucket_policy, **put) == "AccessDenied"

    def test_whether_a_policy_is_public_needs_no_repair(self, mended: Any):
        """Older versions of moto answered an empty status, whatever the policy."""
        s3 = plain("s3")
        s3.create_bucket(Bucket="some-bucket", CreateBucketConfiguration=_in(REGION))
        unset = code(s3.get_bucket_policy_status, Bucket="some-bucket")
        assert unset == "NoSuchBucketPolicy"
        for principal, public in (("*", True), ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, False)):
            statement = {
                "Effect": "Allow",
                "Principal": principal,
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::some-bucket/*",
            }
            policy = {"Version": "2012-10-17", "Statement": [statement]}
            s3.put_bucket_policy(Bucket="some-bucket", Policy=json.dumps(policy))
            told = s3.get_bucket_policy_status(Bucket="some-bucket")
            assert told["PolicyStatus"] == {"IsPublic": public}


class TestKms:
    def test_rotation_is_told_with_its_period_and_its_next_date(self, moto: Moto):
        kms, mended = plain("kms"), moto.client("kms", REGION)
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        mended.enable_key_rotation(KeyId=key, RotationPeriodInDays=200)
        assert answer(kms.get_key_rotation_status, KeyId=key) == {"KeyRotationEnabled": True}

        told = answer(mended.get_key_rotation_status, KeyId=key)
        assert (told["KeyId"], told["RotationPeriodInDays"]) == (key, 200)
        assert told["NextRotationDate"] > SystemClock().now()
        mended.disable_key_rotation(KeyId=key)
        off = {"KeyId": key, "KeyRotationEnabled": False}
        assert answer(mended.get_key_rotation_status, KeyId=key) == off
        mended.enable_key_rotation(KeyId=key)
        assert mended.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 200

    def test_a_key_that_is_to_be_deleted_does_not_rotate(self, moto: Moto):
        kms, mended = plain("kms"), moto.client("kms", REGION)
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.enable_key_rotation(KeyId=key)
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
        assert not mended.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]

    @pytest.mark.parametrize(
        ("spec", "usage"), [("RSA_2048", "SIGN_VERIFY"), ("HMAC_256", "GENERATE_VERIFY_MAC")]
    )
    def test_a_key_that_cannot_rotate_says_so(self, moto: Moto, spec: str, usage: str):
        kms, mended = plain("kms"), moto.client("kms", REGION)
        key = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"]
        assert not kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
        refused = code(mended.get_key_rotation_status, KeyId=key)
        assert refused == "UnsupportedOperationException"

    def test_a_key_tells_its_use_and_its_material(self, moto: Moto):
        kms, mended = plain("kms"), moto.client("kms", REGION)
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        lie = kms.describe_key(KeyId=key)["KeyMetadata"]
        assert {"KeyUsage", "MultiRegion", "CurrentKeyMaterialId"} & lie.keys() == set()

        before = mended.describe_key(KeyId=key)["KeyMetadata"]
        assert (before["KeyUsage"], before["MultiRegion"]) == ("ENCRYPT_DECRYPT", False)
        kms.rotate_key_on_demand(KeyId=key)
        after = mended.describe_key(KeyId=key)["KeyMetadata"]
        assert before["CurrentKeyMaterialId"] != after["CurrentKeyMaterialId"]

    def test_the_key_of_a_service_is_aws_own(self, moto: Moto):
        kms, mended = plain("kms"), moto.client("kms", REGION)
        name = {"KeyId": "alias/aws/s3"}
        assert kms.describe_key(**name)["KeyMetadata"]["KeyManager"] == "CUSTOMER"
        assert mended.describe_key(**name)["KeyMetadata"]["KeyManager"] == "AWS"

    def test_an_alias_has_a_target_only_when_its_key_exists(self, moto: Moto):
        kms, mended = plain("kms"), moto.client("kms", REGION)
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName="alias/mine", TargetKeyId=key)
        lies = kms.list_aliases()["Aliases"]
        assert all("TargetKeyId" in row and "CreationDate" not in row for row in lies)

        pages = mended.get_paginator("list_aliases").paginate()
        told = {row["AliasName"]: row for page in pages for row in page["Aliases"]}
        assert told["alias/mine"]["TargetKeyId"] == key
        assert "CreationDate" in told["alias/mine"]
        assert told["alias/aws/ebs"].keys() == {"AliasName", "AliasArn"}

    def test_a_grant_tells_who_issued_it_and_when(self, moto: Moto):
        kms, mended = plain("kms"), moto.client("kms", REGION)
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        grantee = f"arn:aws:iam::{ACCOUNT}:user/a"
        kms.create_grant(KeyId=key, GranteePrincipal=grantee, Operations=["Decrypt"])
        (lie,) = kms.list_grants(KeyId=key)["Grants"]
        assert {"CreationDate", "IssuingAccount"} & lie.keys() == set()
        (told,) = mended.list_grants(KeyId=key)["Grants"]
        assert told["IssuingAccount"] == f"arn:aws:iam::{ACCOUNT}:root"
        assert "CreationDate" in told

    def test_the_default_policy_needs_no_name(self, moto: Moto):
        kms, mended = plain("kms"), moto.client("kms", REGION)
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        assert code(kms.get_key_policy, KeyId=key) == "NotFoundException"
        assert "kms:*" in mended.get_key_policy(KeyId=key)["Policy"]


class TestEc2:
    def test_only_regions_that_are_on_are_told_unless_all_are_asked_for(self, moto: Moto):
        ec2, mended = plain("ec2"), moto.client("ec2", REGION)
        off = {"not-opted-in"}
        assert off <= {row["OptInStatus"] for row in ec2.describe_regions()["Regions"]}
        on = mended.describe_regions()["Regions"]
        assert {row["OptInStatus"] for row in on} & off == set()
        every = mended.describe_regions(AllRegions=True)["Regions"]
        assert len(every) > len(on)

    def test_addresses_of_rules_are_those_of_networks(self, moto: Moto):
        ec2, mended = plain("ec2"), moto.client("ec2", REGION)
        group = ec2.create_security_group(GroupName="g", Description="d")["GroupId"]
        rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2}
        rule |= {"IpRanges": [{"CidrIp": "10.1.2.3/8"}], "Ipv6Ranges": [{"CidrIpv6": "2001::1/16"}]}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
        assert _cidrs(ec2, group) == ({"10.1.2.3/8", "2001::1/16"}, {"10.1.2.3/8", "2001::1/16"})
        assert _cidrs(mended, group) == ({"10.0.0.0/8", "2001::/16"}, {"10.0.0.0/8", "2001::/16"})

    def test_a_rule_has_an_arn_and_tells_whose_its_group_is(self, moto: Moto):
        lie = plain("ec2").describe_security_group_rules()["SecurityGroupRules"][0]
        assert {"SecurityGroupRuleArn", "GroupOwnerId"} & lie.keys() == set()
        mended = moto.client("ec2", REGION)
        told = mended.describe_security_group_rules()["SecurityGroupRules"][0]
        assert told["GroupOwnerId"] == ACCOUNT
        assert told["SecurityGroupRuleArn"].endswith(told["SecurityGroupRuleId"])

    def test_the_block_of_public_access_is_told(self, moto: Moto):
        missing(plain("ec2").describe_vpc_block_public_access_options)
        mended = moto.client("ec2", REGION)
        asked = mended.describe_vpc_block_public_access_options
        assert asked()["VpcBlockPublicAccessOptions"]["InternetGatewayBlockMode"] == "off"
        moto.state.block_public_access[REGION] = "block-bidirectional"
        options = asked()["VpcBlockPublicAccessOptions"]
        assert options["InternetGatewayBlockMode"] == "block-bidirectional"

    def test_that_nothing_is_excluded_from_the_block_is_told(self, moto: Moto):
        missing(plain("ec2").describe_vpc_block_public_access_exclusions)
        asked = moto.client("ec2", REGION).describe_vpc_block_public_access_exclusions
        assert asked()["VpcBlockPublicAccessExclusions"] == []


def _cidrs(ec2: Any, group: str) -> tuple[set[str], set[str]]:
    """The addresses of a group's rules, by both views."""
    (found,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    permissions = found["IpPermissions"]
    by_group = {r["CidrIp"] for p in permissions for r in p["IpRanges"]}
    by_group |= {r["CidrIpv6"] for p in permissions for r in p["Ipv6Ranges"]}
    filters = [{"Name": "group-id", "Values": [group]}]
    pages = ec2.get_paginator("describe_security_group_rules").paginate(Filters=filters)
    rules = [row for page in pages for row in page["SecurityGroupRules"] if not row["IsEgress"]]
    return by_group, {row.get("CidrIpv4") or row["CidrIpv6"] for row in rules}


class TestCloudTrail:
    @pytest.fixture
    def trails(self, moto: Moto) -> Any:
        plain("s3").create_bucket(Bucket="trail-bucket", CreateBucketConfiguration=_in(REGION))
        trails = plain("cloudtrail")
        trails.create_trail(Name="main", S3BucketName="trail-bucket")
        return trails

    def test_a_new_trail_logs_management_events(self, moto: Moto, trails: Any):
        assert trails.get_event_selectors(TrailName="main")["EventSelectors"] == []
        mended = moto.client("cloudtrail", REGION)
        (told,) = mended.get_event_selectors(TrailName="main")["EventSelectors"]
        assert (told["ReadWriteType"], told["IncludeManagementEvents"]) == ("All", True)
        assert not mended.describe_trails()["trailList"][0]["HasCustomEventSelectors"]

    def test_a_trail_says_that_its_selectors_are_its_own(self, moto: Moto, trails: Any):
        selector = {"ReadWriteType": "WriteOnly"}
        trails.put_event_selectors(TrailName="main", EventSelectors=[selector])
        assert not trails.describe_trails()["trailList"][0]["HasCustomEventSelectors"]
        assert trails.get_event_selectors(TrailName="main")["EventSelectors"] == [selector]

        mended = moto.client("cloudtrail", REGION)
        assert mended.describe_trails()["trailList"][0]["HasCustomEventSelectors"]
        (told,) = mended.get_event_selectors(TrailName="main")["EventSelectors"]
        assert (told["ReadWriteType"], told["IncludeManagementEvents"]) == ("WriteOnly", True)

    def test_a_trail_with_advanced_selectors_has_no_others(self, moto: Moto, trails: Any):
        fields = [{"Field": "eventCategory", "Equals": ["Management"]}]
        chosen = [{"Name": "all", "FieldSelectors": fields}]
        trails.put_event_selectors(TrailName="main", AdvancedEventSelectors=chosen)
        assert "EventSelectors" in trails.get_event_selectors(TrailName="main")
        told = moto.client("cloudtrail", REGION).get_event_selectors(TrailName="main")
        assert (told["AdvancedEventSelectors"], "EventSelectors" in told) == (chosen, False)

    def test_a_trail_without_insights_says_so(self, moto: Moto, trails: Any):
        assert answer(trails.get_insight_selectors, TrailName="main").keys() == {"TrailARN"}
        mended = moto.client("cloudtrail", REGION)
        refused = code(mended.get_insight_selectors, TrailName="main")
        assert refused == "InsightNotEnabledException"
        trails.put_insight_selectors(
            TrailName="main", InsightSelectors=[{"InsightType": "ApiCallRateInsight"}]
        )
        assert mended.get_insight_selectors(TrailName="main")["InsightSelectors"]
        assert mended.describe_trails()["trailList"][0]["HasInsightSelectors"]

    def test_what_never_happened_is_not_told(self, moto: Moto, trails: Any):
        assert trails.get_trail_status(Name="main")["TimeLoggingStopped"] == ""
        told = moto.client("cloudtrail", REGION).get_trail_status(Name="main")
        assert (told["IsLogging"], "TimeLoggingStopped" in told) == (False, False)

    def test_events_can_be_looked_up(self, moto: Moto):
        missing(plain("cloudtrail").lookup_events)
        mended = moto.client("cloudtrail", REGION)
        moto.state.events[REGION] = [
            {"EventId": str(n), "EventName": name, "EventTime": NOW + timedelta(minutes=n)}
            for n, name in enumerate(("StopLogging", "CreateUser", "StopLogging", "StopLogging"))
        ]
        attribute = {"AttributeKey": "EventName", "AttributeValue": "StopLogging"}
        pages = [
            *mended.get_paginator("lookup_events").paginate(
                LookupAttributes=[attribute], StartTime=NOW, EndTime=NOW + timedelta(minutes=9)
            )
        ]
        assert [[row["EventId"] for row in page["Events"]] for page in pages] == [["3", "2"], ["0"]]
        assert mended.lookup_events(EndTime=NOW - timedelta(1))["Events"] == []
        two = [attribute, attribute]
        refused = code(mended.lookup_events, LookupAttributes=two)
        assert refused == "InvalidLookupAttributesException"

    def test_public_keys_are_those_of_the_time_asked_for(self, moto: Moto):
        missing(plain("cloudtrail").list_public_keys)
        mended = moto.client("cloudtrail", REGION)
        moto.state.public_keys[REGION] = [
            {
                "Value": b"der",
                "Fingerprint": f"{n}" * 32,
                "ValidityStartTime": NOW + timedelta(days=20 * n),
                "ValidityEndTime": NOW + timedelta(days=20 * n + 30),
            }
            for n in range(3)
        ]
        end = NOW + timedelta(days=25)
        found = mended.list_public_keys(StartTime=NOW.isoformat(), EndTime=end)
        assert [row["Fingerprint"][0] for row in found["PublicKeyList"]] == ["0", "1"]


class TestGuardDuty:
    def test_a_region_has_one_detector(self, moto: Moto):
        gd, mended = plain("guardduty"), moto.client("guardduty", REGION)
        gd.create_detector(Enable=True)
        gd.create_detector(Enable=True)
        assert len(gd.list_detectors()["DetectorIds"]) == 2
        assert code(mended.create_detector, Enable=True) == "BadRequestException"
        assert moto.client("guardduty", HOME).create_detector(Enable=True)["DetectorId"]

    def test_a_detector_has_its_foundational_features(self, moto: Moto):
        gd, mended = plain("guardduty"), moto.client("guardduty", REGION)
        own = {"Name": "S3_DATA_EVENTS", "Status": "DISABLED"}
        one = gd.create_detector(Enable=True, Features=[own])["DetectorId"]
        lie = gd.get_detector(DetectorId=one)
        assert [row["Name"] for row in lie["Features"]] == ["S3_DATA_EVENTS"]
        assert lie["DataSources"]["CloudTrail"]["Status"] == "DISABLED"

        told = mended.get_detector(DetectorId=one)
        assert {row["Name"]: row["Status"] for row in told["Features"]} == {
            "CLOUD_TRAIL": "ENABLED",
            "DNS_LOGS": "ENABLED",
            "FLOW_LOGS": "ENABLED",
            "S3_DATA_EVENTS": "DISABLED",
        }
        assert told["DataSources"]["CloudTrail"]["Status"] == "ENABLED"

    def test_filters_are_listed_and_have_an_action(self, moto: Moto):
        gd, mended = plain("guardduty"), moto.client("guardduty", REGION)
        one = gd.create_detector(Enable=True)["DetectorId"]
        criteria = {"Criterion": {"severity": {"GreaterThanOrEqual": 4}}}
        for name in ("one", "two", "three"):
            gd.create_filter(DetectorId=one, Name=name, FindingCriteria=criteria)
        missing(gd.list_filters, DetectorId=one)
        assert "Action" not in gd.get_filter(DetectorId=one, FilterName="one")

        pages = [*mended.get_paginator("list_filters").paginate(DetectorId=one)]
        assert [page["FilterNames"] for page in pages] == [["one", "three"], ["two"]]
        assert mended.get_filter(DetectorId=one, FilterName="one")["Action"] == "NOOP"

    def test_findings_are_found_by_what_they_are_and_counted(self, moto: Moto):
        gd, mended = plain("guardduty"), moto.client("guardduty", REGION)
        one = gd.create_detector(Enable=True)["DetectorId"]
        missing(gd.list_findings, DetectorId=one)
        missing(gd.get_findings, DetectorId=one, FindingIds=["f0"])
        missing(gd.get_findings_statistics, DetectorId=one, GroupBy="SEVERITY")

        moto.state.detected[REGION] = [finding(n, archived=n == 0) for n in range(4)]
        assert _ids(mended, one, **{"service.archived": {"Equals": ["true"]}}) == [["f0"]]
        archived = {"service.archived": {"Equals": ["false"]}}
        assert _ids(mended, one, **archived) == [["f1", "f2"], ["f3"]]
        since = int((NOW + timedelta(days=2)).timestamp() * 1000)
        assert _ids(mended, one, updatedAt={"GreaterThanOrEqual": since}) == [["f2", "f3"]]
        found = mended.get_findings(DetectorId=one, FindingIds=["f3", "nosuch"])["Findings"]
        assert [row["Id"] for row in found] == ["f3"]
        many = [f"f{n}" for n in range(51)]
        assert code(mended.get_findings, DetectorId=one, FindingIds=many) == "BadRequestException"
        counted = mended.get_findings_statistics(
            DetectorId=one, GroupBy="SEVERITY", FindingCriteria={"Criterion": archived}
        )
        groups = counted["FindingStatistics"]["GroupedBySeverity"]
        assert groups == [{"Severity": 8.0, "TotalFindings": 3}]


def _ids(client: Any, detector: str, **criteria: Any) -> list[list[str]]:
    pages = client.get_paginator("list_findings").paginate(
        DetectorId=detector, FindingCriteria={"Criterion": criteria}
    )
    return [page["FindingIds"] for page in pages]


def finding(number: int, archived: bool = False) -> Row:
    """A finding of GuardDuty, updated so many days after the first."""
    moment = f"{NOW + timedelta(days=number):%Y-%m-%dT%H:%M:%S.000Z}"
    return {
        "AccountId": ACCOUNT,
        "Arn": f"arn:aws:guardduty:{REGION}:{ACCOUNT}:detector/d/finding/f{number}",
        "CreatedAt": moment,
        "Id": f"f{number}",
        "Region": REGION,
        "Resource": {"ResourceType": "AccessKey"},
        "SchemaVersion": "2.0",
        "Service": {"Archived": archived, "Count": 1, "EventLastSeen": moment},
        "Severity": 8.0,
        "Title": "t",
        "Type": "Recon:IAMUser/MaliciousIPCaller",
        "UpdatedAt": moment,
    }


class TestAccessAnalyzer:
    """moto has nothing of it at all."""

    @pytest.fixture
    def analyzers(self, moto: Moto) -> dict[str, Row]:
        arn = f"arn:aws:access-analyzer:{REGION}:{ACCOUNT}:analyzer/"
        made = {
            name: {
                "arn": arn + name,
                "name": name,
                "type": kind,
                "createdAt": NOW,
                "status": "ACTIVE",
                "configuration": {"unusedAccess": {"unusedAccessAge": 90}},
            }
            for name, kind in (("external", "ACCOUNT"), ("unused", "ACCOUNT_UNUSED_ACCESS"))
        }
        moto.state.analyzers[REGION] = [*made.values()]
        row = {
            "resourceType": "AWS::S3::Bucket",
            "resourceOwnerAccount": ACCOUNT,
            "status": "ACTIVE",
            "createdAt": NOW,
            "analyzedAt": NOW,
            "updatedAt": NOW,
        }
        public = {"principal": {"AWS": "*"}, "condition": {}, "isPublic": True}
        moto.state.findings[arn + "external"] = [
            {**row, **public, "id": f"e{n}", "status": status}
            for n, status in enumerate(("ACTIVE", "ACTIVE", "ARCHIVED"))
        ]
        details = [{"unusedIamRoleDetails": {"lastAccessed": NOW}}]
        moto.state.findings[arn + "unused"] = [
            {**row, "id": "u0", "findingType": "UnusedIAMRole", "findingDetails": details}
        ]
        moto.state.rules["external"] = [
            {"ruleName": "r", "filter": {}, "createdAt": NOW, "updatedAt": NOW}
        ]
        return made

    @pytest.fixture
    def mended(self, moto: Moto) -> Any:
        return moto.client("accessanalyzer", REGION)

    def test_moto_knows_none_of_it(self, moto: Moto):
        client = plain("accessanalyzer")
        missing(client.list_analyzers)
        missing(client.list_findings, analyzerArn="arn:aws:x")
        missing(client.get_analyzer, analyzerName="a")

    def test_analyzers_are_listed_and_told_in_full_one_by_one(
        self, mended: Any, analyzers: dict[str, Row]
    ):
        listed = mended.list_analyzers()["analyzers"]
        assert [row["name"] for row in listed] == ["external", "unused"]
        assert all("configuration" not in row for row in listed)
        (external,) = mended.list_analyzers(type="ACCOUNT")["analyzers"]
        assert external["name"] == "external"
        told = mended.get_analyzer(analyzerName="unused")["analyzer"]
        assert told == analyzers["unused"]
        assert code(mended.get_analyzer, analyzerName="x") == "ResourceNotFoundException"
        assert mended.list_archive_rules(analyzerName="external")["archiveRules"]

    def test_the_first_version_is_for_external_access_only(
        self, mended: Any, analyzers: dict[str, Row]
    ):
        arn = analyzers["external"]["arn"]
        pages = [*mended.get_paginator("list_findings").paginate(analyzerArn=arn)]
        assert [len(page["findings"]) for page in pages] == [2, 1]
        refused = code(mended.list_findings, analyzerArn=analyzers["unused"]["arn"])
        assert refused == "ValidationException"

    def test_the_second_version_tells_details_one_by_one(
        self, mended: Any, analyzers: dict[str, Row]
    ):
        arn = analyzers["unused"]["arn"]
        (row,) = mended.list_findings_v2(analyzerArn=arn)["findings"]
        assert "findingDetails" not in row
        told = mended.get_finding_v2(analyzerArn=arn, id="u0")
        assert told["findingDetails"] == [{"unusedIamRoleDetails": {"lastAccessed": NOW}}]
        lost = code(mended.get_finding_v2, analyzerArn=arn, id="x")
        assert lost == "ResourceNotFoundException"

    def test_findings_are_counted(self, mended: Any, analyzers: dict[str, Row]):
        found = mended.get_findings_statistics(analyzerArn=analyzers["external"]["arn"])
        (counted,) = found["findingsStatistics"]
        assert counted["externalAccessFindingsStatistics"] == {
            "totalActiveFindings": 2,
            "totalArchivedFindings": 1,
            "totalResolvedFindings": 0,
        }


def test_no_answer_is_given_that_the_service_model_does_not_allow(moto: Moto):
    """So no double can drift away from what AWS may answer."""
    moto.state.analyzers[REGION] = [{"arn": "a", "name": "n", "type": "ACCOUNT"}]
    with pytest.raises(AssertionError, match="createdAt"):
        moto.client("accessanalyzer", REGION).list_analyzers()
    moto.state.analyzers[REGION] = [{"arn": 1, "type": "ACCOUNT"}]
    with pytest.raises(AssertionError, match="ListAnalyzers"):
        moto.client("accessanalyzer", REGION).list_analyzers()


def test_every_repair_is_of_an_operation_that_there_is(moto: Moto):
    for service, repairs in REPAIRS.items():
        known = plain(service).meta.service_model.operation_names
        assert {*repairs.ANSWERS, *repairs.MENDS} <= {*known}


def test_what_is_asked_is_kept_as_it_was_asked(moto: Moto):
    moto.client("kms", REGION).list_keys(Limit=7)
    ((service, asked),) = moto.asked
    assert (service, asked.operation, asked.params) == ("kms", "ListKeys", {"Limit": 7})
    assert State(ACCOUNT).now().tzinfo is UTC
