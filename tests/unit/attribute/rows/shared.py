"""What several tables of rows are about."""

from __future__ import annotations

from typing import Any

from driftkeeper.domain.types import Change
from tests.unit.attribute.calls import (
    change,
    iam,
    regional,
)

ALLOW_S3 = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:getobject"], "Resource": ["*"]}],
}

ALLOW_S3_AS_WRITTEN = {
    "Statement": {"Resource": "*", "Action": "s3:GetObject", "Effect": "Allow", "Sid": "Read"},
    "Version": "2012-10-17",
}

ALLOW_EC2 = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}],
}

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"

SERIAL = iam("mfa/alice")

KEY_ID = "AKIADNGJCYHY7JV5M5BU"

USER, ROLE, GROUP = iam("user/team/alice"), iam("role/application"), iam("group/developers")

TRAIL = regional("cloudtrail", "trail/main")

Row = tuple[str, Change, Any, str]


def user(path: str, before: Any = None, after: Any = None, kind: str = "iam.x") -> Change:
    return change(kind, "iam.user", USER, path, before, after)


def credential(path: str, before: Any, after: Any, who: str = USER) -> Change:
    return change("iam.x", "iam.credential", who, path, before, after)
