"""A small account in good health, recorded: every declared operation is asked, every listing has pages."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from driftkeeper.collect.recording import file_name
from driftkeeper.domain.canonical import plain
from driftkeeper.domain.types import GLOBAL_REGION
from tests.aws.digests import TrailBucket, fingerprint, public_der

ACCOUNT = "111122223333"
REGION = "eu-west-1"
LOGS = "logs"
"""The bucket of the trails."""

MANY = 3
"""One more than a replayed page holds."""

_IAM = f"arn:aws:iam::{ACCOUNT}"
_TIME = "2026-01-02T03:04:05Z"
_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}],
}


def write(folder: Path) -> None:
    """Write the recording of the account into a folder."""
    for name, answer in {**_iam(), **_s3()}.items():
        _save(folder, GLOBAL_REGION, name, answer)
    for name, answer in {**_ec2(), **_kms(), **_cloudtrail()}.items():
        _save(folder, REGION, name, answer)
    for name, answer in {**_accessanalyzer(), **_guardduty()}.items():
        _save(folder, REGION, name, answer)
    for name, answer in {**_account(), **_organizations()}.items():
        _save(folder, GLOBAL_REGION, name, answer)
    for name, answer in _home().items():
        _save(folder, "us-east-1", name, answer)
    for name, answer in _buckets().items():
        _save(folder, REGION, name, answer)
    meta = {"regions": [REGION], "organization": True}
    (folder / ACCOUNT / "meta.json").write_text(json.dumps(meta), encoding="utf-8")


def _save(folder: Path, region: str, name: str, answer: dict[str, Any]) -> None:
    path = folder / ACCOUNT / region / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(answer), encoding="utf-8")


def _name(call: str, **params: str) -> str:
    service, operation = call.split(".")
    return file_name(service, operation, params)


def _user(number: int) -> dict[str, Any]:
    name = f"user{number}"
    return {
        "UserName": name,
        "UserId": f"AIDA{number:016}",
        "Arn": f"{_IAM}:user/{name}",
        "Path": "/",
        "CreateDate": _TIME,
        "GroupList": ["readers"],
        "AttachedManagedPolicies": [
            {"PolicyName": "p", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
        ],
        "UserPolicyList": [{"PolicyName": "inline", "PolicyDocument": _POLICY}],
        "Tags": [{"Key": "team", "Value": "a"}],
    }


def _iam() -> dict[str, dict[str, Any]]:
    users = [_user(n) for n in range(MANY)]
    return {**_sweep(users), **_report(users), **_devices(users), **_keys(users), **_providers()}


def _sweep(users: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    attached = users[0]["AttachedManagedPolicies"]
    inline = [{"PolicyName": "inline", "PolicyDocument": _POLICY}]
    common = {"Path": "/", "CreateDate": _TIME, "AttachedManagedPolicies": attached}
    groups = [
        {
            **common,
            "GroupName": f"group{n}",
            "GroupId": f"AGPA{n:016}",
            "Arn": f"{_IAM}:group/group{n}",
            "GroupPolicyList": inline,
        }
        for n in range(MANY)
    ]
    roles = [
        {
            **common,
            "RoleName": f"role{n}",
            "RoleId": f"AROA{n:016}",
            "Arn": f"{_IAM}:role/role{n}",
            "AssumeRolePolicyDocument": _POLICY,
            "RolePolicyList": inline,
            "InstanceProfileList": [],
            "RoleLastUsed": {"LastUsedDate": _TIME, "Region": REGION},
        }
        for n in range(MANY)
    ]
    policies = [
        {
            "PolicyName": f"policy{n}",
            "PolicyId": f"ANPA{n:016}",
            "Arn": f"{_IAM}:policy/policy{n}",
            "Path": "/",
            "DefaultVersionId": "v1",
            "AttachmentCount": 1,
            "IsAttachable": True,
            "CreateDate": _TIME,
            "UpdateDate": _TIME,
            "PolicyVersionList": [
                {
                    "Document": _POLICY,
                    "VersionId": "v1",
                    "IsDefaultVersion": True,
                    "CreateDate": _TIME,
                }
            ],
        }
        for n in range(MANY)
    ]
    settings = ("Path", "RoleName", "RoleId", "Arn", "CreateDate")
    listed = [{**{k: r[k] for k in settings}, "MaxSessionDuration": 3600} for r in roles]
    return {
        "iam.GetAccountAuthorizationDetails.json": {
            "UserDetailList": users,
            "GroupDetailList": groups,
            "RoleDetailList": roles,
            "Policies": policies,
            "IsTruncated": False,
        },
        "iam.ListRoles.json": {"Roles": listed, "IsTruncated": False},
    }


def _report(users: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    columns = "user,arn,user_creation_time,password_enabled,mfa_active,access_key_1_active"
    columns += ",access_key_1_last_rotated,access_key_1_last_used_date"
    rows = [f"<root_account>,{_IAM}:root,{_TIME},true,true,false,N/A,N/A"]
    rows += [f"{u['UserName']},{u['Arn']},{_TIME},true,true,true,{_TIME},N/A" for u in users]
    report = "\n".join([columns, *rows]).encode()
    return {
        "iam.GenerateCredentialReport.json": {"State": "COMPLETE"},
        "iam.GetCredentialReport.json": {
            "Content": {"$bytes": base64.b64encode(report).decode()},
            "GeneratedTime": "2026-07-01T01:00:00Z",
            "ReportFormat": "text/csv",
        },
    }


def _devices(users: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the devices of root and of users: virtual ones of the first, other ones of the others."""
    named = ("Path", "UserName", "UserId", "Arn", "CreateDate")
    owner = {name: users[0][name] for name in named}
    root = {**owner, "UserName": "root", "Arn": f"{_IAM}:root"}
    virtual = [
        {"SerialNumber": f"{_IAM}:mfa/{n}", "EnableDate": _TIME, "User": owner} for n in range(MANY)
    ]
    virtual.append({"SerialNumber": f"{_IAM}:mfa/root", "EnableDate": _TIME, "User": root})
    others = {
        user["UserName"]: [
            {
                "UserName": user["UserName"],
                "SerialNumber": f"{user['UserName']}-key{n}",
                "EnableDate": _TIME,
            }
            for n in range(MANY)
        ]
        for user in users[1:]
    }
    answers = {
        _name("iam.ListMFADevices", UserName=name): {"MFADevices": found, "IsTruncated": False}
        for name, found in others.items()
    }
    summary = {
        **dict.fromkeys(("Users", "Groups", "Roles", "Policies", "ServerCertificates"), MANY),
        "MFADevicesInUse": len(virtual) + MANY * len(others),
        "AccountMFAEnabled": 1,
        "AccountAccessKeysPresent": 0,
        "AccountPasswordPresent": 1,
        "AccountSigningCertificatesPresent": 0,
        "GlobalEndpointTokenVersion": 2,
    }
    return {
        "iam.ListVirtualMFADevices.json": {"VirtualMFADevices": virtual, "IsTruncated": False},
        **answers,
        "iam.GetAccountSummary.json": {"SummaryMap": summary},
    }


