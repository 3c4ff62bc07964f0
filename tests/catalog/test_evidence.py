"""Every declared evidence type fits AWS's own service models, whatever is added to the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

import boto3
import pytest
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from driftkeeper.collect.catalog import CONTEXT_CALLS, declared_calls, evidence_types
from driftkeeper.collect.keys import GRANTS
from driftkeeper.collect.permissions import actions
from driftkeeper.collect.recording import ACCOUNT_WIDE
from driftkeeper.collect.rules import RULES
from driftkeeper.collect.spec import (
    Batch,
    Call,
    Detail,
    EvidenceType,
    From,
    Function,
    Gather,
    Nested,
    Reach,
)
from driftkeeper.domain.shape import SetKey
from tests.aws import operation, pagination, service_model

_MFA = [
    "iam:GenerateCredentialReport",
    "iam:GetAccountAuthorizationDetails",
    "iam:GetAccountSummary",
    "iam:GetCredentialReport",
    "iam:ListMFADevices",
    "iam:ListVirtualMFADevices",
]
ACTIONS = {
    "accessanalyzer.analyzer": [
        "access-analyzer:GetAnalyzer",
        "access-analyzer:GetFindingsStatistics",
        "access-analyzer:ListAnalyzers",
    ],
    "accessanalyzer.archive_rule": [
        "access-analyzer:ListAnalyzers",
        "access-analyzer:ListArchiveRules",
    ],
    "accessanalyzer.finding": [
        "access-analyzer:GetFinding",
        "access-analyzer:ListAnalyzers",
        "access-analyzer:ListFindings",
    ],
    "account.alias": ["iam:ListAccountAliases"],
    "account.region": ["ec2:DescribeRegions"],
    "cloudtrail.digest": [
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetTrailStatus",
        "cloudtrail:ListPublicKeys",
        "s3:GetBucketLocation",
        "s3:GetObject",
        "s3:ListAllMyBuckets",
        "s3:ListBucket",
    ],
    "cloudtrail.public_key": ["cloudtrail:ListPublicKeys"],
    "cloudtrail.trail": [
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetInsightSelectors",
        "cloudtrail:GetTrailStatus",
    ],
    "ec2.network_acl": ["ec2:DescribeNetworkAcls"],
    "ec2.network_interface": ["ec2:DescribeNetworkInterfaces"],
    "ec2.prefix_list": [
        "ec2:DescribeManagedPrefixLists",
        "ec2:DescribeSecurityGroupRules",
        "ec2:GetManagedPrefixListEntries",
    ],
    "ec2.security_group": ["ec2:DescribeSecurityGroups"],
    "ec2.security_group_rule": ["ec2:DescribeSecurityGroupRules"],
    "ec2.vpc": ["ec2:DescribeVpcs"],
    "ec2.vpc_block_exclusion": ["ec2:DescribeVpcBlockPublicAccessExclusions"],
    "ec2.vpc_block_public_access": ["ec2:DescribeVpcBlockPublicAccessOptions"],
    "guardduty.detector": [
        "guardduty:GetAdministratorAccount",
        "guardduty:GetDetector",
        "guardduty:GetFindingsStatistics",
        "guardduty:ListDetectors",
    ],
    "guardduty.filter": [
        "guardduty:GetFilter",
        "guardduty:ListDetectors",
        "guardduty:ListFilters",
    ],
    "guardduty.finding": [
        "guardduty:GetFindings",
        "guardduty:ListDetectors",
        "guardduty:ListFindings",
    ],
    "iam.access_key": [
        "iam:GenerateCredentialReport",
        "iam:GetAccountAuthorizationDetails",
        "iam:GetCredentialReport",
        "iam:ListAccessKeys",
    ],
    "iam.account_summary": ["iam:GetAccountSummary"],
    "iam.credential": ["iam:GenerateCredentialReport", "iam:GetCredentialReport"],
    "iam.credential_report": ["iam:GenerateCredentialReport", "iam:GetCredentialReport"],
    "iam.group": ["iam:GetAccountAuthorizationDetails"],
    "iam.mfa_device": _MFA,
    "iam.oidc_provider": ["iam:GetOpenIDConnectProvider", "iam:ListOpenIDConnectProviders"],
    "iam.password_policy": ["iam:GetAccountPasswordPolicy"],
    "iam.policy": ["iam:GetAccountAuthorizationDetails"],
    "iam.role": ["iam:GetAccountAuthorizationDetails", "iam:ListRoles"],
    "iam.root": [
        "iam:GenerateCredentialReport",
        "iam:GetAccountSummary",
        "iam:GetCredentialReport",
        "iam:ListOrganizationsFeatures",
        "iam:ListVirtualMFADevices",
    ],
    "iam.saml_provider": ["iam:ListSAMLProviders"],
    "iam.server_certificate": ["iam:ListServerCertificates"],
    "iam.service_specific_credential": [
        "iam:GetAccountAuthorizationDetails",
        "iam:ListServiceSpecificCredentials",
    ],
    "iam.user": _MFA,
    "kms.alias": ["kms:ListAliases"],
    "kms.grant": ["kms:DescribeKey", "kms:ListAliases", "kms:ListGrants", "kms:ListKeys"],
    "kms.key": [
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListAliases",
        "kms:ListGrants",
        "kms:ListKeyRotations",
        "kms:ListKeys",
        "kms:ListResourceTags",
    ],
    "organizations.account": ["organizations:ListAccounts"],
    "organizations.account_tags": [
        "organizations:ListAccounts",
        "organizations:ListTagsForResource",
    ],
    "organizations.organization": ["organizations:DescribeOrganization"],
    "organizations.unit": [
        "organizations:ListAccountsForParent",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListRoots",
    ],
    "s3.account_pab": ["s3:GetAccountPublicAccessBlock"],
    "s3.bucket": [
        "s3:GetBucketAcl",
        "s3:GetBucketLocation",
        "s3:GetBucketLogging",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPolicy",
        "s3:GetBucketPolicyStatus",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetEncryptionConfiguration",
        "s3:ListAllMyBuckets",
    ],
}
"""What each type needs to be allowed, as the service authorization reference spells it."""

MAKES_A_REPORT = {"generate_credential_report"}
"""Operations that are not read-only by name and change nothing all the same."""

BY_HAND = {
    "iam.list_service_specific_credentials",
    "ec2.describe_vpc_block_public_access_exclusions",
}
"""Operations that have pages and in botocore no paginator: a function turns them itself."""

ONE_PAGE = {"guardduty.get_findings_statistics"}
"""Likewise, but what is asked for always fits on the first page."""

UNMODELLED = {
    "UnsupportedOperationException",
    "CloudTrailARNInvalidException",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchBucketPolicy",
    "OwnershipControlsNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
    "ObjectLockConfigurationNotFoundError",
    "NoSuchTagSet",
}
"""Error codes that a service answers with and its model leaves out."""

FIXED_TIMES = {
    "accessanalyzer.analyzer": {"createdAt"},
    "cloudtrail.public_key": {"ValidityStartTime", "ValidityEndTime"},
    "iam.access_key": {"CreateDate"},
    "iam.group": {"CreateDate"},
    "iam.oidc_provider": {"Provider.CreateDate"},
    "iam.policy": {"CreateDate"},
    "iam.role": {"CreateDate"},
    "iam.saml_provider": {"CreateDate", "ValidUntil"},
    "iam.server_certificate": {"UploadDate", "Expiration"},
    "iam.service_specific_credential": {"CreateDate", "ExpirationDate"},
    "iam.user": {"CreateDate"},
    "kms.key": {"KeyMetadata.DeletionDate", "KeyMetadata.ValidTo"},
    "organizations.account": {"JoinedTimestamp"},
}
"""Times that are configuration: they move only when somebody changes the resource."""

ORDERED_LISTS: dict[str, set[str]] = {}
"""Lists whose order means something. All others must be declared as sets."""

_KEYS = ("last_rotated", "last_used_date", "last_used_region", "last_used_service", "active")
REPORT: Mapping[str, Any] = {
    **dict.fromkeys(
        (
            "user",
            "arn",
            "user_creation_time",
            "password_enabled",
            "password_last_used",
            "password_last_changed",
            "password_next_rotation",
            "mfa_active",
            "GeneratedTime",
        )
    ),
    "spelled": {"password_last_used": None},
    "access_keys": [dict.fromkeys(_KEYS)],
    "certificates": [dict.fromkeys(("active", "last_rotated"))],
}
"""The credential report by its documented columns, as its items have them."""

Fields = Callable[[], Mapping[str, Any]]

_DEVICE = dict.fromkeys(("SerialNumber", "Kind", "EnableDate", "UserArn"))
_WORTH: Mapping[str, Any] = {
    **dict.fromkeys(("Invalid", "Missing", "LogsWrong", "Valid", "LogsValid", "LogsUnread")),
    **dict.fromkeys(("Backfill", "From", "Until")),
    "Wrong": [dict.fromkeys(("Object", "Reason"))],
    "Gaps": [dict.fromkeys(("From", "Until"))],
    "PublicKeys": [None],
}
"""What the digests of a trail are found to be worth."""

_ROOT_USE = ("ActiveAccessKeys", "AccessKeyLastUsed", "PasswordLastUsed", "PasswordLastChanged")

ITEMS: dict[str, Fields] = {
    "accessanalyzer.finding": lambda: {
        **_fields("accessanalyzer", "FindingSummary"),
        **_fields("accessanalyzer", "FindingSummaryV2"),
        **dict.fromkeys(("analyzerArn", "_type")),
    },
    "cloudtrail.digest": lambda: dict.fromkeys(("TrailARN", "Name", "_trail")),
    "cloudtrail.public_key": lambda: _fields("cloudtrail", "PublicKey"),
    "guardduty.detector": lambda: {
        **_fields("guardduty", "GetDetectorResponse"),
        "DetectorId": None,
    },
    "guardduty.filter": lambda: dict.fromkeys(("DetectorId", "FilterName")),
    "guardduty.finding": lambda: dict.fromkeys(("DetectorId", "Id", "Archived", "_changed")),
    "iam.access_key": lambda: {
        **_fields("iam", "AccessKeyMetadata"),
        "UserArn": None,
        "LastUsed": dict.fromkeys(("Slot", "LastUsedDate", "Region", "ServiceName")),
    },
    "iam.account_summary": lambda: dict.fromkeys(("SummaryMap", "GlobalEndpointTokenVersion")),
    "iam.credential": lambda: REPORT,
    "iam.credential_report": lambda: {
        **dict.fromkeys(("Text", "Base64", "SHA256", "Rows", "ReportFormat", "GeneratedTime")),
        "Columns": [None],
    },
    "iam.mfa_device": lambda: {**_DEVICE, "_key": None},
    "iam.policy": lambda: {
        **_fields("iam", "ManagedPolicyDetail", without="PolicyVersionList"),
        "Owner": None,
        "Document": _fields("iam", "PolicyVersion")["Document"],
        "VersionCount": None,
    },
    "iam.role": lambda: _fields("iam", "RoleDetail"),
    "iam.user": lambda: _fields("iam", "UserDetail"),
    "iam.root": lambda: dict.fromkeys(("_user", "AccountMFAEnabled", "AccountPasswordPresent")),
    "iam.service_specific_credential": lambda: _fields("iam", "ServiceSpecificCredentialMetadata"),
    "ec2.security_group_rule": lambda: {**_row_of(RULES), "Rule": None},
    "ec2.vpc_block_exclusion": lambda: _fields("ec2", "VpcBlockPublicAccessExclusion"),
    "kms.grant": lambda: {**_row_of(GRANTS), "KeyArn": None},
    "account.alias": lambda: {"AccountAliases": [None]},
    "account.region": lambda: dict.fromkeys(("RegionName", "OptInStatus")),
    "organizations.account_tags": lambda: dict.fromkeys(("Id", "Arn")),
    "organizations.unit": lambda: {
        **_fields("organizations", "Root"),
        **_fields("organizations", "OrganizationalUnit"),
        "ParentId": None,
        "Accounts": [None],
    },
    "s3.bucket": lambda: _fields("s3", "Bucket", without="BucketArn"),
}
"""The fields of what a listing lists that is written as a function, with their shapes in AWS's models
(see `_fields`); those that it makes up have None, a list of fields, or more fields."""

GATHERED: dict[tuple[str, str], Fields] = {
    ("cloudtrail.digest", "Digests"): lambda: {"TrailARN": None, **_WORTH},
    ("iam.root", "Credentials"): lambda: dict.fromkeys(("_user", *_ROOT_USE)),
    ("iam.root", "MFA"): lambda: {"_user": None, "Kind": None, "Devices": [_DEVICE]},
    ("iam.user", "MFADevices"): lambda: _DEVICE,
}
"""Likewise the rows that a function gathers for a detail, by type and detail."""

TIDIED: dict[str, Fields] = {
    "cloudtrail.digest": lambda: {"Digests": _WORTH},
    "s3.bucket": lambda: {
        "ObjectOwnership": None,
        "Encryption": _fields("s3", "ServerSideEncryptionRule"),
    },
    "guardduty.detector": lambda: {"Administrator": _fields("guardduty", "Administrator")},
    "guardduty.finding": lambda: {"Finding": _finding()},
    "iam.role": lambda: {
        "InstanceProfileList": [None],
        "Settings": dict.fromkeys(("Description", "MaxSessionDuration")),
    },
    "iam.root": lambda: {
        "Credentials": dict.fromkeys(_ROOT_USE),
        "MFA": {"Kind": None, "Devices": [_DEVICE]},
    },
}
"""The fields to which `tidy` gives another form than AWS does, in that form."""

TYPES = [*evidence_types().values()]
every_type = pytest.mark.parametrize("spec", TYPES, ids=[spec.name for spec in TYPES])
every_call = pytest.mark.parametrize(
    "call", declared_calls(), ids=lambda call: f"{call.service}.{call.operation}"
)


class TestNames:
    @every_type
    def test_a_type_is_named_after_a_service_and_a_noun(self, spec: EvidenceType):
        service, _, noun = spec.name.partition(".")
        assert service in boto3.Session().get_available_services()
        assert re.fullmatch(r"[a-z][a-z0-9_]*[a-z0-9]", noun)

    @every_type
    def test_a_type_says_what_it_is(self, spec: EvidenceType):
        assert spec.title[0].isupper()
        assert not spec.title.endswith(".")
        assert spec.says[0].isupper()
        assert spec.says.endswith(".")
        assert "\n" not in spec.title + spec.says
        assert spec.item in range(11)

    @every_type
    def test_a_type_says_what_it_is_evidence_for_and_what_it_does_not_show(
        self, spec: EvidenceType
    ):
        assert spec.criteria or spec.item == 0
        assert all(re.fullmatch(r"CC[1-9]\.[1-9]", criterion) for criterion in spec.criteria)
        assert len({*spec.criteria}) == len(spec.criteria)
        assert spec.limits[0].isupper()
        assert spec.limits.endswith(".")

    @every_type
    def test_counts_are_tied_to_those_of_a_type_that_reaches_as_far_or_farther(
        self, spec: EvidenceType
    ):
        assert len({tie.name for tie in spec.ties}) == len(spec.ties)
        for tie in spec.ties:
            other = evidence_types()[tie.other]
            assert (spec.reach, other.reach) != (Reach.ACCOUNT, Reach.REGION)
            assert other.optional <= spec.optional, "only what is read can be counted"

    @every_type
    def test_an_aspect_is_one_of_another_type_that_reaches_as_far(self, spec: EvidenceType):
        if spec.aspect_of is not None:
            thing = evidence_types()[spec.aspect_of]
            assert thing.name != spec.name
            assert (thing.reach, thing.aspect_of) == (spec.reach, None)

    @every_type
    def test_what_a_type_needs_to_be_allowed_is_known(self, spec: EvidenceType):
        assert actions(spec.calls()) == ACTIONS[spec.name]

    def test_the_table_of_actions_has_no_type_that_is_gone(self):
        assert ACTIONS.keys() == evidence_types().keys()

    def test_the_context_needs_one_permission(self):
        assert actions(CONTEXT_CALLS) == ["ec2:DescribeRegions"]


class TestCalls:
    @every_call
    def test_an_operation_exists_and_only_reads(self, call: Call):
        assert operation(call)
        assert (
            re.match(r"(get|list|describe|lookup)_", call.operation)
            or call.operation in MAKES_A_REPORT
        )

    @every_call
    def test_parameters_exist_and_those_required_are_given(self, call: Call):
        shape = operation(call).input_shape
        members = shape.members if shape else {}
        given = {*call.params, *(batch.each for batch in _batches(call))}
        assert given <= members.keys()
        assert {*(shape.required_members if shape else ())} <= given

    @every_call
    def test_a_batch_asks_for_no_more_than_the_service_answers(self, call: Call):
        for batch in _batches(call):
            names = operation(call).input_shape.members[batch.each]
            assert isinstance(names, ListShape)
            assert batch.size <= names.metadata.get("max", batch.size)
            assert batch.each not in call.params

    @every_call
    def test_an_answer_is_shared_by_all_who_ask_for_it(self, call: Call):
        """One that shares it not, or wants smaller pages, would ask a second time."""
        same = [c for c in declared_calls() if _question(c) == _question(call)]
        assert {(c.shared, c.page_size) for c in same} == {(call.shared, call.page_size)}

    @every_call
    def test_the_answer_has_the_items_and_the_fields(self, call: Call):
        value = _answered(call)
        row = value.member if isinstance(value, ListShape) else value
        names = {*(call.fields or ()), *(name.split(".")[0] for name in call.always)}
        if isinstance(row, MapShape):
            assert names <= {*row.key.enum}
        elif names:
            assert isinstance(row, StructureShape)
            assert names <= row.members.keys()

    @every_call
    def test_what_is_not_kept_whole_does_keep_what_it_always_has(self, call: Call):
        assert call.fields is None or {*call.always} <= {*call.fields}

    @every_call
    def test_an_answer_in_pages_is_read_in_pages(self, call: Call):
        """Some operations have pages for which botocore has no paginator: they need more than a call."""
        model = operation(call)
        tokens = {"NextToken", "nextToken", "NextMarker", "IsTruncated", "Truncated"}
        tokens |= {"ContinuationToken"}
        has_pages = bool(model.output_shape and tokens & model.output_shape.members.keys())
        by_hand = f"{call.service}.{call.operation}" in BY_HAND | ONE_PAGE
        assert has_pages == (by_hand or pagination(model) is not None)
        assert not (by_hand and pagination(model))

    @every_call
    def test_pages_are_as_large_as_the_service_allows(self, call: Call):
        limit = _page_limit(operation(call))
        if call.page_size is None:
            assert limit is None or "max" not in limit.metadata
        else:
            assert limit is not None
            assert call.page_size <= limit.metadata.get("max", call.page_size)
            assert call.page_size >= limit.metadata.get("min", 1)

    @every_call
    def test_the_rows_of_a_paged_answer_are_what_is_paged(self, call: Call):
        """Also where several types take another part each of one answer: none can take the whole."""
        pager = pagination(operation(call))
        if pager is not None:
            assert call.items in [pager["result_key"], *pager["result_key"]]

    @every_call
    def test_a_code_that_is_an_answer_is_one_the_operation_can_give(self, call: Call):
        model = operation(call)
        modelled = {shape.name for shape in model.error_shapes}
        modelled |= {shape.error_code for shape in model.error_shapes}
        if not modelled:
            modelled = {*model.service_model.shape_names}
        assert {*call.absent_on, *call.not_owner_on} <= modelled | UNMODELLED

    @every_call
    def test_a_code_has_one_meaning(self, call: Call):
        assert not {*call.absent_on} & {*call.not_owner_on}


class TestBodies:
    @every_type
    def test_a_listing_lists(self, spec: EvidenceType):
        if not isinstance(spec.listing, Function):
            for call in spec.listed_by():
                assert isinstance(_answered(call), ListShape | StructureShape)
                assert call.items is not None

    @every_type
    def test_a_regional_type_asks_no_account_wide_service(self, spec: EvidenceType):
        services = {call.service for call in spec.calls()}
        assert spec.reach is not Reach.REGION or not services & ACCOUNT_WIDE

    @every_type
    def test_only_a_detail_depends_on_its_resource(self, spec: EvidenceType):
        for call in spec.listed_by():
            assert (call.when, call.kept, call.needs, call.region) == (None, None, (), None)

    @every_type
    def test_identity_is_made_of_fields_that_are_listed(self, spec: EvidenceType):
        row = {*_row(spec)} | {"partition", "account", "region"}
        fields = {name.split("[")[0] for _, name, _, _ in Formatter().parse(spec.key) if name}
        assert fields
        assert fields <= row
        assert spec.uid is None or spec.uid in row

    @every_type
    def test_what_says_as_of_when_it_is_is_a_field(self, spec: EvidenceType):
        assert spec.as_of is None or spec.as_of in _row(spec)

    @every_type
    def test_no_detail_hides_a_field_that_is_listed(self, spec: EvidenceType):
        assert not spec.details.keys() & _row(spec).keys()

    @every_type
    def test_a_detail_asks_with_what_is_known_by_then(self, spec: EvidenceType):
        known: dict[str, Any] = dict(_row(spec))
        for name, detail in spec.details.items():
            if isinstance(detail, Gather | Batch):
                assert detail.to in _row(spec)
                assert _resolved(_detail(spec, name, detail), detail.on.split("."))
            for call in _asked_for_each(detail):
                assert {*call.needs} <= known.keys()
                for value in (*call.params.values(), call.region):
                    if isinstance(value, From):
                        assert _resolved(known, value.path.split(".")), value
            known[name] = _detail(spec, name, detail)

    @every_type
    def test_gathered_details_come_before_those_that_may_need_them(self, spec: EvidenceType):
        kinds = [isinstance(detail, Gather | Batch) for detail in spec.details.values()]
        assert kinds == sorted(kinds, reverse=True)

    @every_type
    def test_observed_parts_and_acts_exist(self, spec: EvidenceType):
        for path in (*spec.observed, *spec.acts):
            assert _resolved(_body(spec), path.split(".")), path
        assert not {*spec.observed} & {*spec.acts}

    @every_type
    def test_sets_are_lists_whose_elements_have_the_key(self, spec: EvidenceType):
        for path, key in spec.sets.items():
            values = _resolved(_body(spec), path.split(".")).values()
            found = [value for value in values if isinstance(value, ListShape | list)]
            assert found, path
            for value in found:
                element = value.member if isinstance(value, ListShape) else value[0]
                assert {*_names(key)} <= _members(element).keys(), path

    @every_type
    def test_policies_are_text(self, spec: EvidenceType):
        for path in spec.policies:
            found = _resolved(_body(spec), path.split("."))
            assert found, path
            assert {value.type_name for value in found.values()} == {"string"}

    @every_type
    def test_every_policy_that_is_read_is_declared_as_one(self, spec: EvidenceType):
        """A policy compared as text changes whenever AWS spells it anew."""
        texts = {
            leaf.path
            for leaf in _leaves(_body(spec))
            if re.search(r"(PolicyDocument|^Policy|\.Policy)$", leaf.path)
            and getattr(leaf.value, "type_name", "") == "string"
        }
        assert texts <= {*spec.policies}

    @every_type
    def test_every_time_is_observed_or_known_to_be_configuration(self, spec: EvidenceType):
        """A time that moves by itself would be a change of configuration every day."""
        moving = {
            leaf.path
            for leaf in _leaves(_body(spec))
            if getattr(leaf.value, "type_name", "") == "timestamp"
            and not _is_declared(leaf.path, (*spec.observed, *spec.acts))
        }
        assert moving == FIXED_TIMES.get(spec.name, set())

    @every_type
    def test_every_list_is_a_set_or_known_to_be_ordered(self, spec: EvidenceType):
        """AWS promises no order: a list compared in order changes for no reason."""
        ordered = {
            leaf.path
            for leaf in _leaves(_body(spec))
            if leaf.is_list
            and not _is_declared(leaf.path, (*spec.observed, *spec.acts))
            and not any(_matches(pattern, leaf.path) for pattern in spec.sets)
            and not _inside_a_callable_set(spec, leaf.path)
        }
        assert ordered == ORDERED_LISTS.get(spec.name, set())


# ---- walking the service models -----------------------------------------------------------------


@dataclass(frozen=True)
class Leaf:
    """A value somewhere in a body: its dotted path through lists, and its shape."""

    path: str
    value: Any
    is_list: bool


def _answered(call: Call) -> Any:
    """Return the shape of what a call answers at its `items`."""
    shape: Any = operation(call).output_shape
    for name in call.items.split(".") if call.items else ():
        shape = shape.members[name]
    return shape


def _page_limit(model: OperationModel) -> Shape | None:
    pager = pagination(model)
    if pager is None or "limit_key" not in pager:
        return None
    shape: Shape = model.input_shape.members[pager["limit_key"]]
    return shape


def _question(call: Call) -> tuple[Any, ...]:
    """Return what tells one question to AWS from another."""
    return (call.service, call.operation, repr(sorted(call.params.items())), call.region)


def _batches(call: Call) -> list[Batch]:
    """Return the batches that ask with a call."""
    details = (detail for spec in TYPES for detail in spec.details.values())
    return [detail for detail in details if isinstance(detail, Batch) and detail.call is call]


def _asked_for_each(detail: Detail) -> tuple[Call, ...]:
    """Return the call that is made with what is known of a resource, or of the first of many."""
    match detail:
        case Call():
            return (detail,)
        case Batch():
            return (detail.call,)
        case Gather():
            return ()


def _fields(service: str, shape: str, without: str = "") -> dict[str, Shape]:
    """Return the fields of a structure in a service's model."""
    members = service_model(service).shape_for(shape).members
    return {name: member for name, member in members.items() if name != without}


