"""Cases of what rarely changes, and of each further path at which a kind looks."""

from __future__ import annotations

from typing import Any

from driftkeeper.collect.spec import Item
from tests.cases.answers import (
    ACCOUNT,
    OIDC_PROVIDER,
    ROOT,
    SAML_PROVIDER,
    SERVICE_CREDENTIAL,
    TEAM,
    USER,
    allow,
    edited,
    group,
    trail,
)
from tests.cases.border_answers import bucket
from tests.cases.case import Case, Row
from tests.cases.context_answers import interface, unit, vpc
from tests.cases.watcher_answers import ACCESS, DETECTOR, UNUSED, UNUSED_ACCESS, altered, feature

_N, _S, _W = "neutral", "strengthened", "weakened"
_VPC, _ENI, _UNIT, _GROUP = (
    *("ec2.vpc", "ec2.network_interface"),
    *("organizations.unit", "iam.group"),
)
_CERTIFICATE, _DETECTOR, _SUMMARY = (
    *("iam.server_certificate", "guardduty.detector"),
    "iam.account_summary",
)


def _raw(*paths: str) -> tuple[Row, ...]:
    return tuple(("resource.attribute_changed", path, _N, "info") for path in paths)


# ---- what comes and goes ------------------------------------------------------------------------


def _certificate(**fields: Any) -> Item:
    return {
        "Path": "/",
        "ServerCertificateName": "shop",
        "ServerCertificateId": "ASCAEXAMPLE1",
        "Arn": f"arn:aws:iam::{ACCOUNT}:server-certificate/shop",
        "UploadDate": "2025-06-01T00:00:00Z",
        "Expiration": "2026-06-01T00:00:00Z",
        **fields,
    }


_NEWER = _certificate(
    ServerCertificateId="ASCAEXAMPLE2",
    UploadDate="2026-03-01T10:00:00Z",
    Expiration="2027-03-01T00:00:00Z",
)
_RENAMED = _certificate(
    ServerCertificateName="old-shop", Arn=f"arn:aws:iam::{ACCOUNT}:server-certificate/old-shop"
)
_CERTIFICATES = {
    "a server certificate is uploaded": Case(
        _CERTIFICATE,
        None,
        _certificate(),
        expect=(("iam.server_certificate.uploaded", "", _N, "low"),),
        near=("iam.server_certificate.deleted", "iam.server_certificate.replaced"),
    ),
    "a server certificate is deleted": Case(
        _CERTIFICATE,
        _certificate(),
        None,
        expect=(("iam.server_certificate.deleted", "", _N, "low"),),
        near=("iam.server_certificate.uploaded", "iam.server_certificate.renamed"),
    ),
    "a server certificate is renewed under its name": Case(
        _CERTIFICATE,
        _certificate(),
        _NEWER,
        expect=(
            ("iam.server_certificate.replaced", "", _N, "low"),
            *_raw("Expiration", "UploadDate"),
        ),
        near=("iam.server_certificate.uploaded", "iam.server_certificate.deleted"),
    ),
    "a server certificate is renamed": Case(
        _CERTIFICATE,
        _certificate(),
        _RENAMED,
        expect=(("iam.server_certificate.renamed", "", _N, "info"),),
        near=("iam.server_certificate.replaced",),
    ),
}