def _keys(users: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found = {
        user["UserName"]: [
            {
                "UserName": user["UserName"],
                "AccessKeyId": f"AKIA{user['UserName'].upper()}{n:012}",
                "Status": "Active",
                "CreateDate": _TIME if n == 0 else "2025-05-05T05:05:05Z",
            }
            for n in range(MANY)
        ]
        for user in users
    }
    credentials = [
        {
            "UserName": users[0]["UserName"],
            "Status": "Active",
            "CreateDate": _TIME,
            "ServiceSpecificCredentialId": f"ACCA{n:016}",
            "ServiceName": "codecommit.amazonaws.com",
        }
        for n in range(MANY)
    ]
    return {
        **{
            _name("iam.ListAccessKeys", UserName=name): {"AccessKeyMetadata": keys}
            for name, keys in found.items()
        },
        _name("iam.ListServiceSpecificCredentials", UserName=users[0]["UserName"]): {
            "ServiceSpecificCredentials": credentials
        },
        "iam.ListServiceSpecificCredentials.json": {"ServiceSpecificCredentials": []},
    }


def _providers() -> dict[str, dict[str, Any]]:
    oidc = f"{_IAM}:oidc-provider/token.example.com"
    certificates = [
        {
            "Path": "/",
            "ServerCertificateName": f"certificate{n}",
            "ServerCertificateId": f"ASCA{n:016}",
            "Arn": f"{_IAM}:server-certificate/certificate{n}",
            "UploadDate": _TIME,
            "Expiration": "2027-01-02T03:04:05Z",
        }
        for n in range(MANY)
    ]
    return {
        "iam.ListSAMLProviders.json": {
            "SAMLProviderList": [{"Arn": f"{_IAM}:saml-provider/idp", "CreateDate": _TIME}]
        },
        "iam.ListOpenIDConnectProviders.json": {"OpenIDConnectProviderList": [{"Arn": oidc}]},
        "iam.GetOpenIDConnectProvider.json": {
            "Url": "token.example.com",
            "ClientIDList": ["sts.amazonaws.com"],
            "ThumbprintList": ["a" * 40],
            "CreateDate": _TIME,
        },
        "iam.ListServerCertificates.json": {"ServerCertificateMetadataList": certificates},
        "iam.GetAccountPasswordPolicy.json": {
            "PasswordPolicy": {
                "MinimumPasswordLength": 14,
                "RequireSymbols": True,
                "ExpirePasswords": False,
            }
        },
        "iam.ListOrganizationsFeatures.json": {
            "OrganizationId": "o-abcdefghij",
            "EnabledFeatures": ["RootCredentialsManagement"],
        },
    }


def _s3() -> dict[str, dict[str, Any]]:
    switches = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    return {
        "s3control.GetPublicAccessBlock.json": {
            "PublicAccessBlockConfiguration": dict.fromkeys(switches, True)
        }
    }


def _account() -> dict[str, dict[str, Any]]:
    """What is account-wide besides IAM; one bucket's region must be asked for."""
    buckets = [
        {"Name": name, "CreationDate": _TIME, **({"BucketRegion": REGION} if n else {})}
        for n, name in enumerate((LOGS, *(f"bucket{n}" for n in range(1, MANY))))
    ]
    return {
        "iam.ListAccountAliases.json": {
            "AccountAliases": [f"alias{n}" for n in range(MANY)],
            "IsTruncated": False,
        },
        "s3.ListBuckets.json": {"Buckets": buckets},
    }


def _home() -> dict[str, dict[str, Any]]:
    """What is asked in the home region, where nothing else is collected."""
    on = {"OptInStatus": "opt-in-not-required"}
    names = (REGION, "us-east-1", "us-west-2")
    return {
        "ec2.DescribeRegions.json": {"Regions": [{"RegionName": name, **on} for name in names]},
        "s3.GetBucketLocation.json": {"LocationConstraint": REGION},
    }


def _buckets() -> dict[str, dict[str, Any]]:
    switches = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    owner = {"ID": "c" * 64}
    grant = {"Grantee": {"Type": "CanonicalUser", **owner}, "Permission": "FULL_CONTROL"}
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": f"{_IAM}:root"}, "Action": "s3:*"}
            | {"Resource": "arn:aws:s3:::logs/*"}
        ],
    }
    encrypted = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    return {
        "s3.GetPublicAccessBlock.json": {
            "PublicAccessBlockConfiguration": dict.fromkeys(switches, True)
        },
        "s3.GetBucketPolicy.json": {"Policy": json.dumps(policy)},
        "s3.GetBucketPolicyStatus.json": {"PolicyStatus": {"IsPublic": False}},
        "s3.GetBucketAcl.json": {"Owner": owner, "Grants": [grant]},
        "s3.GetBucketOwnershipControls.json": {
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        },
        "s3.GetBucketEncryption.json": {
            "ServerSideEncryptionConfiguration": {"Rules": [encrypted]}
        },
        "s3.GetBucketVersioning.json": {"Status": "Enabled"},
        "s3.GetBucketLogging.json": {
            "LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "x/"}
        },
        "s3.GetObjectLockConfiguration.json": {
            "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}
        },
        "s3.GetBucketTagging.json": {"TagSet": [{"Key": "data", "Value": "customer"}]},
    }


