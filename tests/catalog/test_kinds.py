"""What must hold of every declared change kind, whoever declares it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from string import Formatter

import pytest

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.fields import Field, Role, fields_of
from driftkeeper.collect.spec import EvidenceType
from driftkeeper.derive.catalog import facts
from driftkeeper.diff.catalog import declared, fallbacks, kinds, kinds_of
from driftkeeper.diff.spec import EVERYTHING, ChangeKind, Lifecycle
from driftkeeper.domain.shape import matches
from driftkeeper.domain.types import Change, Direction, Severity
from tests.cases.case import Case, Row, row, told
from tests.cases.tables import CASES

KINDS = declared()
each_kind = pytest.mark.parametrize(
    "kind", KINDS, ids=[f"{kind.name}-{kind.evidence}" for kind in KINDS]
)

W, S, N, A = "weakened", "strengthened", "neutral", "activity"
INFO, LOW, MEDIUM, HIGH, CRITICAL = "info", "low", "medium", "high", "critical"
SEVERITIES = (LOW, MEDIUM, HIGH, CRITICAL)

TAXONOMY: dict[str, tuple[str, tuple[str, ...], str]] = {
    # name: directions, severities, criteria (the taxonomy of the design, for the types that we read)
    "collection.baseline_established": (N, (INFO,), "CC4.1"),
    "collection.scope_lost": (W, (HIGH,), "CC7.2"),
    "collection.scope_restored": (S, (INFO,), "CC7.2"),
    "collection.gap": (W, (MEDIUM,), "CC4.1"),
    "account.region_enabled": (W, (MEDIUM,), "CC7.1"),
    "account.region_disabled": (N, (LOW,), "CC7.1"),
    "iam.root.mfa_disabled": (f"{W} {N}", (CRITICAL, INFO), "CC6.1 CC6.2"),
    "iam.root.mfa_enabled": (S, (INFO,), "CC6.1 CC6.2"),
    "iam.root.access_key_created": (W, (CRITICAL,), "CC6.1 CC6.2"),
    "iam.root.access_key_removed": (S, (CRITICAL,), "CC6.1 CC6.2"),
    "iam.root.password_set": (W, (HIGH,), "CC6.1"),
    "iam.root.password_removed": (S, (HIGH,), "CC6.1"),
    "iam.root.mfa_kind_changed": (f"{W} {S}", (MEDIUM,), "CC6.1"),
    "iam.root.used": (A, (HIGH,), "CC6.1 CC7.2"),
    "iam.user.created": (N, (MEDIUM,), "CC6.2"),
    "iam.user.deleted": (S, (INFO,), "CC6.2"),
    "iam.user.recreated": (N, (MEDIUM,), "CC6.2"),
    "iam.user.renamed": (N, (LOW,), "CC6.2"),
    "iam.user.console_access_enabled": (W, (MEDIUM, HIGH), "CC6.2"),
    "iam.user.console_access_disabled": (S, (MEDIUM,), "CC6.2"),
    "iam.user.mfa_removed": (W, (HIGH, CRITICAL), "CC6.1 CC6.2"),
    "iam.user.mfa_enabled": (S, (INFO,), "CC6.1 CC6.2"),
    "iam.user.mfa_device_replaced": (f"{N} {W}", (LOW,), "CC6.1"),
    "iam.user.password_changed": (A, (INFO,), "CC6.1"),
    "iam.user.dormant_reactivated": (A, (MEDIUM,), "CC7.2"),
    "iam.access_key.created": (W, (LOW, HIGH), "CC6.1"),
    "iam.access_key.deleted": (S, (INFO,), "CC6.1"),
    "iam.access_key.activated": (W, (MEDIUM,), "CC6.1"),
    "iam.access_key.deactivated": (S, (INFO,), "CC6.1"),
    "iam.access_key.rotated": (S, (INFO,), "CC6.1"),
    "iam.service_credential.created": (W, (MEDIUM,), "CC6.1"),
    "iam.group.membership_added": (f"{W} {N}", (HIGH, LOW), "CC6.3"),
    "iam.group.membership_removed": (S, (HIGH, LOW), "CC6.3"),
    "iam.policy_attached": (f"{W} {N} {S}", (HIGH, LOW), "CC6.3"),
    "iam.policy_detached": (f"{W} {N} {S}", (HIGH, LOW), "CC6.3"),
    "iam.inline_policy_added": (f"{W} {S} {N}", (MEDIUM,), "CC6.3"),
    "iam.inline_policy_changed": (f"{W} {S} {N}", (MEDIUM,), "CC6.3"),
    "iam.inline_policy_removed": (f"{W} {S} {N}", (MEDIUM,), "CC6.3"),
    "iam.admin_granted": (W, (CRITICAL, HIGH), "CC6.3"),
    "iam.admin_revoked": (S, (INFO,), "CC6.3"),
    "iam.policy.wildcard_added": (W, (HIGH,), "CC6.3"),
    "iam.policy.wildcard_removed": (S, (HIGH,), "CC6.3"),
    "iam.privilege_escalation_added": (W, (HIGH,), "CC6.3"),
    "iam.privilege_escalation_removed": (S, (HIGH,), "CC6.3"),
    "iam.boundary_removed": (W, (HIGH,), "CC6.3"),
    "iam.boundary_set": (S, (INFO,), "CC6.3"),
    "iam.boundary_changed": (N, (MEDIUM,), "CC6.3"),
    "iam.policy.permissions_widened": (W, (MEDIUM,), "CC6.3"),
    "iam.policy.permissions_narrowed": (S, (INFO,), "CC6.3"),
    "iam.policy.permissions_changed": (N, (LOW,), "CC6.3"),
    "iam.policy.default_version_changed": (N, (LOW,), "CC8.1"),
    "iam.policy.created": (N, (LOW,), "CC6.3"),
    "iam.policy.deleted": (N, (LOW,), "CC6.3"),
    "iam.policy.aws_managed_updated": (f"{N} {W}", (LOW,), "CC6.3"),
    "iam.role.created": (f"{N} {W}", (MEDIUM,), "CC6.3"),
    "iam.role.deleted": (N, (MEDIUM,), "CC6.3"),
    "iam.role.recreated": (N, (MEDIUM,), "CC6.3"),
    "iam.role.trust_widened": (W, (HIGH,), "CC6.3 CC6.6"),
    "iam.role.trust_narrowed": (S, (INFO,), "CC6.3 CC6.6"),
    "iam.role.trust_changed": (N, (MEDIUM,), "CC6.3 CC6.6"),
    "iam.role.trust_public": (W, (CRITICAL,), "CC6.6"),
    "iam.role.external_principal_added": (W, (HIGH,), "CC6.3 CC6.6"),
    "iam.role.external_principal_removed": (S, (INFO,), "CC6.3 CC6.6"),
    "iam.role.external_id_removed": (W, (HIGH,), "CC6.3"),
    "iam.role.external_id_added": (S, (HIGH,), "CC6.3"),
    "iam.role.trust_principal_orphaned": (N, (LOW,), "CC6.3"),
    "iam.role.max_session_increased": (W, (LOW,), "CC6.1"),
    "iam.idp.added": (W, (HIGH,), "CC6.1"),
    "iam.idp.removed": (N, (MEDIUM,), "CC6.1"),
    "iam.idp.changed": (N, (MEDIUM,), "CC6.1"),
    "iam.password_policy.created": (S, (INFO,), "CC6.1 CC6.2"),
    "iam.password_policy.removed": (W, (HIGH,), "CC6.1 CC6.2"),
    "iam.password_policy.weakened": (W, (MEDIUM, HIGH), "CC6.1"),
    "iam.password_policy.strengthened": (S, (MEDIUM,), "CC6.1"),
    "aa.analyzer_created": (S, (INFO,), "CC6.6"),
    "aa.analyzer_deleted": (W, (HIGH, LOW), "CC6.6"),
    "aa.analyzer_disabled": (W, (HIGH,), "CC6.6"),
    "aa.analyzer_enabled": (S, (HIGH,), "CC6.6"),
    "aa.finding_opened": (W, SEVERITIES, "CC6.3 CC6.6"),
    "aa.finding_resolved": (S, (INFO,), "CC6.3"),
    "aa.finding_archived": (N, (LOW,), "CC6.3"),
    "aa.finding_reopened": (W, (LOW, MEDIUM, HIGH), "CC6.3"),
    "aa.finding_expired": (N, (INFO,), "CC6.3"),
    "aa.archive_rule_added": (W, (MEDIUM,), "CC6.3"),
    "aa.archive_rule_changed": (N, (MEDIUM,), "CC6.3"),
    "aa.archive_rule_removed": (S, (MEDIUM,), "CC6.3"),
    "cloudtrail.trail_created": (S, (INFO,), "CC7.2"),
    "cloudtrail.trail_deleted": (W, (CRITICAL,), "CC7.2"),
    "cloudtrail.logging_stopped": (W, (CRITICAL,), "CC7.2"),
    "cloudtrail.logging_started": (S, (INFO,), "CC7.2"),
    "cloudtrail.logging_interrupted": (A, (HIGH,), "CC7.2"),
    "cloudtrail.multi_region_disabled": (W, (HIGH,), "CC7.2"),
    "cloudtrail.multi_region_enabled": (S, (HIGH,), "CC7.2"),
    "cloudtrail.global_events_disabled": (W, (HIGH,), "CC7.2"),
    "cloudtrail.global_events_enabled": (S, (HIGH,), "CC7.2"),
    "cloudtrail.validation_disabled": (W, (HIGH,), "CC7.2"),
    "cloudtrail.validation_enabled": (S, (HIGH,), "CC7.2"),
    "cloudtrail.management_events_reduced": (W, (HIGH,), "CC7.2"),
    "cloudtrail.management_events_restored": (S, (HIGH,), "CC7.2"),
    "cloudtrail.data_events_reduced": (W, (LOW,), "CC7.2"),
    "cloudtrail.data_events_expanded": (S, (LOW,), "CC7.2"),
    "cloudtrail.destination_changed": (f"{N} {W}", (HIGH,), "CC7.2"),
    "cloudtrail.encryption_removed": (W, (MEDIUM,), "CC6.7"),
    "cloudtrail.encryption_added": (S, (MEDIUM,), "CC6.7"),
    "cloudtrail.encryption_key_changed": (N, (MEDIUM,), "CC6.7"),
    "cloudtrail.cloudwatch_removed": (W, (MEDIUM,), "CC7.2"),
    "cloudtrail.cloudwatch_added": (S, (MEDIUM,), "CC7.2"),
    "cloudtrail.delivery_failing": (W, (HIGH,), "CC7.2"),
    "cloudtrail.delivery_recovered": (S, (HIGH,), "CC7.2"),
    "cloudtrail.region_uncovered": (W, (HIGH,), "CC7.2"),
    "cloudtrail.region_covered": (S, (HIGH,), "CC7.2"),
    "cloudtrail.digest_invalid": (W, (CRITICAL,), "CC7.2"),
    "guardduty.enabled": (S, (INFO,), "CC7.2"),
    "guardduty.disabled": (W, (CRITICAL,), "CC7.2"),
    "guardduty.detector_recreated": (W, (HIGH,), "CC7.2"),
    "guardduty.feature_disabled": (W, (HIGH, MEDIUM), "CC7.2"),
    "guardduty.feature_enabled": (S, (HIGH, MEDIUM), "CC7.2"),
    "guardduty.publishing_frequency_changed": (f"{W} {S} {N}", (LOW,), "CC7.2"),
    "guardduty.administrator_changed": (N, (HIGH,), "CC7.2"),
    "guardduty.suppression_added": (W, (MEDIUM, HIGH), "CC7.3"),
    # A filter that begins or ceases to archive is no neutral change.
    "guardduty.suppression_changed": (f"{N} {W} {S}", (MEDIUM, HIGH), "CC7.3"),
    "guardduty.suppression_removed": (S, (MEDIUM, HIGH), "CC7.3"),
    "guardduty.finding_opened": (A, SEVERITIES, "CC7.3"),
    "guardduty.finding_archived": (N, SEVERITIES, "CC7.3"),
    "guardduty.finding_recurred": (A, SEVERITIES, "CC7.3"),
    "sg.public_ingress_added": (W, SEVERITIES, "CC6.6"),
    "sg.public_ingress_removed": (S, SEVERITIES, "CC6.6"),
    # Ports that join an open range are weighed like any that are opened.
    "sg.ingress_widened": (W, SEVERITIES, "CC6.6"),
    "sg.ingress_narrowed": (S, (INFO,), "CC6.6"),
    "sg.rule_added": (N, (LOW,), "CC6.6 CC8.1"),
    "sg.rule_removed": (N, (LOW,), "CC6.6 CC8.1"),
    "sg.rule_modified": (N, (LOW,), "CC6.6 CC8.1"),
    "sg.rule_replaced": (N, (INFO,), "CC6.6 CC8.1"),
    "sg.rule_description_changed": (N, (INFO,), "CC8.1"),
    "sg.egress_opened": (W, (LOW,), "CC6.6"),
    "sg.egress_restricted": (S, (LOW,), "CC6.6"),
    "sg.cross_account_reference_added": (W, (MEDIUM,), "CC6.6"),
    "sg.cross_account_reference_removed": (S, (MEDIUM,), "CC6.6"),
    "sg.default_group_opened": (W, (MEDIUM,), "CC6.6"),
    "sg.default_group_closed": (S, (MEDIUM,), "CC6.6"),
    "sg.created": (N, (LOW,), "CC6.6"),
    "sg.deleted": (N, (LOW,), "CC6.6"),
    # Which ports a prefix list opens is known of the groups only; a list alone is high.
    "prefix_list.public_cidr_added": (W, SEVERITIES, "CC6.6"),
    "prefix_list.public_cidr_removed": (S, SEVERITIES, "CC6.6"),
    "prefix_list.changed": (N, (LOW,), "CC6.6"),
    "nacl.public_ingress_opened": (W, (MEDIUM, HIGH), "CC6.6"),
    "nacl.public_ingress_closed": (S, (MEDIUM, HIGH), "CC6.6"),
    "nacl.rules_changed": (N, (LOW,), "CC6.6"),
    "nacl.subnet_reassociated": (f"{W} {S} {N}", (MEDIUM,), "CC6.6"),
    "nacl.created": (N, (LOW,), "CC6.6"),
    "nacl.deleted": (N, (LOW,), "CC6.6"),
    "vpc.block_public_access_weakened": (W, (HIGH,), "CC6.6"),
    "vpc.block_public_access_strengthened": (S, (HIGH,), "CC6.6"),
    "s3.account_public_access_block_weakened": (W, (CRITICAL,), "CC6.6"),
    "s3.account_public_access_block_strengthened": (S, (INFO,), "CC6.6"),
    "s3.public_access_block_weakened": (W, (HIGH, MEDIUM), "CC6.6"),
    "s3.public_access_block_strengthened": (S, (HIGH, MEDIUM), "CC6.6"),
    "s3.bucket_became_public": (W, (CRITICAL,), "CC6.6"),
    "s3.bucket_became_private": (S, (INFO,), "CC6.6"),
    # What a policy does that came or went is told from its atoms.
    "s3.bucket_policy_added": (f"{W} {S} {N}", (MEDIUM,), "CC6.6"),
    "s3.bucket_policy_removed": (f"{W} {S} {N}", (MEDIUM,), "CC6.6"),
    "s3.bucket_policy_widened": (W, (MEDIUM,), "CC6.6"),
    "s3.bucket_policy_narrowed": (S, (MEDIUM,), "CC6.6"),
    "s3.bucket_policy_changed": (N, (MEDIUM,), "CC6.6"),
    "s3.external_access_granted": (W, (HIGH,), "CC6.6 CC6.3"),
    "s3.external_access_revoked": (S, (HIGH,), "CC6.6 CC6.3"),
    "s3.public_acl_granted": (W, (HIGH,), "CC6.6"),
    "s3.public_acl_revoked": (S, (HIGH,), "CC6.6"),
    "s3.acls_enabled": (W, (MEDIUM,), "CC6.6"),
    "s3.acls_disabled": (S, (MEDIUM,), "CC6.6"),
    "s3.encryption_downgraded": (W, (MEDIUM,), "CC6.7"),
    "s3.encryption_upgraded": (S, (MEDIUM,), "CC6.7"),
    "s3.encryption_key_changed": (N, (MEDIUM,), "CC6.7"),
    "s3.versioning_suspended": (W, (MEDIUM,), "CC6.7"),
    "s3.versioning_enabled": (S, (MEDIUM,), "CC6.7"),
    "s3.mfa_delete_disabled": (W, (HIGH, MEDIUM), "CC7.2"),
    "s3.mfa_delete_enabled": (S, (HIGH, MEDIUM), "CC7.2"),
    "s3.object_lock_weakened": (W, (HIGH,), "CC7.2"),
    "s3.object_lock_strengthened": (S, (HIGH,), "CC7.2"),
    "s3.tls_enforcement_removed": (W, (MEDIUM,), "CC6.7"),
    "s3.tls_enforcement_added": (S, (MEDIUM,), "CC6.7"),
    "s3.access_logging_disabled": (W, (LOW,), "CC7.2"),
    "s3.access_logging_enabled": (S, (LOW,), "CC7.2"),
    "s3.bucket_created": (N, (LOW,), "CC6.6 CC7.2"),
    "s3.bucket_deleted": (f"{N} {W}", (LOW, CRITICAL), "CC6.6 CC7.2"),
    "kms.rotation_disabled": (W, (HIGH,), "CC6.7 CC6.1"),
    "kms.rotation_enabled": (S, (INFO,), "CC6.7 CC6.1"),
    "kms.rotation_period_changed": (f"{W} {S}", (LOW,), "CC6.7"),
    "kms.key_rotated": (A, (INFO,), "CC6.7"),
    "kms.key_disabled": (W, (MEDIUM,), "CC6.7"),
    "kms.key_enabled": (S, (MEDIUM,), "CC6.7"),
    "kms.deletion_scheduled": (W, (HIGH,), "CC6.7"),
    "kms.deletion_cancelled": (S, (INFO,), "CC6.7"),
    "kms.key_deleted": (W, (HIGH,), "CC6.7"),
    "kms.policy_public": (W, (CRITICAL,), "CC6.7 CC6.3"),
    "kms.policy_private": (S, (CRITICAL,), "CC6.7 CC6.3"),
    "kms.policy_widened": (W, (HIGH,), "CC6.7 CC6.3"),
    "kms.policy_narrowed": (S, (INFO,), "CC6.7 CC6.3"),
    "kms.policy_changed": (N, (MEDIUM,), "CC6.7 CC6.3"),
    "kms.external_principal_added": (W, (HIGH,), "CC6.7"),
    "kms.external_principal_removed": (S, (HIGH,), "CC6.7"),
    "kms.alias_retargeted": (N, (MEDIUM,), "CC6.7"),
    "kms.key_created": (N, (LOW,), "CC6.7"),
    "kms.imported_material_changed": (N, (MEDIUM,), "CC6.7"),
}

OURS = {
    # beyond the taxonomy: what answers for all that is not named, MFA devices one by one, root's password,
    # policies that say the same in other words, and findings that are gone or go on in another way
    "iam.policy.aws_managed_listed",
    "iam.policy.aws_managed_unlisted",
    "resource.attribute_changed",
    "resource.created",
    "resource.deleted",
    "resource.recreated",
    "resource.renamed",
    "resource.first_observed",
    "iam.user.mfa_device_added",
    "iam.user.mfa_device_removed",
    "iam.user.mfa_device_reenabled",
    "iam.root.password_changed",
    "iam.root.mfa_device_changed",
    "iam.root.summary_changed",
    "iam.access_key.listed",
    "iam.access_key.unlisted",
    "iam.access_key.status_changed",
    "iam.mfa_device.listed",
    "iam.mfa_device.unlisted",
    "iam.mfa_device.assigned",
    "iam.group.created",
    "iam.group.deleted",
    "iam.role.trust_rewritten",
    "iam.role.trust_private",
    "iam.role.max_session_reduced",
    "iam.service_credential.deleted",
    "iam.policy.permissions_rewritten",
    "kms.policy_rewritten",
    "aa.finding_renumbered",
    "aa.finding_disappeared",
    "aa.finding_superseded",
    "vpc.block_public_access_exclusion_widened",
    "vpc.block_public_access_exclusion_narrowed",
    "sg.rule_listed",
    "sg.rule_unlisted",
    "guardduty.finding_unarchived",
    "guardduty.finding_expired",
    "guardduty.finding_disappeared",
    # the organisation's accounts, new regions, prefix lists and aliases that come and go, AWS's verdict on
    # the policy of a bucket, and single grants of its ACL
    "account.region_listed",
    "account.joined",
    "account.left",
    "account.state_changed",
    "account.moved",
    "account.email_changed",
    "account.renamed",
    "prefix_list.created",
    "prefix_list.deleted",
    "kms.alias_created",
    "kms.alias_deleted",
    "s3.acl_grant_added",
    "s3.acl_grant_removed",
    "s3.bucket_policy_public",
    "s3.bucket_policy_private",
    "s3.bucket_policy_rewritten",
    "s3.bucket_policy_principal_orphaned",
    "kms.policy_principal_orphaned",
    # networks, interfaces and organisations, which are context, and rarer settings of the rest
    "account.organization_changed",
    "account.organization_features_changed",
    "account.organization_joined",
    "account.organization_left",
    "account.policy_type_disabled",
    "account.policy_type_enabled",
    "account.unit_moved",
    "aa.analyzer_scope_changed",
    "aa.finding_access_changed",
    "aa.finding_became_public",
    "cloudtrail.digest_gap",
    "cloudtrail.digest_sound",
    "cloudtrail.insights_expanded",
    "cloudtrail.insights_reduced",
    "cloudtrail.organization_trail_disabled",
    "cloudtrail.organization_trail_enabled",
    "eni.group_attached",
    "eni.group_detached",
    "eni.public_address_added",
    "eni.public_address_changed",
    "eni.public_address_removed",
    "eni.source_check_disabled",
    "eni.source_check_enabled",
    "guardduty.finding_reassessed",
    "iam.role.instance_profile_added",
    "iam.role.instance_profile_removed",
    "iam.root.central_management_disabled",
    "iam.root.central_management_enabled",
    "iam.service_credential.activated",
    "iam.service_credential.deactivated",
    "kms.primary_moved",
    "kms.replica_added",
    "kms.replica_removed",
    "s3.access_log_grant_added",
    "s3.access_log_grant_removed",
    "s3.access_logging_redirected",
    "vpc.dhcp_options_changed",
    "vpc.encryption_control_strengthened",
    "vpc.encryption_control_weakened",
    "vpc.internet_block_strengthened",
    "vpc.internet_block_weakened",
    "vpc.network_added",
    "vpc.network_removed",
    # what is context, or rare, or a trial, and yet has a name
    "aa.analyzer_recreated",
    "aa.finding_came_closed",
    "account.alias_changed",
    "account.unit_created",
    "account.unit_deleted",
    "cloudtrail.recursive_logging_changed",
    "eni.created",
    "eni.deleted",
    "guardduty.feature_manager_changed",
    "guardduty.sample_archived",
    "guardduty.sample_created",
    "iam.group.recreated",
    "iam.group.renamed",
    "iam.server_certificate.deleted",
    "iam.server_certificate.renamed",
    "iam.server_certificate.replaced",
    "iam.server_certificate.uploaded",
    "iam.sts_token_version_changed",
    "vpc.block_public_access_manager_changed",
    "vpc.created",
    "vpc.deleted",
}
SOC2 = {
    f"CC{series}.{number}"
    for series, last in enumerate((5, 3, 4, 2, 3, 8, 5, 1, 2), start=1)
    for number in range(1, last + 1)
}


# ---- names and values ---------------------------------------------------------------------------


def test_the_kinds_are_those_of_the_taxonomy_but_for_what_is_decided_here() -> None:
    assert TAXONOMY.keys() <= kinds().keys()
    assert kinds().keys() - TAXONOMY.keys() == OURS


@each_kind
def test_a_name_is_a_service_and_what_happened(kind: ChangeKind) -> None:
    assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*(\.[a-z0-9]+(_[a-z0-9]+)*){1,2}", kind.name)
    assert len(kind.name) <= 96  # the column of the store


def test_a_kind_that_several_evidence_types_have_is_the_same_for_each() -> None:
    """Names leave the program: whoever filters by one must know what it stands for."""
    shared = [kind for kind in KINDS if kind is not kinds()[kind.name]]
    assert {kind.name for kind in shared} >= {"iam.policy_attached", "iam.boundary_removed"}
    for kind in shared:
        first = kinds()[kind.name]
        assert kind.criteria == first.criteria
        for weight in ("direction", "severity"):
            mine, its = getattr(kind, weight), getattr(first, weight)
            assert mine == its or callable(mine) or callable(its)


@each_kind
def test_its_evidence_is_declared(kind: ChangeKind) -> None:
    assert kind.evidence in {EVERYTHING, *evidence_types(), *facts()}


@each_kind
def test_its_criteria_are_trust_services_criteria(kind: ChangeKind) -> None:
    assert kind.criteria
    assert {*kind.criteria} <= SOC2
    assert len({*kind.criteria}) == len(kind.criteria)


@cache
def _changes() -> list[Change]:
    """Every change of every case."""
    return [change for case in CASES.values() for change in told(case)]


def _rows() -> list[Row]:
    return [row(change) for change in _changes()]


@each_kind
def test_it_weighs_as_the_taxonomy_says(kind: ChangeKind) -> None:
    """Where a weight depends on the difference, each one that a case has is allowed."""
    directions, severities, criteria = TAXONOMY.get(
        kind.name, (f"{W} {S} {N} {A}", (INFO, *SEVERITIES), " ".join(kind.criteria))
    )
    assert {*kind.criteria} == {*criteria.split()}
    for name, _, direction, severity in _rows():
        if name == kind.name:
            assert direction in directions.split()
            assert severity in severities
    if isinstance(kind.direction, Direction):
        assert kind.direction in directions.split()
    if isinstance(kind.severity, Severity):
        assert kind.severity in severities


def _looked_at(case: Case) -> set[str]:
    """What kinds can be about that a case can tell."""
    seen = {case.evidence, *case.beside}
    return {EVERYTHING, *seen, *(f.name for f in facts().values() if not seen.isdisjoint(f.of))}


# ---- cases --------------------------------------------------------------------------------------


@each_kind
def test_it_has_a_case_that_it_tells_and_a_near_one_that_it_does_not(kind: ChangeKind) -> None:
    cases = [case for case in CASES.values() if kind.evidence in _looked_at(case)]
    assert any(kind.name in (name for name, *_ in case.expect) for case in cases)
    assert any(kind.name in case.near for case in cases)


def test_cases_name_only_kinds_that_exist() -> None:
    named = {name for case in CASES.values() for name, *_ in case.expect}
    assert named | {name for case in CASES.values() for name in case.near} <= kinds().keys()


# ---- nothing is silent --------------------------------------------------------------------------


@pytest.mark.parametrize("lifecycle", [*Lifecycle])
def test_every_sort_of_difference_has_one_kind_that_answers_for_it_unless_it_is_an_act(
    lifecycle: Lifecycle,
) -> None:
    """An act that no kind names is only something observed, which is never a change by itself."""
    answering = [kind for kind in fallbacks() if kind.on is lifecycle]

    assert len(answering) == (0 if lifecycle is Lifecycle.ACT else 1)
    for kind in answering:
        assert (kind.looks_at, kind.whole, kind.when, kind.claims) == ((), False, None, True)


def test_every_kind_is_asked_by_its_evidence_or_as_a_fallback() -> None:
    asked = {kind.name for name in (*evidence_types(), *facts()) for kind in kinds_of(name)}

    assert asked | {kind.name for kind in fallbacks()} == kinds().keys()


# ---- paths --------------------------------------------------------------------------------------


@cache
def _paths(evidence: str) -> tuple[Field, ...]:
    return fields_of(evidence_types()[evidence])


def _resolves(evidence: str, pattern: str) -> bool:
    """Say whether a body can have something at a dotted pattern over the keyed path."""
    depth = len(pattern.split("."))
    return any(
        matches(pattern, field.names[:depth])
        or (field.role is Role.OBSERVED and matches(field.path, tuple(pattern.split("."))))
        for field in _paths(evidence)
    )


def _unkeyed(spec: EvidenceType, pattern: str) -> Iterator[str]:
    """The names of a pattern without those that stand for elements of sets."""
    fields: list[str] = []
    in_set = False
    for name in pattern.split("."):
        if in_set:
            in_set = False
            continue
        fields.append(name)
        yield name
        in_set = any(matches(each, tuple(fields)) for each in spec.sets)


def _leads_to(pattern: str, paths: set[str]) -> bool:
    """Say whether a kind that looks at the pattern of a fact is told at such a path."""
    return any(matches(pattern, tuple(path.split("/"))) for path in paths)


def _patterns(kind: ChangeKind) -> list[str]:
    return [*kind.looks_at, *kind.explains]


@each_kind
def test_its_paths_lead_somewhere_in_what_aws_answers(kind: ChangeKind) -> None:
    if kind.evidence in evidence_types():
        assert [p for p in _patterns(kind) if not _resolves(kind.evidence, p)] == []
    elif kind.evidence == EVERYTHING:
        assert _patterns(kind) == []
    else:
        told_at = {change.path for change in _changes() if change.kind == kind.name}
        assert all(_leads_to(p, told_at) for p in kind.looks_at)


def test_a_path_that_leads_nowhere_is_noticed() -> None:
    trail, row = "cloudtrail.trail", "iam.credential"

    assert _resolves(trail, "Status.IsLogging")
    assert not _resolves(trail, "Status.Islogging")
    assert not _resolves(trail, "KMSKeyId")
    assert not _resolves(trail, "Name.First")
    assert _resolves(row, "access_keys.*.active")
    assert not _resolves(row, "access_keys.*.Active")


def _is_observed(spec: EvidenceType, pattern: str) -> bool:
    fields = tuple(_unkeyed(spec, pattern))
    return any(matches(each, fields) for each in (*spec.observed, *spec.acts))


@each_kind
def test_an_act_is_of_something_observed_and_nothing_else_is(kind: ChangeKind) -> None:
    if kind.evidence in evidence_types():
        spec = evidence_types()[kind.evidence]
        for path in kind.looks_at:
            assert _is_observed(spec, path) == (kind.on is Lifecycle.ACT)


@each_kind
def test_a_whole_has_a_claim_only_within_its_prefix(kind: ChangeKind) -> None:
    """A kind that claims all of a body must be the only one that claims anything of it."""
    if kind.whole and kind.claims is not False and not kind.path:
        others = [other for other in kinds_of(kind.evidence) if other.claims is not False]
        assert all(other.whole and not other.path for other in others)


# ---- sentences ----------------------------------------------------------------------------------


@each_kind
def test_its_sentence_asks_only_for_what_there_is(kind: ChangeKind) -> None:
    ours = {"resource", "principal", "path", "leaf", "steps", "before", "after"}
    of = facts()[kind.evidence].of if kind.evidence in facts() else (kind.evidence,)
    every = [{field.names[0] for field in _paths(name)} for name in of if name != EVERYTHING]
    fields = set.intersection(*every) if every else set()
    asked = {re.split(r"[.\[]", name)[0] for _, name, _, _ in Formatter().parse(kind.says) if name}

    assert asked <= {*ours, *fields}
    assert "{" not in kind.says or asked
    assert kind.says == kind.says.strip()
    assert not kind.says.endswith(".")


def test_no_two_kinds_of_one_evidence_say_the_same() -> None:
    said = [(kind.evidence, kind.says) for kind in KINDS]

    assert len({*said}) == len(said)