_COMING = {
    "a network is created": Case(
        _VPC,
        None,
        vpc(),
        expect=(("vpc.created", "", _N, "low"),),
        near=("vpc.deleted", "vpc.network_added"),
    ),
    "a network is deleted": Case(
        _VPC, vpc(), None, expect=(("vpc.deleted", "", _N, "low"),), near=("vpc.created",)
    ),
    "an interface with a public address is created": Case(
        _ENI,
        None,
        interface("198.51.100.7"),
        expect=(("eni.created", "", _N, "info"),),
        near=("eni.deleted", "eni.public_address_added"),
    ),
    "an interface is deleted": Case(
        _ENI, interface(), None, expect=(("eni.deleted", "", _N, "info"),), near=("eni.created",)
    ),
    "a unit is created": Case(
        _UNIT,
        None,
        unit(),
        expect=(("account.unit_created", "", _N, "low"),),
        near=("account.unit_deleted", "account.policy_type_enabled"),
    ),
    "a unit is deleted": Case(
        _UNIT,
        unit(),
        None,
        expect=(("account.unit_deleted", "", _N, "low"),),
        near=("account.unit_created",),
    ),
    "a group is deleted and made anew under its name": Case(
        _GROUP,
        TEAM,
        {**TEAM, "GroupId": "AGPANEW", "CreateDate": "2026-03-01T10:00:00Z"},
        expect=(("iam.group.recreated", "", _N, "low"), *_raw("CreateDate")),
        near=("iam.group.renamed",),
    ),
    "a group is renamed": Case(
        _GROUP,
        TEAM,
        {
            **TEAM,
            "GroupName": "others",
            "Arn": f"arn:aws:iam::{ACCOUNT}:group/others",
        },
        expect=(("iam.group.renamed", "", _N, "low"),),
        near=("iam.group.recreated", "iam.group.created"),
    ),
}

# ---- settings -----------------------------------------------------------------------------------

_ALIAS = "account.alias"


def _report(*columns: str) -> Item:
    return {
        "Text": ",".join(columns),
        "SHA256": str(len(columns)),
        "Rows": 1,
        "Columns": [*columns],
        "ReportFormat": "text/csv",
    }


_SETTINGS = {
    "the account is called otherwise in sign-in links": Case(
        _ALIAS,
        {"AccountAliases": ["acme"]},
        {"AccountAliases": ["acme-shop"]},
        expect=(("account.alias_changed", "AccountAliases", _N, "low"),),
        near=("resource.attribute_changed",),
    ),
    "an account without a name in sign-in links stays so": Case(
        _ALIAS, {"AccountAliases": []}, {"AccountAliases": []}, near=("account.alias_changed",)
    ),
    "tokens become good in all regions": Case(
        _SUMMARY,
        {"SummaryMap": {"Users": 1}, "GlobalEndpointTokenVersion": 1},
        {"SummaryMap": {"Users": 1}, "GlobalEndpointTokenVersion": 2},
        expect=(("iam.sts_token_version_changed", "GlobalEndpointTokenVersion", _N, "low"),),
    ),
    "the version of tokens becomes known": Case(
        _SUMMARY,
        {"SummaryMap": {"Users": 1}, "GlobalEndpointTokenVersion": None},
        {"SummaryMap": {"Users": 2}, "GlobalEndpointTokenVersion": 2},
        expect=_raw("GlobalEndpointTokenVersion"),
        near=("iam.sts_token_version_changed",),
    ),
    "a trail does not log its own deliveries any more": Case(
        "cloudtrail.trail",
        trail({"RecursiveLogging": True}),
        trail({"RecursiveLogging": False}),
        expect=(("cloudtrail.recursive_logging_changed", "RecursiveLogging", _N, "low"),),
    ),
    "AWS begins to say whether a trail logs its own deliveries": Case(
        "cloudtrail.trail",
        trail(),
        trail({"RecursiveLogging": True}),
        expect=_raw("RecursiveLogging"),
        near=("cloudtrail.recursive_logging_changed",),
    ),
    "the columns of the credential report are others": Case(
        "iam.credential_report",
        _report("user", "arn"),
        _report("user", "arn", "more"),
        expect=_raw("Columns/more"),
        near=("resource.created",),
    ),
    "the credential report is no text any more": Case(
        "iam.credential_report",
        _report("user", "arn"),
        {**_report("user", "arn"), "Text": None, "Base64": "/w=="},
        near=("resource.attribute_changed",),
    ),
    "a credential of a service is made that ends by itself": Case(
        "iam.service_specific_credential",
        None,
        {
            **SERVICE_CREDENTIAL,
            "ExpirationDate": "2026-09-01T00:00:00Z",
            "ServiceCredentialAlias": "alice",
        },
        expect=(("iam.service_credential.created", "", _W, "medium"),),
    ),
}