def _finding() -> dict[str, Any]:
    """Return the fields of a GuardDuty finding, without what its many descriptions have inside."""
    parts = {
        name: {
            field: None if isinstance(shape, ListShape | StructureShape) else shape
            for field, shape in _fields("guardduty", name).items()
        }
        for name in ("Resource", "Service")
    }
    parts["Resource"]["Ids"] = [None]
    return {**_fields("guardduty", "Finding"), **parts, "Sample": None}


def _row_of(call: Call) -> Mapping[str, Any]:
    """Return the fields of the rows that a call answers: only those of its allow-list, if it has one."""
    members = _members(_answered(call))
    return members if call.fields is None else {name: members[name] for name in call.fields}


def _row(spec: EvidenceType) -> Mapping[str, Any]:
    """Return the fields of a listed item."""
    match spec.listing:
        case Function():
            return ITEMS[spec.name]()
        case Nested() as nested:
            return {**_row_of(nested.children), nested.parent_as: _row_of(nested.parents)}
        case Call() as call:
            return _row_of(call)


def _detail(spec: EvidenceType, name: str, detail: Detail) -> Any:
    """Return the shape of a detail; a row with an allow-list has only the fields on it."""
    match detail:
        case Gather():
            if isinstance(detail.call, Function):
                return [GATHERED[spec.name, name]()]
            return _whole(detail.call)
        case Call():
            return _whole(detail)
        case Batch(call=call):
            return _row_of(call)