def _organizations() -> dict[str, dict[str, Any]]:
    arn = f"arn:aws:organizations::{ACCOUNT}"
    accounts = [
        {"Id": f"{n:012}", "Arn": f"{arn}:account/o-1/{n:012}", "State": "ACTIVE"}
        for n in range(MANY)
    ]
    units = [{"Id": f"ou-ab12-{n}", "Arn": f"{arn}:ou/o-1/ou-ab12-{n}"} for n in range(MANY)]
    root = {"Id": "r-ab12", "Arn": f"{arn}:root/o-1/r-ab12", "PolicyTypes": []}
    parents = "organizations.ListOrganizationalUnitsForParent"
    return {
        "organizations.DescribeOrganization.json": {
            "Organization": {
                "Id": "o-1",
                "Arn": f"{arn}:organization/o-1",
                "FeatureSet": "ALL",
                "MasterAccountId": ACCOUNT,
            }
        },
        "organizations.ListAccounts.json": {"Accounts": accounts},
        "organizations.ListRoots.json": {
            "Roots": [{**root, "Id": f"r-ab1{n}", "Arn": f"{root['Arn']}{n}"} for n in range(MANY)]
        },
        _name(parents, ParentId="r-ab10"): {"OrganizationalUnits": units},
        f"{parents}.json": {"OrganizationalUnits": []},
        "organizations.ListAccountsForParent.json": {"Accounts": accounts},
        "organizations.ListTagsForResource.json": {
            "Tags": [{"Key": f"k{n}", "Value": "v"} for n in range(MANY)]
        },
    }