_MANAGED = {"ManagedBy": "GUARDDUTY_POLICY"}


def _runtime(part: Item, **fields: str) -> Item:
    return altered(DETECTOR, Features=[feature("DNS_LOGS"), {**_with_parts(part), **fields}])


def _with_parts(*parts: Item) -> Item:
    return {**feature("RUNTIME_MONITORING"), "AdditionalConfiguration": [*parts]}


_AGENT: Item = {"Name": "EC2_AGENT_MANAGEMENT", "Status": "ENABLED"}
_PART = "Features/RUNTIME_MONITORING/AdditionalConfiguration"
_MANAGER = "guardduty.feature_manager_changed"
_FEATURES = {
    "a policy of the organisation takes over a feature and a part of it": Case(
        _DETECTOR,
        _runtime(_AGENT),
        _runtime({**_AGENT, **_MANAGED}, **_MANAGED),
        expect=(
            (_MANAGER, f"{_PART}/EC2_AGENT_MANAGEMENT/ManagedBy", _N, "low"),
            (_MANAGER, "Features/RUNTIME_MONITORING/ManagedBy", _N, "low"),
        ),
        near=("guardduty.feature_enabled", "guardduty.feature_disabled"),
    ),
    "a feature gets one more part": Case(
        _DETECTOR,
        altered(DETECTOR, Features=[_with_parts(_AGENT)]),
        altered(DETECTOR, Features=[_with_parts(_AGENT, {**_AGENT, "Name": "RDS_DATA_RISK"})]),
        expect=(("guardduty.feature_enabled", f"{_PART}/RDS_DATA_RISK", _S, "medium"),),
        near=(_MANAGER,),
    ),
}

# ---- further paths ------------------------------------------------------------------------------

_V6 = {
    "AssociationId": "vpc-cidr-assoc-6",
    "Ipv6CidrBlock": "2a05:d018:1::/56",
    "Ipv6CidrBlockState": {"State": "associated"},
}
_SECOND = {"PrivateIpAddress": "10.0.0.6", "Association": {"PublicIp": "198.51.100.9"}}
_FIRST = {"PrivateIpAddress": "10.0.0.5", "Primary": True}
_INCLUSIONS = "configuration/internalAccess/analysisRule/inclusions"


def _included(*rules: Item) -> Item:
    return {"internalAccess": {"analysisRule": {"inclusions": [*rules]}}}


def _described(text: str) -> Item:
    rule = allow("tcp", 443, "10.0.0.0/8")
    rule["IpRanges"][0]["Description"] = text
    return rule


