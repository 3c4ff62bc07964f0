"""The fields that no model tells: what functions and tidying make of the answers, type by type.

Tests hold this against the bodies that are really made, so that a field which is read and not written
down here is noticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Fields: TypeAlias = "Mapping[str, Fields] | None"
"""What is inside a value, None for a plain one. The elements of a list are under `LIST`."""

LIST = "[]"


@dataclass(frozen=True)
class Made:
    """Where the rows of a function come from, and what is put into them and left out.

    `rows` are the `items` of the calls whose modelled rows a listing function hands on, `fields` those
    at the top, also in place of modelled ones, `inside` more of them at a dotted path. A list that is
    `single` is kept as the one element that it has.
    """

    rows: tuple[str | None, ...] = ()
    fields: Mapping[str, Fields] = field(default_factory=dict)
    inside: Mapping[str, Mapping[str, Fields]] = field(default_factory=dict)
    single: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def _plain(*names: str) -> dict[str, Fields]:
    return dict.fromkeys(names)


_PEERS: Fields = {
    LIST: _plain(
        "CidrIp", "CidrIpv6", "PrefixListId", "GroupId", "UserId", "Description", "PeeringStatus"
    )
}
_GRANTEE = ("Grantee", "Permission")

_KEY_USE = ("last_used_date", "last_used_region", "last_used_service")

MADE: Mapping[str, Made] = {
    "accessanalyzer.finding": Made(rows=("findings",), fields=_plain("analyzerArn", "findingType")),
    "account.alias": Made(fields={"AccountAliases": {LIST: None}}),
    "account.region": Made(rows=("Regions",)),
    "cloudtrail.public_key": Made(rows=("PublicKeyList",)),
    "ec2.security_group": Made(fields={"IpPermissions": _PEERS, "IpPermissionsEgress": _PEERS}),
    "ec2.security_group_rule": Made(rows=("SecurityGroupRules",), fields=_plain("Rule")),
    "guardduty.detector": Made(
        rows=(None,),
        fields={
            "DetectorId": None,
            "Administrator": _plain("AccountId", "InvitationId", "RelationshipStatus", "InvitedAt"),
        },
    ),
    "guardduty.filter": Made(fields=_plain("DetectorId", "FilterName")),
    "guardduty.finding": Made(
        fields=_plain("DetectorId", "Id", "Archived"),
        inside={"Finding": _plain("Sample"), "Finding.Resource": {"Ids": {LIST: None}}},
    ),
    "iam.access_key": Made(
        fields=_plain("UserName", "UserArn", "AccessKeyId", "Status", "CreateDate", "LastUsed")
    ),
    "iam.account_summary": Made(fields=_plain("SummaryMap", "GlobalEndpointTokenVersion")),
    "iam.credential": Made(
        fields={
            **_plain("user", "arn", "user_creation_time", "GeneratedTime", "spelled"),
            **_plain("password_enabled", "password_last_used", "password_last_changed"),
            **_plain("password_next_rotation", "mfa_active"),
            "access_keys": {LIST: _plain("active", "last_rotated", *_KEY_USE)},
            "certificates": {LIST: _plain("active", "last_rotated")},
        }
    ),
    "iam.credential_report": Made(
        fields={
            **_plain("GeneratedTime", "Text", "Base64", "SHA256", "Rows", "ReportFormat"),
            "Columns": {LIST: None},
        }
    ),
    "iam.mfa_device": Made(fields=_plain("SerialNumber", "UserArn", "Kind", "EnableDate")),
    "iam.password_policy": Made(fields=_plain("Configured", "MinimumCharacterClasses")),
    "iam.policy": Made(
        rows=("Policies",),
        fields=_plain("Owner", "Document", "VersionCount"),
        without=("PolicyVersionList",),
    ),
    "iam.role": Made(
        rows=("RoleDetailList",),
        fields={
            "InstanceProfileList": {LIST: None},
            "Settings": _plain("Description", "MaxSessionDuration"),
        },
    ),
    "iam.root": Made(
        fields={
            **_plain("AccountMFAEnabled", "AccountAccessKeysPresent", "AccountPasswordPresent"),
            **_plain("AccountSigningCertificatesPresent"),
            "Credentials": _plain(
                "ActiveAccessKeys", "AccessKeyLastUsed", "PasswordLastUsed", "PasswordLastChanged"
            ),
            "MFA": {
                "Kind": None,
                "Devices": {LIST: _plain("SerialNumber", "Kind", "EnableDate")},
            },
        }
    ),
    "iam.service_specific_credential": Made(
        fields=_plain(
            *("UserName", "Status", "ServiceUserName", "ServiceCredentialAlias", "CreateDate"),
            *("ExpirationDate", "ServiceSpecificCredentialId", "ServiceName"),
        )
    ),
    "iam.user": Made(
        rows=("UserDetailList",),
        fields={"MFADevices": {LIST: _plain("SerialNumber", "UserArn", "Kind", "EnableDate")}},
    ),
    "kms.grant": Made(rows=("Grants",), fields=_plain("KeyArn")),
    "organizations.account": Made(without=("Status",)),
    "organizations.account_tags": Made(rows=("Accounts",)),
    "organizations.organization": Made(fields=_plain("InUse"), without=("MasterAccountEmail",)),
    "organizations.unit": Made(
        rows=("Roots", "OrganizationalUnits"),
        fields={"ParentId": None, "Accounts": {LIST: None}},
    ),
    "s3.account_pab": Made(fields=_plain("Configured")),
    "s3.bucket": Made(
        rows=("Buckets",),
        fields={"ObjectOwnership": None},
        inside={"PublicAccessBlock": _plain("Configured")},
        single=("Encryption",),
    ),
}

NAMED_BY: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("ec2.network_acl", "Entries"): ("Egress", "RuleNumber"),
    ("ec2.security_group", "IpPermissions"): (
        *("CidrIp", "CidrIpv6", "PrefixListId", "GroupId", "UserId"),
    ),
    ("ec2.security_group", "IpPermissionsEgress"): (
        *("CidrIp", "CidrIpv6", "PrefixListId", "GroupId", "UserId"),
    ),
    ("s3.bucket", "Acl.Grants"): _GRANTEE,
    ("s3.bucket", "Logging.LoggingEnabled.TargetGrants"): _GRANTEE,
}
"""Of sets whose elements a function names: the fields of an element that its name is made of."""