def _ec2() -> dict[str, dict[str, Any]]:
    rule = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
        "PrefixListIds": [{"PrefixListId": "pl-0"}],
    }
    groups = [
        {
            "GroupId": f"sg-{n}",
            "GroupName": f"group{n}",
            "Description": "d",
            "OwnerId": ACCOUNT,
            "VpcId": "vpc-1",
            "IpPermissions": [rule],
            "IpPermissionsEgress": [],
        }
        for n in range(MANY)
    ]
    rules = [
        {
            "SecurityGroupRuleId": f"sgr-{name}-{n}",
            "GroupId": f"sg-{n}",
            "GroupOwnerId": ACCOUNT,
            "IsEgress": False,
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            name: peer,
        }
        for n in range(MANY)
        for name, peer in (("CidrIpv4", "0.0.0.0/0"), ("PrefixListId", "pl-0"))
    ]
    return {
        "ec2.DescribeSecurityGroups.json": {"SecurityGroups": groups},
        "ec2.DescribeSecurityGroupRules.json": {"SecurityGroupRules": rules},
        **_ec2_networks(),
    }


def _ec2_networks() -> dict[str, dict[str, Any]]:
    entry = {
        "Egress": False,
        "RuleNumber": 100,
        "Protocol": "-1",
        "RuleAction": "allow",
        "CidrBlock": "0.0.0.0/0",
    }
    acls = [
        {
            "NetworkAclId": f"acl-{n}",
            "OwnerId": ACCOUNT,
            "VpcId": "vpc-1",
            "IsDefault": False,
            "Entries": [entry],
            "Associations": [
                {
                    "NetworkAclAssociationId": f"aclassoc-{n}",
                    "NetworkAclId": f"acl-{n}",
                    "SubnetId": f"subnet-{n}",
                }
            ],
        }
        for n in range(MANY)
    ]
    lists = [
        {
            "PrefixListId": f"pl-{n}",
            "PrefixListArn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:prefix-list/pl-{n}",
            "PrefixListName": f"list{n}",
            "OwnerId": ACCOUNT,
            "AddressFamily": "IPv4",
            "State": "create-complete",
            "MaxEntries": 10,
            "Version": 1,
        }
        for n in range(MANY)
    ]
    vpcs = [
        {"VpcId": f"vpc-{n}", "OwnerId": ACCOUNT, "CidrBlock": f"10.{n}.0.0/16", "IsDefault": False}
        for n in range(MANY)
    ]
    interfaces = [
        {
            "NetworkInterfaceId": f"eni-{n}",
            "OwnerId": ACCOUNT,
            "Groups": [{"GroupId": "sg-0", "GroupName": "group0"}],
            "Association": {"PublicIp": f"8.8.8.{n}"},
            "Status": "in-use",
        }
        for n in range(MANY)
    ]
    return {
        "ec2.DescribeNetworkAcls.json": {"NetworkAcls": acls},
        "ec2.DescribeManagedPrefixLists.json": {"PrefixLists": lists},
        "ec2.GetManagedPrefixListEntries.json": {
            "Entries": [{"Cidr": f"10.{n}.0.0/16"} for n in range(MANY)]
        },
        "ec2.DescribeVpcs.json": {"Vpcs": vpcs},
        "ec2.DescribeNetworkInterfaces.json": {"NetworkInterfaces": interfaces},
        "ec2.DescribeVpcBlockPublicAccessExclusions.json": {
            "VpcBlockPublicAccessExclusions": [
                {
                    "ExclusionId": f"vpcbpa-exclude-{n}",
                    "ResourceArn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-{n}",
                    "InternetGatewayExclusionMode": "allow-egress",
                    "State": "create-complete",
                    "CreationTimestamp": _TIME,
                }
                for n in range(MANY)
            ]
        },
        "ec2.DescribeVpcBlockPublicAccessOptions.json": {
            "VpcBlockPublicAccessOptions": {
                "AwsAccountId": ACCOUNT,
                "AwsRegion": REGION,
                "State": "default-state",
                "InternetGatewayBlockMode": "off",
                "ManagedBy": "account",
            }
        },
    }


