"""Cases of VPCs, network interfaces, organisations and units, and of rarer settings of other types."""

from __future__ import annotations

from driftkeeper.collect.spec import Item
from tests.cases.answers import (
    ROLE,
    ROOT,
    SERVICE_CREDENTIAL,
    credential,
    edited,
    kms_key,
    trail,
)
from tests.cases.border_answers import bucket, to_group
from tests.cases.case import Case, Row
from tests.cases.context_answers import ALONE, ORGANIZATION, encryption, interface, unit, vpc
from tests.cases.watcher_answers import ACCESS, THREAT, UNUSED, altered

_W, _S, _N = "weakened", "strengthened", "neutral"
_RAW = "resource.attribute_changed"
_VPC, _ENI, _UNIT = "ec2.vpc", "ec2.network_interface", "organizations.unit"
_ORGANIZATION, _TRAIL, _FINDING = (
    "organizations.organization",
    "cloudtrail.trail",
    "accessanalyzer.finding",
)


def _raw(*paths: str) -> tuple[Row, ...]:
    return tuple((_RAW, path, _N, "info") for path in paths)


def _blocked(mode: str) -> dict[str, dict[str, str]]:
    return {"BlockPublicAccessStates": {"InternetGatewayBlockMode": mode}}


_BLOCK = "BlockPublicAccessStates/InternetGatewayBlockMode"
_VPCS = {
    "an exclusion takes the block of the internet off a network": Case(
        _VPC,
        vpc(),
        vpc(**_blocked("off")),
        expect=(("vpc.internet_block_weakened", _BLOCK, _W, "medium"),),
        near=("vpc.internet_block_strengthened",),
    ),
    "a network is blocked in both directions": Case(
        _VPC,
        vpc(),
        vpc(**_blocked("block-bidirectional")),
        expect=(("vpc.internet_block_strengthened", _BLOCK, _S, "medium"),),
        near=("vpc.internet_block_weakened",),
    ),
    "encryption is enforced and one more thing left out": Case(
        _VPC,
        vpc(EncryptionControl=encryption("enforce", "NatGateway")),
        vpc(EncryptionControl=encryption("enforce", "NatGateway", "InternetGateway")),
        expect=(("vpc.encryption_control_weakened", "EncryptionControl", _W, "medium"),),
        near=("vpc.encryption_control_strengthened",),
    ),
    "encryption control comes to a network": Case(
        _VPC,
        vpc(),
        vpc(EncryptionControl=encryption("monitor")),
        expect=(("vpc.encryption_control_strengthened", "EncryptionControl", _S, "medium"),),
        near=("vpc.encryption_control_weakened",),
    ),
    "a network gets more addresses": Case(
        _VPC,
        vpc(),
        vpc("10.1.0.0/16"),
        expect=(("vpc.network_added", "CidrBlockAssociationSet/10.1.0.0/16", _N, "low"),),
        near=("vpc.network_removed",),
    ),
    "a network gives addresses up, and has other name servers": Case(
        _VPC,
        vpc("10.1.0.0/16"),
        vpc(DhcpOptionsId="dopt-2"),
        expect=(
            ("vpc.network_removed", "CidrBlockAssociationSet/10.1.0.0/16", _N, "low"),
            ("vpc.dhcp_options_changed", "DhcpOptionsId", _N, "low"),
        ),
        near=("vpc.network_added",),
    ),
    "a network is the default one now": Case(
        _VPC,
        vpc(),
        vpc(IsDefault=True),
        expect=_raw("IsDefault"),
        near=("vpc.dhcp_options_changed",),
    ),
}

