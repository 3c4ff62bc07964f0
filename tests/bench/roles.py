"""What AWS answers for made-up roles, managed policies and the password policy."""

from __future__ import annotations

import random
from datetime import datetime

from driftkeeper.domain.canonical import timestamp
from driftkeeper.domain.types import GLOBAL_REGION, Scope
from tests.bench.things import BASE32, Item, Thing, some, tags
from tests.bench.users import POLICIES, attached

SERVICES = ("ec2", "ecs-tasks", "lambda", "states", "scheduler")


def new_role(rng: random.Random, account: str, number: int, made: datetime) -> Thing:
    """Return a role that services and some roles of its own account may assume."""
    name = f"role-{number:05}"
    arn = f"arn:aws:iam::{account}:role/{name}"
    item: Item = {
        "Path": "/",
        "RoleName": name,
        "RoleId": f"AROA{some(rng, BASE32, 17)}",
        "Arn": arn,
        "CreateDate": timestamp(made),
        "AssumeRolePolicyDocument": trust(rng, account),
        "RolePolicyList": [],
        "AttachedManagedPolicies": [
            attached(policy) for policy in rng.sample(POLICIES, rng.randint(0, 2))
        ],
        "InstanceProfileList": [],
        "RoleLastUsed": {"LastUsedDate": timestamp(made), "Region": "eu-west-1"},
        "Tags": tags(rng),
        "Settings": [{"Arn": arn, "Description": "made by terraform", "MaxSessionDuration": 3600}],
    }
    return Thing(Scope(account, GLOBAL_REGION, "iam.role"), item)


def trust(rng: random.Random, account: str) -> Item:
    """Return a trust policy of two statements."""
    services = [f"{name}.amazonaws.com" for name in rng.sample(SERVICES, 2)]
    roles = [f"arn:aws:iam::{account}:role/ci-{n}" for n in rng.sample(range(40), 3)]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Services",
                "Effect": "Allow",
                "Principal": {"Service": services},
                "Action": "sts:AssumeRole",
            },
            {
                "Sid": "Own",
                "Effect": "Allow",
                "Principal": {"AWS": roles},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
            },
        ],
    }


def new_policy(rng: random.Random, account: str, number: int, made: datetime) -> Thing:
    """Return a managed policy of the customer's."""
    name = f"policy-{number:05}"
    bucket = f"arn:aws:s3:::data-{account}-{rng.randrange(50)}"
    item: Item = {
        "PolicyName": name,
        "PolicyId": f"ANPA{some(rng, BASE32, 17)}",
        "Arn": f"arn:aws:iam::{account}:policy/{name}",
        "Path": "/",
        "DefaultVersionId": "v1",
        "AttachmentCount": rng.randrange(5),
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "CreateDate": timestamp(made),
        "UpdateDate": timestamp(made),
        "Owner": "customer",
        "VersionCount": 1,
        "Document": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "Data",
                    "Effect": "Allow",
                    "Action": ["s3:GetObject", "s3:ListBucket", "s3:PutObject"],
                    "Resource": [bucket, f"{bucket}/*"],
                },
                {"Sid": "Kept", "Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"},
            ],
        },
    }
    return Thing(Scope(account, GLOBAL_REGION, "iam.policy"), item)


def policy_of_aws(account: str, name: str, statement: Item) -> Thing:
    """Return one of AWS's own policies, which is listed while somebody has it."""
    made = "2015-02-06T18:40:00Z"
    item: Item = {
        "PolicyName": name,
        "PolicyId": f"ANPA{name.upper():X<17.17}",
        "Arn": f"arn:aws:iam::aws:policy/{name}",
        "Path": "/",
        "DefaultVersionId": "v1",
        "AttachmentCount": 1,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "CreateDate": made,
        "UpdateDate": made,
        "Owner": "aws",
        "VersionCount": 1,
        "Document": {
            "Version": "2012-10-17",
            "Statement": [{"Sid": "All", "Effect": "Allow", "Resource": "*", **statement}],
        },
    }
    return Thing(Scope(account, GLOBAL_REGION, "iam.policy"), item)


OF_AWS: dict[str, Item] = {
    "AWSSupportAccess": {"Action": ["support:*"]},
    "AdministratorAccess": {"Action": "*"},
    "AmazonS3FullAccess": {"Action": ["s3:*"]},
    "PowerUserAccess": {"NotAction": ["iam:*", "organizations:*"]},
    "ReadOnlyAccess": {"Action": ["ec2:Describe*", "s3:Get*", "s3:List*"]},
    "SecurityAudit": {"Action": ["iam:Get*", "iam:List*"]},
}
"""What the policies of AWS's allow that are in use here; the real ones say more."""


def new_password_policy(account: str) -> Thing:
    """Return a password policy that asks for much."""
    item: Item = {
        "MinimumPasswordLength": 14,
        "RequireSymbols": True,
        "RequireNumbers": True,
        "RequireUppercaseCharacters": True,
        "RequireLowercaseCharacters": True,
        "AllowUsersToChangePassword": True,
        "ExpirePasswords": True,
        "MaxPasswordAge": 90,
        "PasswordReusePrevention": 24,
        "HardExpiry": False,
    }
    return Thing(Scope(account, GLOBAL_REGION, "iam.password_policy"), item)