def _kms() -> dict[str, dict[str, Any]]:
    arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/"
    keys = [{"KeyId": f"key-{n}", "KeyArn": f"{arn}key-{n}"} for n in range(MANY)]
    described = {
        _name("kms.DescribeKey", KeyId=key["KeyId"]): {
            "KeyMetadata": {
                "KeyId": key["KeyId"],
                "Arn": key["KeyArn"],
                "KeyManager": "CUSTOMER",
                "KeyState": "Enabled",
                "Enabled": True,
                "CreationDate": _TIME,
            }
        }
        for key in keys
    }
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"{_IAM}:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }
    return {
        "kms.ListKeys.json": {"Keys": keys},
        "kms.ListAliases.json": {
            "Aliases": [
                {
                    "AliasName": f"alias/{n}",
                    "AliasArn": arn.replace("key/", f"alias/{n}"),
                    "TargetKeyId": "key-0",
                }
                for n in range(MANY)
            ]
        },
        **described,
        "kms.GetKeyRotationStatus.json": {"KeyRotationEnabled": True, "RotationPeriodInDays": 365},
        "kms.GetKeyPolicy.json": {"Policy": json.dumps(policy), "PolicyName": "default"},
        "kms.ListResourceTags.json": {
            "Tags": [{"TagKey": f"k{n}", "TagValue": "v"} for n in range(MANY)]
        },
        "kms.ListKeyRotations.json": {
            "Rotations": [
                {"RotationDate": f"202{n}-01-02T03:04:05Z", "RotationType": "AUTOMATIC"}
                for n in range(MANY)
            ]
        },
        "kms.ListGrants.json": {
            "Grants": [
                {
                    "GrantId": f"grant{n}",
                    "GranteePrincipal": "arn:aws:iam::999988887777:role/partner",
                    "IssuingAccount": f"{_IAM}:root",
                    "Operations": ["Decrypt"],
                    "CreationDate": _TIME,
                }
                for n in range(MANY)
            ]
        },
    }


def _cloudtrail() -> dict[str, dict[str, Any]]:
    trails = [
        {
            "Name": f"trail{n}",
            "TrailARN": f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/trail{n}",
            "HomeRegion": REGION,
            "S3BucketName": LOGS,
            "IsMultiRegionTrail": True,
            "LogFileValidationEnabled": True,
        }
        for n in range(2)
    ]
    selectors = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]
    return {
        "cloudtrail.DescribeTrails.json": {"trailList": trails},
        "cloudtrail.GetTrailStatus.json": {
            "IsLogging": True,
            "StartLoggingTime": _TIME,
            "LatestDeliveryTime": _TIME,
        },
        "cloudtrail.GetEventSelectors.json": {"TrailARN": "arn", "EventSelectors": selectors},
        "cloudtrail.GetInsightSelectors.json": {
            "TrailARN": "arn",
            "InsightSelectors": [{"InsightType": "ApiCallRateInsight"}],
        },
        "cloudtrail.ListPublicKeys.json": {
            "PublicKeyList": [
                {
                    "Fingerprint": name,
                    "Value": {"$bytes": base64.b64encode(value).decode()},
                    "ValidityStartTime": _TIME,
                    "ValidityEndTime": _TIME,
                }
                for name, value in (
                    (fingerprint(), public_der()),
                    *((f"{n:032}", b"key") for n in range(1, MANY)),
                )
            ]
        },
        **_digests([str(trail["Name"]) for trail in trails]),
    }


def _digests(trails: list[str]) -> dict[str, dict[str, Any]]:
    """The digests of the last hours in the bucket of some trails, whose region must be asked for."""
    found: dict[str, dict[str, Any]] = {"s3.GetBucketLocation.json": {"LocationConstraint": REGION}}
    listed = []
    for trail in trails:
        bucket = TrailBucket(trail, bucket=LOGS).write_day(hours=MANY)
        listed += bucket.listed({"Prefix": "AWSLogs/"})["Contents"]
        for key in bucket.objects:
            answer = plain({**bucket.got({"Key": key}), "Body": bucket.taken(key)})
            found[file_name("s3", "GetObject", {"Bucket": LOGS, "Key": key})] = answer
    digests = [row for row in listed if "-Digest/" in row["Key"]]
    found["s3.ListObjectsV2.json"] = plain({"KeyCount": len(digests), "Contents": digests})
    return found