_PATHS = {
    "a network gets addresses of IPv6": Case(
        _VPC,
        vpc(Ipv6CidrBlockAssociationSet=[]),
        vpc(Ipv6CidrBlockAssociationSet=[_V6]),
        expect=(("vpc.network_added", "Ipv6CidrBlockAssociationSet/2a05:d018:1::/56", _N, "low"),),
        near=("vpc.created",),
    ),
    "an interface gets a second address with a public one": Case(
        _ENI,
        interface(PrivateIpAddresses=[_FIRST]),
        interface(PrivateIpAddresses=[_FIRST, _SECOND]),
        expect=(("eni.public_address_added", "PrivateIpAddresses/10.0.0.6", _W, "low"),),
        near=("eni.created",),
    ),
    "the access log of a bucket goes under another prefix": Case(
        "s3.bucket",
        bucket(),
        bucket(Logging={"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "o/"}}),
        expect=(
            ("s3.access_logging_redirected", "Logging/LoggingEnabled/TargetPrefix", _N, "low"),
        ),
        near=("s3.access_logging_enabled",),
    ),
    "log files go under another prefix": Case(
        "cloudtrail.trail",
        trail({"S3KeyPrefix": "a"}),
        trail({"S3KeyPrefix": "b"}),
        expect=(("cloudtrail.destination_changed", "S3KeyPrefix", _N, "high"),),
    ),
    "root has a password no more, and a certificate": Case(
        "iam.root",
        ROOT,
        {**ROOT, "AccountPasswordPresent": 0, "AccountSigningCertificatesPresent": 1},
        expect=tuple(
            ("iam.root.summary_changed", path, _N, "info")
            for path in ("AccountPasswordPresent", "AccountSigningCertificatesPresent")
        ),
        near=("iam.root.mfa_kind_changed",),
    ),
    "a provider of OpenID Connect is at another address": Case(
        "iam.oidc_provider",
        OIDC_PROVIDER,
        edited(
            OIDC_PROVIDER,
            {"Provider.Url": "example.com", "Provider.CreateDate": "2026-03-01T10:00:00Z"},
        ),
        expect=(
            ("iam.idp.changed", "Provider/CreateDate", _N, "medium"),
            ("iam.idp.changed", "Provider/Url", _N, "medium"),
        ),
        near=("iam.idp.added",),
    ),
    "a provider of SAML is another one under its name": Case(
        "iam.saml_provider",
        SAML_PROVIDER,
        {**SAML_PROVIDER, "CreateDate": "2026-03-01T10:00:00Z"},
        expect=(("iam.idp.changed", "CreateDate", _N, "medium"),),
        near=("iam.idp.added",),
    ),
    "an analyzer takes an account in": Case(
        "accessanalyzer.analyzer",
        altered(UNUSED, {"Analyzer.configuration": _included()}),
        altered(UNUSED, {"Analyzer.configuration": _included({"accountIds": [ACCOUNT]})}),
        expect=(
            (
                "aa.analyzer_scope_changed",
                f"Analyzer/{_INCLUSIONS}/0eee39fc15ea",
                _N,
                "medium",
            ),
        ),
    ),
    "nearly all that a finding says of access is another": Case(
        "accessanalyzer.finding",
        {**ACCESS, "isPublic": True, "findingDetails": UNUSED_ACCESS["findingDetails"]},
        {
            **ACCESS,
            "principal": {"AWS": ACCOUNT},
            "condition": {"aws:SourceVpc": "vpc-1"},
            "sources": [{"type": "BUCKET_ACL"}],
            "resourceControlPolicyRestriction": "APPLICABLE",
            "findingDetails": [],
        },
        expect=tuple(
            ("aa.finding_access_changed", path, _N, "low")
            for path in (
                *("condition/aws:SourceVpc", "findingDetails/992d7dcf9c34", "isPublic"),
                *("principal/AWS", "resourceControlPolicyRestriction"),
                *("sources/c401c86a5de8", "sources/f48151c028ce"),
            )
        ),
        near=("aa.finding_became_public",),
    ),
    "an outbound rule is described": Case(
        "ec2.security_group",
        group(egress=(allow("tcp", 443, "10.0.0.0/8"),)),
        group(egress=(_described("updates"),)),
        expect=(
            (
                "sg.rule_description_changed",
                "IpPermissionsEgress/tcp/443/10.0.0.0/8/Description",
                *(_N, "info"),
            ),
        ),
    ),
    "a user is deleted and made anew at another time": Case(
        "iam.user",
        USER,
        {**USER, "UserId": "AIDANEW", "CreateDate": "2026-03-01T10:00:00Z"},
        expect=(("iam.user.recreated", "", _N, "medium"), *_raw("CreateDate")),
        near=("iam.user.created",),
    ),
}

CASES = {**_CERTIFICATES, **_COMING, **_SETTINGS, **_FEATURES, **_PATHS}