_ADDRESS = "PrivateIpAddresses/10.0.0.5/Association"
_INTERFACES = {
    "an interface is put into another group": Case(
        _ENI,
        interface(),
        interface(groups=("sg-2",)),
        expect=(
            ("eni.group_detached", "Groups/sg-1", _N, "low"),
            ("eni.group_attached", "Groups/sg-2", _N, "low"),
        ),
    ),
    "an interface gets a public address": Case(
        _ENI,
        interface(),
        interface("198.51.100.7"),
        expect=(("eni.public_address_added", _ADDRESS, _W, "low"), *_raw("Association")),
        near=("eni.public_address_removed", "eni.public_address_changed"),
    ),
    "an interface gives its public address up": Case(
        _ENI,
        interface("198.51.100.7"),
        interface(),
        expect=(("eni.public_address_removed", _ADDRESS, _S, "low"), *_raw("Association")),
        near=("eni.public_address_added",),
    ),
    "an interface has another public address": Case(
        _ENI,
        interface("198.51.100.7"),
        interface("198.51.100.8"),
        expect=(
            ("eni.public_address_changed", f"{_ADDRESS}/PublicIp", _N, "info"),
            *_raw("Association/PublicIp"),
        ),
        near=("eni.public_address_added", "eni.public_address_removed"),
    ),
    "an interface gets a global address of IPv6, and one of its own network": Case(
        _ENI,
        interface(),
        interface(
            Ipv6Addresses=[{"Ipv6Address": "2a05:d018::1"}, {"Ipv6Address": "fd00::1"}],
        ),
        expect=(
            ("eni.public_address_added", "Ipv6Addresses/2a05:d018::1", _W, "low"),
            *_raw("Ipv6Addresses/fd00::1"),
        ),
        near=("eni.group_attached", "eni.group_detached"),
    ),
    "an interface may route": Case(
        _ENI,
        interface(),
        interface(SourceDestCheck=False),
        expect=(("eni.source_check_disabled", "SourceDestCheck", _W, "medium"),),
        near=("eni.source_check_enabled",),
    ),
    "an interface may route no more": Case(
        _ENI,
        interface(SourceDestCheck=False),
        interface(),
        expect=(("eni.source_check_enabled", "SourceDestCheck", _S, "medium"),),
        near=("eni.source_check_disabled",),
    ),
}

_OTHER = "444455556666"
_SCP = "SERVICE_CONTROL_POLICY"
_PENDING = [{"Type": _SCP, "Status": "PENDING_DISABLE"}]
_ORGANIZATIONS = {
    "an account is taken out of its organisation": Case(
        _ORGANIZATION,
        ORGANIZATION,
        ALONE,
        expect=(
            ("account.organization_left", "InUse", _W, "high"),
            *_raw("Arn", "FeatureSet", "Id", "MasterAccountArn", "MasterAccountId"),
        ),
        near=("account.organization_joined", "account.organization_changed"),
    ),
    "an account joins an organisation": Case(
        _ORGANIZATION,
        ALONE,
        ORGANIZATION,
        expect=(
            ("account.organization_joined", "InUse", _N, "medium"),
            *_raw("Arn", "FeatureSet", "Id", "MasterAccountArn", "MasterAccountId"),
        ),
        near=(
            *("account.organization_left", "account.organization_features_changed"),
            "account.organization_changed",
        ),
    ),
    "an account is managed by another one": Case(
        _ORGANIZATION,
        ORGANIZATION,
        {**ORGANIZATION, "MasterAccountId": _OTHER},
        expect=(("account.organization_changed", "MasterAccountId", _N, "high"),),
    ),
    "an organisation gets all features": Case(
        _ORGANIZATION,
        {**ORGANIZATION, "FeatureSet": "CONSOLIDATED_BILLING"},
        ORGANIZATION,
        expect=(("account.organization_features_changed", "FeatureSet", _S, "medium"),),
    ),
    "service control policies are switched off": Case(
        _UNIT,
        unit(),
        unit(PolicyTypes=[]),
        expect=(("account.policy_type_disabled", f"PolicyTypes/{_SCP}", _W, "high"),),
        near=("account.policy_type_enabled", "account.unit_moved"),
    ),
    "service control policies are on their way in": Case(
        _UNIT,
        unit(PolicyTypes=_PENDING),
        unit(),
        expect=(("account.policy_type_enabled", f"PolicyTypes/{_SCP}/Status", _S, "high"),),
        near=("account.policy_type_disabled",),
    ),
    "a unit is moved": Case(
        _UNIT,
        unit(),
        unit(ParentId="ou-9"),
        expect=(("account.unit_moved", "ParentId", _N, "medium"),),
    ),
}

_INSIGHTS = [{"InsightType": "ApiCallRateInsight"}, {"InsightType": "ApiErrorRateInsight"}]


def _drawing(*rows: Item) -> Item:
    return {"Insights": {"TrailARN": "arn:aws:cloudtrail:x", "InsightSelectors": [*rows]}}


_TRAILS = {
    "a trail of the organisation is one of an account": Case(
        _TRAIL,
        trail({"IsOrganizationTrail": True}),
        trail({"IsOrganizationTrail": False}),
        expect=(("cloudtrail.organization_trail_disabled", "IsOrganizationTrail", _W, "high"),),
        near=("cloudtrail.organization_trail_enabled",),
    ),
    "a trail of an account is one of the organisation": Case(
        _TRAIL,
        trail({"IsOrganizationTrail": False}),
        trail({"IsOrganizationTrail": True}),
        expect=(("cloudtrail.organization_trail_enabled", "IsOrganizationTrail", _S, "high"),),
        near=("cloudtrail.organization_trail_disabled",),
    ),
    "a trail draws one insight instead of two": Case(
        _TRAIL,
        trail(_drawing(*_INSIGHTS)),
        trail(_drawing(_INSIGHTS[0])),
        expect=(("cloudtrail.insights_reduced", "Insights", _W, "low"),),
        near=("cloudtrail.insights_expanded",),
    ),
    "a trail draws two insights instead of one": Case(
        _TRAIL,
        trail(_drawing(_INSIGHTS[0])),
        trail(_drawing(*_INSIGHTS)),
        expect=(("cloudtrail.insights_expanded", "Insights", _S, "low"),),
        near=("cloudtrail.insights_reduced",),
    ),
}

