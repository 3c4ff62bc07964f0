"""What AWS answers for made-up users, and their rows of the credential report."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from driftkeeper.domain.canonical import timestamp
from driftkeeper.domain.types import GLOBAL_REGION, Scope
from tests.bench.things import BASE32, START, Item, Thing, some, tags

POLICIES = ("ReadOnlyAccess", "SecurityAudit", "AmazonS3FullAccess", "AWSSupportAccess")
GROUPS = ("admins", "auditors", "billing", "developers", "operators", "support")
ADMINISTRATOR = "AdministratorAccess"
BOUNDARY = "arn:aws:iam::aws:policy/PowerUserAccess"

_LONG_AGO = timedelta(days=200)


def new_user(rng: random.Random, account: str, number: int, made: datetime) -> Thing:
    """Return a user, with its row of the credential report as its twin."""
    name, has_mfa = f"user-{number:05}", rng.random() < 0.9
    arn = f"arn:aws:iam::{account}:user/{name}"
    item: Item = {
        "Path": "/",
        "UserName": name,
        "UserId": f"AIDA{some(rng, BASE32, 17)}",
        "Arn": arn,
        "CreateDate": timestamp(made),
        "GroupList": rng.sample(GROUPS, rng.randint(1, 3)),
        "AttachedManagedPolicies": [
            attached(policy) for policy in rng.sample(POLICIES, rng.randint(0, 2))
        ],
        "UserPolicyList": [],
        "Tags": tags(rng),
        "MFADevices": [device(account, name, made)] if has_mfa else [],
    }
    if rng.random() < 0.3:
        item["UserPolicyList"].append(
            {"PolicyName": "own", "PolicyDocument": inline_policy(rng, account)}
        )
    user = Thing(Scope(account, GLOBAL_REGION, "iam.user"), item)
    user.twin = _row(rng, account, name, arn, made, has_mfa=has_mfa)
    user.twin.twin = user
    return user


def _row(
    rng: random.Random, account: str, name: str, arn: str, made: datetime, *, has_mfa: bool
) -> Thing:
    has_password, is_dormant = rng.random() < 0.8, rng.random() < 0.05
    used = (START - _LONG_AGO if is_dormant else START - timedelta(days=1)).replace(second=7)
    used = max(used, made)
    row: Item = {
        "user": name,
        "arn": arn,
        "user_creation_time": timestamp(made),
        "password_enabled": has_password,
        "password_last_used": timestamp(used) if has_password else None,
        "password_last_changed": timestamp(made) if has_password else None,
        "mfa_active": has_mfa,
        "keys": [
            access_key(made + timedelta(seconds=n), used) for n in range(rng.choice((0, 1, 1, 2)))
        ],
    }
    return Thing(Scope(account, GLOBAL_REGION, "iam.credential"), row)


def root_row(account: str) -> Thing:
    """Return the root user's row of the credential report."""
    made = timestamp(START - timedelta(days=900))
    row: Item = {
        "user": "<root_account>",
        "arn": f"arn:aws:iam::{account}:root",
        "user_creation_time": made,
        "password_enabled": None,
        "password_last_used": made,
        "password_last_changed": None,
        "mfa_active": True,
        "keys": [],
    }
    return Thing(Scope(account, GLOBAL_REGION, "iam.credential"), row)


def access_key(made: datetime, used: datetime | None) -> Item:
    """Return one key of a row, told apart by when it was made."""
    return {
        "active": True,
        "last_rotated": timestamp(made),
        "last_used_date": None if used is None else timestamp(used),
        "last_used_region": None if used is None else "eu-west-1",
        "last_used_service": None if used is None else "s3",
    }


def device(account: str, name: str, made: datetime) -> Item:
    """Return a virtual MFA device as the collector reads it."""
    return {
        "SerialNumber": f"arn:aws:iam::{account}:mfa/{name}",
        "EnableDate": timestamp(made),
        "Kind": "virtual",
        "UserArn": f"arn:aws:iam::{account}:user/{name}",
    }


def attached(policy: str) -> Item:
    """Return an attached policy of AWS's own."""
    return {"PolicyName": policy, "PolicyArn": f"arn:aws:iam::aws:policy/{policy}"}


def inline_policy(rng: random.Random, account: str) -> Item:
    """Return a policy of two statements, as botocore decodes it."""
    bucket = f"arn:aws:s3:::data-{account}-{rng.randrange(50)}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:ListBucket", "s3:PutObject"],
                "Resource": [bucket, f"{bucket}/*"],
            },
            {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"},
        ],
    }


def new_team(rng: random.Random, account: str, name: str, made: datetime) -> Thing:
    """Return an IAM group; whoever is in it has what it has."""
    item: Item = {
        "Path": "/",
        "GroupName": name,
        "GroupId": f"AGPA{some(rng, BASE32, 17)}",
        "Arn": f"arn:aws:iam::{account}:group/{name}",
        "CreateDate": timestamp(made),
        "GroupPolicyList": [],
        "AttachedManagedPolicies": [attached(policy) for policy in rng.sample(POLICIES, 1)],
    }
    return Thing(Scope(account, GLOBAL_REGION, "iam.group"), item)