def _whole(call: Call) -> Any:
    return _answered(call) if call.fields is None else [_row_of(call)]


def _body(spec: EvidenceType) -> dict[str, Any]:
    """Return the fields of a body: all but those that only help to read it, as `tidy` leaves them."""
    details = {name: _detail(spec, name, detail) for name, detail in spec.details.items()}
    tidied = TIDIED[spec.name]() if spec.name in TIDIED else {}
    whole = {**_row(spec), **details, **tidied}
    return {name: value for name, value in whole.items() if not name.startswith("_")}


def _members(value: Any) -> Mapping[str, Any]:
    """Return the fields of a structure, or of the elements of a list."""
    match value:
        case ListShape():
            return _members(value.member)
        case StructureShape():
            members: Mapping[str, Any] = value.members
            return members
        case MapShape():
            return {"*": value.value}
        case list():
            return _members(value[0])
        case Mapping():
            return value
        case _:
            return {}


def _resolved(value: Any, path: list[str]) -> dict[str, Any]:
    """Return what a declared path names: values by their own path, none when it names nothing."""
    if not path:
        return {"": value}
    found: dict[str, Any] = {}
    for name, item in _members(value).items():
        if re.fullmatch(path[0].replace("*", ".*"), name):
            found |= {f"{name}.{rest}": leaf for rest, leaf in _resolved(item, path[1:]).items()}
    return found