_PLACE = {"TargetBucket": "logs", "TargetPrefix": "orders/"}


def _logged(*grants: Item, **place: str) -> Item:
    more = {"TargetGrants": [*grants]} if grants else {"TargetGrants": []}
    return bucket(Logging={"LoggingEnabled": {**_PLACE, **place, **more}})


_LOGGED = "Logging/LoggingEnabled"
_BUCKETS = {
    "the log of a bucket goes to another one": Case(
        "s3.bucket",
        _logged(),
        _logged(TargetBucket="mine"),
        expect=(("s3.access_logging_redirected", f"{_LOGGED}/TargetBucket", _N, "low"),),
        near=("s3.access_logging_disabled", "s3.access_log_grant_added"),
    ),
    "everyone may read the log of a bucket": Case(
        "s3.bucket",
        _logged(),
        _logged(to_group("AllUsers")),
        expect=(
            (
                "s3.access_log_grant_added",
                f"{_LOGGED}/TargetGrants/Group/AllUsers/READ",
                _W,
                "low",
            ),
        ),
        near=("s3.access_log_grant_removed", "s3.access_logging_redirected"),
    ),
    "everyone may read the log of a bucket no more": Case(
        "s3.bucket",
        _logged(to_group("AllUsers")),
        _logged(),
        expect=(
            (
                "s3.access_log_grant_removed",
                f"{_LOGGED}/TargetGrants/Group/AllUsers/READ",
                _S,
                "low",
            ),
        ),
        near=("s3.access_log_grant_added",),
    ),
}

_MANY = "KeyMetadata.MultiRegionConfiguration"


def _replicated(primary: str, *replicas: str) -> Item:
    def one(region: str) -> dict[str, str]:
        return {"Arn": f"arn:aws:kms:{region}:1:key/mrk-1", "Region": region}

    return {
        _MANY: {
            "MultiRegionKeyType": "PRIMARY",
            "PrimaryKey": one(primary),
            "ReplicaKeys": [one(region) for region in replicas],
        }
    }


_REPLICA = f"{_MANY}.ReplicaKeys".replace(".", "/") + "/arn:aws:kms:eu-west-3:1:key/mrk-1"
_KEYS = {
    "a key gets a replica": Case(
        "kms.key",
        kms_key(_replicated("eu-west-1")),
        kms_key(_replicated("eu-west-1", "eu-west-3")),
        expect=(("kms.replica_added", _REPLICA, _N, "medium"),),
        near=("kms.replica_removed", "kms.primary_moved"),
    ),
    "a key loses a replica": Case(
        "kms.key",
        kms_key(_replicated("eu-west-1", "eu-west-3")),
        kms_key(_replicated("eu-west-1")),
        expect=(("kms.replica_removed", _REPLICA, _N, "medium"),),
        near=("kms.replica_added",),
    ),
    "another region has the primary": Case(
        "kms.key",
        kms_key(_replicated("eu-west-1")),
        kms_key(_replicated("eu-west-2")),
        expect=(
            ("kms.primary_moved", f"{_MANY.replace('.', '/')}/PrimaryKey/Arn", _N, "medium"),
            *_raw(f"{_MANY.replace('.', '/')}/PrimaryKey/Region"),
        ),
    ),
}

_PROFILE = "arn:aws:iam::111122223333:instance-profile/spare"
_SIGNING = {"cert_1_active": "true", "cert_1_last_rotated": "2026-01-01T00:00:00Z"}
_FEATURES = {"EnabledFeatures": ["RootSessions"], "OrganizationId": "o-1"}
_CENTRAL = "OrganizationsFeatures/EnabledFeatures/RootSessions"


def _cert(active: str) -> Item:
    return credential(**{**_SIGNING, "cert_1_active": active})


def _profiles(*arns: str) -> Item:
    return {**ROLE, "InstanceProfileList": [{"Arn": arn} for arn in arns]}