def _accessanalyzer() -> dict[str, dict[str, Any]]:
    arn = f"arn:aws:access-analyzer:{REGION}:{ACCOUNT}:analyzer/"
    analyzers = [
        {
            "arn": f"{arn}a{n}",
            "name": f"a{n}",
            "type": "ACCOUNT" if n else "ACCOUNT_UNUSED_ACCESS",
            "status": "ACTIVE",
            "createdAt": _TIME,
        }
        for n in range(MANY)
    ]
    findings = [
        {
            "id": f"finding{n}",
            "status": "ACTIVE",
            "resource": f"{_IAM}:role/role{n}",
            "resourceType": "AWS::IAM::Role",
            "resourceOwnerAccount": ACCOUNT,
            "condition": {},
            **dict.fromkeys(("createdAt", "analyzedAt", "updatedAt"), _TIME),
        }
        for n in range(MANY)
    ]
    short = [{k: v for k, v in finding.items() if k != "condition"} for finding in findings]
    details = [{"unusedPermissionDetails": {"serviceNamespace": f"s{n}"}} for n in range(MANY)]
    counted = {"unusedAccessFindingsStatistics": {"totalActiveFindings": MANY}}
    rules = [
        {"ruleName": f"rule{n}", "filter": {"isPublic": {"eq": ["false"]}}} for n in range(MANY)
    ]
    return {
        "accessanalyzer.ListAnalyzers.json": {"analyzers": analyzers},
        "accessanalyzer.GetAnalyzer.json": {
            "analyzer": {**analyzers[0], "configuration": {"unusedAccess": {"unusedAccessAge": 90}}}
        },
        "accessanalyzer.GetFindingsStatistics.json": {
            "findingsStatistics": [counted],
            "lastUpdatedAt": _TIME,
        },
        "accessanalyzer.ListArchiveRules.json": {
            "archiveRules": [{**rule, "createdAt": _TIME, "updatedAt": _TIME} for rule in rules]
        },
        "accessanalyzer.ListFindings.json": {"findings": findings},
        "accessanalyzer.ListFindingsV2.json": {"findings": short},
        "accessanalyzer.GetFindingV2.json": {**short[0], "findingDetails": details},
    }


def _guardduty() -> dict[str, dict[str, Any]]:
    ids = {False: [f"open{n}" for n in range(MANY)], True: [f"done{n}" for n in range(MANY)]}
    findings = [
        {
            "Id": name,
            "Arn": f"arn:aws:guardduty:{REGION}:{ACCOUNT}:detector/d/finding/{name}",
            "AccountId": ACCOUNT,
            "Region": REGION,
            "Type": "Recon:EC2/Portscan",
            "Severity": 5,
            "SchemaVersion": "2.0",
            "Resource": {"ResourceType": "Instance", "InstanceDetails": {"InstanceId": "i-1"}},
            "Service": {"Count": 1, "Archived": False},
            "CreatedAt": _TIME,
            "UpdatedAt": _TIME,
        }
        for name in (*ids[False], *ids[True])
    ]
    listed = {
        file_name(
            "guardduty",
            "ListFindings",
            {
                "DetectorId": "d",
                "FindingCriteria": {
                    "Criterion": {"service.archived": {"Equals": [str(archived).lower()]}}
                },
            },
        ): {"FindingIds": names}
        for archived, names in ids.items()
    }
    return {
        "guardduty.ListDetectors.json": {"DetectorIds": ["d"]},
        "guardduty.GetDetector.json": {
            "Status": "ENABLED",
            "ServiceRole": "role",
            "Features": [{"Name": "CLOUD_TRAIL", "Status": "ENABLED", "UpdatedAt": _TIME}],
        },
        "guardduty.GetAdministratorAccount.json": {},
        "guardduty.GetFindingsStatistics.json": {
            "FindingStatistics": {"GroupedBySeverity": [{"Severity": 5, "TotalFindings": MANY}]}
        },
        "guardduty.ListFilters.json": {"FilterNames": [f"filter{n}" for n in range(MANY)]},
        "guardduty.GetFilter.json": {
            "Name": "filter",
            "Action": "NOOP",
            "FindingCriteria": {"Criterion": {"type": {"Equals": ["Recon:EC2/Portscan"]}}},
        },
        **listed,
        "guardduty.GetFindings.json": {"Findings": findings},
    }