def _leaves(value: Any, path: tuple[str, ...] = (), depth: int = 0) -> Iterator[Leaf]:
    """Yield every value of a body, as deep as the model goes (and no deeper than ten)."""
    assert depth < 10
    if path:
        yield Leaf(".".join(path), value, isinstance(value, ListShape | list))
    for name, item in _members(value).items():
        yield from _leaves(item, (*path, name), depth + 1)


def _matches(pattern: str, path: str) -> bool:
    names, parts = pattern.split("."), path.split(".")
    return len(names) == len(parts) and all(
        re.fullmatch(name.replace("*", ".*"), part) for name, part in zip(names, parts, strict=True)
    )


def _is_declared(path: str, patterns: tuple[str, ...]) -> bool:
    """Say whether a path or anything above it is named by a pattern."""
    parts = path.split(".")
    heads = [".".join(parts[: n + 1]) for n in range(len(parts))]
    return any(_matches(pattern, head) for pattern in patterns for head in heads)


def _inside_a_callable_set(spec: EvidenceType, path: str) -> bool:
    """Say whether a set above it is told apart by a function, which sees to what is inside."""
    callables = tuple(pattern for pattern, key in spec.sets.items() if callable(key))
    return _is_declared(path, callables)


def _names(key: SetKey) -> tuple[str, ...]:
    if isinstance(key, str):
        return (key,)
    return key if isinstance(key, tuple) else ()