_ON = "certificates/2026-01-01T00:00:00Z/active"
_SETTINGS = {
    "a signing certificate is active again": Case(
        "iam.credential",
        _cert("false"),
        _cert("true"),
        expect=(("iam.service_credential.activated", _ON, _W, "medium"),),
        near=("iam.service_credential.deactivated", "iam.service_credential.created"),
    ),
    "a signing certificate is made inactive": Case(
        "iam.credential",
        _cert("true"),
        _cert("false"),
        expect=(("iam.service_credential.deactivated", _ON, _S, "info"),),
        near=("iam.service_credential.activated",),
    ),
    "a password for one service is made inactive": Case(
        "iam.service_specific_credential",
        SERVICE_CREDENTIAL,
        {**SERVICE_CREDENTIAL, "Status": "Inactive"},
        expect=(("iam.service_credential.deactivated", "Status", _S, "info"),),
        near=("iam.service_credential.activated",),
    ),
    "a password for one service is active again": Case(
        "iam.service_specific_credential",
        {**SERVICE_CREDENTIAL, "Status": "Inactive"},
        SERVICE_CREDENTIAL,
        expect=(("iam.service_credential.activated", "Status", _W, "medium"),),
        near=("iam.service_credential.deactivated",),
    ),
    "a role is put into an instance profile": Case(
        "iam.role",
        _profiles(),
        _profiles(_PROFILE),
        expect=(("iam.role.instance_profile_added", f"InstanceProfileList/{_PROFILE}", _N, "low"),),
        near=("iam.role.instance_profile_removed",),
    ),
    "a role is taken out of an instance profile": Case(
        "iam.role",
        _profiles(_PROFILE),
        _profiles(),
        expect=(
            ("iam.role.instance_profile_removed", f"InstanceProfileList/{_PROFILE}", _N, "low"),
        ),
        near=("iam.role.instance_profile_added",),
    ),
    "root is managed centrally": Case(
        "iam.root",
        edited(ROOT, {"OrganizationsFeatures": {**_FEATURES, "EnabledFeatures": []}}),
        edited(ROOT, {"OrganizationsFeatures": _FEATURES}),
        expect=(("iam.root.central_management_enabled", _CENTRAL, _S, "medium"),),
        near=("iam.root.central_management_disabled",),
    ),
    "root is managed centrally no more": Case(
        "iam.root",
        edited(ROOT, {"OrganizationsFeatures": _FEATURES}),
        edited(ROOT, {"OrganizationsFeatures": {**_FEATURES, "EnabledFeatures": []}}),
        expect=(("iam.root.central_management_disabled", _CENTRAL, _W, "medium"),),
        near=("iam.root.central_management_enabled",),
    ),
}

_EXCLUSIONS = "Analyzer.configuration.unusedAccess.analysisRule.exclusions"
_ONE_MORE = [
    *UNUSED["Analyzer"]["configuration"]["unusedAccess"]["analysisRule"]["exclusions"],
    {"accountIds": ["444455556666"]},
]
_FINDINGS = {
    "one more account is left out of an analyzer": Case(
        "accessanalyzer.analyzer",
        UNUSED,
        altered(UNUSED, {_EXCLUSIONS: _ONE_MORE}),
        expect=(
            (
                "aa.analyzer_scope_changed",
                f"{_EXCLUSIONS.replace('.', '/')}/a567ab5127f3",
                _N,
                "medium",
            ),
        ),
    ),
    "an analyzer has another label": Case(
        "accessanalyzer.analyzer",
        UNUSED,
        altered(UNUSED, tags={"team": "shop"}),
        expect=_raw("tags/team"),
        near=("aa.analyzer_scope_changed",),
    ),
    "what an analyzer found is public now": Case(
        _FINDING,
        ACCESS,
        altered(ACCESS, isPublic=True),
        expect=(("aa.finding_became_public", "isPublic", _W, "high"),),
        near=("aa.finding_access_changed",),
    ),
    "an analyzer found one more thing that may be done": Case(
        _FINDING,
        ACCESS,
        altered(ACCESS, action=["s3:GetObject", "s3:ListBucket", "s3:PutObject"]),
        expect=(("aa.finding_access_changed", "action/s3:PutObject", _N, "low"),),
        near=("aa.finding_became_public",),
    ),
    "a threat turns out to be worse": Case(
        "guardduty.finding",
        THREAT,
        altered(THREAT, {"Finding.Severity": "9"}),
        expect=(("guardduty.finding_reassessed", "Finding/Severity", _W, "critical"),),
        near=("guardduty.finding_recurred",),
    ),
    "a threat is about another sort of thing": Case(
        "guardduty.finding",
        THREAT,
        altered(THREAT, {"Finding.Title": "Something else"}),
        expect=_raw("Finding/Title"),
        near=("guardduty.finding_reassessed",),
    ),
}

CASES = {
    **_VPCS,
    **_INTERFACES,
    **_ORGANIZATIONS,
    **_TRAILS,
    **_BUCKETS,
    **_KEYS,
    **_SETTINGS,
    **_FINDINGS,
}
