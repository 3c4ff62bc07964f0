"""Cases of Access Analyzer and GuardDuty: who watches, and what was found."""

from __future__ import annotations

from driftkeeper.collect.spec import Item
from tests.cases.case import Case, Row
from tests.cases.watcher_answers import (
    ACCESS,
    ANALYZER,
    ARCHIVE_RULE,
    DETECTOR,
    FEATURES,
    FILTER,
    NO_DETECTOR,
    OTHER_ACCOUNT,
    THREAT,
    UNUSED,
    UNUSED_ACCESS,
    altered,
    feature,
)

_ANALYZER, _RULE, _FOUND = (f"accessanalyzer.{n}" for n in ("analyzer", "archive_rule", "finding"))
_DETECTOR, _FILTER, _THREAT = (f"guardduty.{n}" for n in ("detector", "filter", "finding"))
_W, _S, _N, _A = "weakened", "strengthened", "neutral", "activity"


def _generic(path: str) -> Row:
    return ("resource.attribute_changed", path, _N, "info")


def _access(status: str = "ACTIVE", **fields: object) -> Item:
    return altered(ACCESS, status=status, **fields)


def _features(*changed: Item) -> Item:
    named = {row["Name"]: row for row in (*FEATURES, *changed)}
    return altered(DETECTOR, Features=[*named.values()])


def _severity(**test: object) -> Item:
    return altered(FILTER, {"Filter.FindingCriteria.Criterion": {"severity": test}})


def _threat(archived: bool = False, **finding: object) -> Item:
    edits = {f"Finding.{name.replace('__', '.')}": value for name, value in finding.items()}
    return altered(THREAT, {"Archived": archived, **edits})


_OPENED = ("aa.finding_opened", "", _W, "high")
_SAMPLE = "[SAMPLE] Calls from a malicious IP address."
_MEMBER: Item = {
    "AccountId": OTHER_ACCOUNT,
    "InvitationId": "1a",
    "RelationshipStatus": "Enabled",
    "InvitedAt": "2026-03-01T00:00:00.000Z",
}
_ANALYZERS = {
    "an external analyzer is created": Case(
        _ANALYZER,
        None,
        ANALYZER,
        expect=(("aa.analyzer_created", "", _S, "info"),),
        near=("aa.analyzer_enabled",),
    ),
    "an external analyzer is deleted": Case(
        _ANALYZER,
        ANALYZER,
        None,
        expect=(("aa.analyzer_deleted", "", _W, "high"),),
        near=("aa.analyzer_disabled", "aa.analyzer_recreated"),
    ),
    "an analyzer of unused access is deleted": Case(
        _ANALYZER, UNUSED, None, expect=(("aa.analyzer_deleted", "", _W, "low"),)
    ),
    "an analyzer is deleted and made anew under its name": Case(
        _ANALYZER,
        ANALYZER,
        altered(ANALYZER, createdAt="2026-03-01T10:00:00Z"),
        expect=(("aa.analyzer_recreated", "", _W, "medium"),),
        near=("aa.analyzer_created", "aa.analyzer_deleted"),
    ),
    "an analyzer is disabled": Case(
        _ANALYZER,
        ANALYZER,
        altered(
            ANALYZER,
            status="DISABLED",
            statusReason={"code": "AWS_SERVICE_ACCESS_DISABLED"},
        ),
        expect=(
            ("aa.analyzer_disabled", "status", _W, "high"),
            _generic("statusReason"),
        ),
        near=("aa.analyzer_enabled",),
    ),
    "an analyzer is active again": Case(
        _ANALYZER,
        altered(ANALYZER, status="FAILED"),
        ANALYZER,
        expect=(("aa.analyzer_enabled", "status", _S, "high"),),
        near=("aa.analyzer_disabled",),
    ),
    "a new analyzer becomes active": Case(
        _ANALYZER,
        altered(ANALYZER, status="CREATING"),
        ANALYZER,
        expect=(_generic("status"),),
        near=("aa.analyzer_enabled",),
    ),
    "an analyzer leaves out more": Case(
        _ANALYZER,
        UNUSED,
        altered(UNUSED, {"Analyzer.configuration.unusedAccess.unusedAccessAge": 180}),
        expect=(_generic("Analyzer/configuration/unusedAccess/unusedAccessAge"),),
    ),
    "an analyzer analyses, AWS counts, and what it leaves out is listed in another order": Case(
        _ANALYZER,
        UNUSED,
        altered(
            UNUSED,
            {
                "lastResourceAnalyzedAt": "2026-03-02T02:50:00Z",
                "Statistics": None,
                "Analyzer.configuration.unusedAccess.analysisRule.exclusions": [
                    {"resourceTags": [{"a": "b"}]},
                    {"accountIds": [OTHER_ACCOUNT]},
                ],
                "Analyzer.lastResourceAnalyzedAt": "2026-03-02T02:50:00Z",
            },
        ),
    ),
}
_RULES = {
    "an archive rule is added": Case(
        _RULE,
        None,
        ARCHIVE_RULE,
        expect=(("aa.archive_rule_added", "", _W, "medium"),),
        near=("aa.archive_rule_changed",),
    ),
    "an archive rule is removed": Case(
        _RULE,
        ARCHIVE_RULE,
        None,
        expect=(("aa.archive_rule_removed", "", _S, "medium"),),
        near=("aa.archive_rule_changed",),
    ),
    "an archive rule matches others": Case(
        _RULE,
        ARCHIVE_RULE,
        altered(ARCHIVE_RULE, filter={"isPublic": {"exists": True}}),
        expect=(("aa.archive_rule_changed", "filter", _N, "medium"),),
        near=("aa.archive_rule_added", "aa.archive_rule_removed"),
    ),
    "an archive rule is saved anew": Case(
        _RULE,
        ARCHIVE_RULE,
        altered(
            ARCHIVE_RULE,
            {
                "updatedAt": "2026-03-01T10:00:00Z",
                "filter": {
                    "isPublic": {"exists": True},
                    "principal.AWS": {"eq": ARCHIVE_RULE["filter"]["principal.AWS"]["eq"][::-1]},
                },
            },
        ),
        near=("aa.archive_rule_changed",),
    ),
}
_RENUMBERED = altered(ACCESS, id="66666666-2222-3333-4444-555555555555")
_ACCESSES = {
    "access from another account is found": Case(
        _FOUND,
        None,
        ACCESS,
        expect=(_OPENED,),
        near=("aa.finding_reopened", "aa.finding_renumbered", "aa.finding_superseded"),
    ),
    "access for everybody is found": Case(
        _FOUND, None, _access(isPublic=True), expect=(("aa.finding_opened", "", _W, "critical"),)
    ),
    "access to a queue is found": Case(
        _FOUND,
        None,
        _access(resourceType="AWS::SQS::Queue"),
        expect=(("aa.finding_opened", "", _W, "medium"),),
    ),
    "access from inside is found": Case(
        _FOUND,
        None,
        _access(findingType="InternalAccess"),
        expect=(("aa.finding_opened", "", _W, "medium"),),
    ),
    "a bucket cannot be analysed": Case(
        _FOUND,
        None,
        _access(error="ACCESS_DENIED"),
        expect=(("aa.finding_opened", "", _W, "medium"),),
        near=("aa.finding_came_closed",),
    ),
    "unused access is found": Case(
        _FOUND, None, UNUSED_ACCESS, expect=(("aa.finding_opened", "", _W, "low"),)
    ),
    "access is found that a rule archives at once": Case(
        _FOUND,
        None,
        _access("ARCHIVED"),
        expect=(("aa.finding_came_closed", "", _N, "low"),),
        near=("aa.finding_opened", "aa.finding_archived"),
    ),
    "access is gone": Case(
        _FOUND,
        ACCESS,
        _access("RESOLVED", updatedAt="2026-03-01T10:00:00Z"),
        expect=(("aa.finding_resolved", "status", _S, "info"),),
        near=("aa.finding_expired", "aa.finding_archived"),
    ),
    "access is archived": Case(
        _FOUND,
        ACCESS,
        _access("ARCHIVED"),
        expect=(("aa.finding_archived", "status", _N, "low"),),
        near=("aa.finding_resolved",),
    ),
    "an archived finding is active again": Case(
        _FOUND,
        _access("ARCHIVED"),
        ACCESS,
        expect=(("aa.finding_reopened", "status", _W, "high"),),
        near=("aa.finding_opened",),
    ),
    "access that was gone is back": Case(
        _FOUND,
        _access("RESOLVED", isPublic=True),
        _access(isPublic=True),
        expect=(("aa.finding_reopened", "status", _W, "high"),),
        near=("aa.finding_opened",),
    ),
    "a resolved finding is no longer kept": Case(
        _FOUND,
        _access("RESOLVED"),
        None,
        expect=(("aa.finding_expired", "", _N, "info"),),
        near=("aa.finding_resolved", "aa.finding_disappeared"),
    ),
    "a bucket can be analysed again": Case(
        _FOUND,
        _access(error="ACCESS_DENIED"),
        None,
        expect=(("aa.finding_expired", "", _N, "info"),),
        near=("aa.finding_disappeared",),
    ),
    "an active finding is gone": Case(
        _FOUND,
        ACCESS,
        None,
        expect=(("aa.finding_disappeared", "", _N, "low"),),
        near=("aa.finding_expired", "aa.finding_resolved"),
    ),
    "an active finding goes on under another id": Case(
        _FOUND,
        ACCESS,
        _RENUMBERED,
        expect=(
            ("aa.finding_superseded", "", _N, "info"),
            ("aa.finding_renumbered", "", _N, "info"),
        ),
        near=("aa.finding_opened", "aa.finding_disappeared"),
    ),
    "an archived finding is found anew under another id": Case(
        _FOUND,
        _access("ARCHIVED"),
        _RENUMBERED,
        expect=(
            ("aa.finding_superseded", "", _N, "info"),
            ("aa.finding_renumbered", "", _W, "high"),
        ),
        near=("aa.finding_opened", "aa.finding_disappeared"),
    ),
    "a finding is analysed again, and lists actions in another order": Case(
        _FOUND,
        ACCESS,
        _access(action=ACCESS["action"][::-1], analyzedAt="2026-03-02T02:50:00Z"),
    ),
}
_NEW_FIELDS = (
    "Administrator/RelationshipStatus",
    "Administrator/InvitationId",
)
_COMES_WITH = ("DetectorId", "Features", "FindingPublishingFrequency", "ServiceRole", "Tags")
_DETECTORS = {
    "GuardDuty is turned on": Case(
        _DETECTOR,
        NO_DETECTOR,
        DETECTOR,
        expect=(
            ("guardduty.enabled", "Status", _S, "info"),
            *(_generic(path) for path in _COMES_WITH),
        ),
        near=(
            "guardduty.feature_enabled",
            "guardduty.detector_recreated",
            "guardduty.publishing_frequency_changed",
            "guardduty.administrator_changed",
        ),
    ),
    "GuardDuty is turned off": Case(
        _DETECTOR,
        DETECTOR,
        NO_DETECTOR,
        expect=(
            ("guardduty.disabled", "Status", _W, "critical"),
            *(_generic(path) for path in _COMES_WITH),
        ),
        near=("guardduty.feature_disabled", "guardduty.enabled"),
    ),
    "GuardDuty is suspended": Case(
        _DETECTOR,
        DETECTOR,
        altered(DETECTOR, Status="DISABLED", UpdatedAt="2026-03-01T10:00:00.000Z"),
        expect=(("guardduty.disabled", "Status", _W, "critical"),),
        near=("guardduty.enabled",),
    ),
    "GuardDuty is resumed": Case(
        _DETECTOR,
        altered(DETECTOR, Status="DISABLED"),
        DETECTOR,
        expect=(("guardduty.enabled", "Status", _S, "info"),),
        near=("guardduty.disabled",),
    ),
    "a suspended detector is deleted": Case(
        _DETECTOR,
        {"Status": "DISABLED", "DetectorId": "a", "Administrator": {}},
        NO_DETECTOR,
        expect=(_generic("DetectorId"), _generic("Status")),
        near=("guardduty.disabled",),
    ),
    "a detector is deleted and another one made": Case(
        _DETECTOR,
        DETECTOR,
        altered(DETECTOR, DetectorId="ffffffffffffffffffffffffffffffff"),
        expect=(("guardduty.detector_recreated", "", _W, "high"),),
        near=("guardduty.enabled", "guardduty.disabled"),
    ),
    "a foundational source is off": Case(
        _DETECTOR,
        DETECTOR,
        _features(feature("DNS_LOGS", "DISABLED")),
        expect=(("guardduty.feature_disabled", "Features/DNS_LOGS/Status", _W, "high"),),
        near=("guardduty.feature_enabled",),
    ),
    "a protection plan and a part of one are on": Case(
        _DETECTOR,
        _features(
            feature("S3_DATA_EVENTS", "DISABLED"),
            feature("RUNTIME_MONITORING", EC2_AGENT_MANAGEMENT="DISABLED"),
        ),
        DETECTOR,
        expect=(
            (
                "guardduty.feature_enabled",
                "Features/RUNTIME_MONITORING/AdditionalConfiguration/EC2_AGENT_MANAGEMENT/Status",
                _S,
                "medium",
            ),
            ("guardduty.feature_enabled", "Features/S3_DATA_EVENTS/Status", _S, "medium"),
        ),
        near=("guardduty.feature_disabled",),
    ),
    "a plan that is new in AWS is off": Case(
        _DETECTOR,
        DETECTOR,
        _features(feature("AI_PROTECTION", "DISABLED")),
        expect=(_generic("Features/AI_PROTECTION"),),
        near=("guardduty.feature_enabled", "guardduty.feature_disabled"),
    ),
    "a plan that is new in AWS is on": Case(
        _DETECTOR,
        DETECTOR,
        _features(feature("AI_PROTECTION")),
        expect=(("guardduty.feature_enabled", "Features/AI_PROTECTION", _S, "medium"),),
    ),
    "features are listed in another order, and a time moves": Case(
        _DETECTOR,
        DETECTOR,
        altered(
            DETECTOR,
            Features=[{**row, "UpdatedAt": "2026-03-01T00:00:00Z"} for row in FEATURES[::-1]],
            Statistics={"GroupedBySeverity": []},
        ),
    ),
    "findings are published less often": Case(
        _DETECTOR,
        DETECTOR,
        altered(DETECTOR, FindingPublishingFrequency="SIX_HOURS"),
        expect=(
            (
                "guardduty.publishing_frequency_changed",
                "FindingPublishingFrequency",
                _W,
                "low",
            ),
        ),
    ),
    "findings are published more often": Case(
        _DETECTOR,
        DETECTOR,
        altered(DETECTOR, FindingPublishingFrequency="FIFTEEN_MINUTES"),
        expect=(
            (
                "guardduty.publishing_frequency_changed",
                "FindingPublishingFrequency",
                _S,
                "low",
            ),
        ),
    ),
    "another account administers GuardDuty": Case(
        _DETECTOR,
        DETECTOR,
        altered(DETECTOR, Administrator={"Administrator": _MEMBER}),
        expect=(
            ("guardduty.administrator_changed", "Administrator/AccountId", _N, "high"),
            *(_generic(path) for path in sorted(_NEW_FIELDS)),
        ),
    ),
}
_FILTERS = {
    "findings are suppressed": Case(
        _FILTER,
        None,
        FILTER,
        expect=(("guardduty.suppression_added", "", _W, "medium"),),
        near=("guardduty.suppression_changed",),
    ),
    "findings of any severity are suppressed": Case(
        _FILTER,
        None,
        altered(FILTER, {"Filter.FindingCriteria.Criterion": {}}),
        expect=(("guardduty.suppression_added", "", _W, "high"),),
    ),
    "a filter that archives nothing is made": Case(
        _FILTER,
        None,
        altered(FILTER, {"Filter.Action": "NOOP"}),
        expect=(("resource.created", "", _N, "info"),),
        near=("guardduty.suppression_added",),
    ),
    "findings are no longer suppressed": Case(
        _FILTER,
        FILTER,
        None,
        expect=(("guardduty.suppression_removed", "", _S, "medium"),),
        near=("guardduty.suppression_changed",),
    ),
    "a filter that archives nothing is taken away": Case(
        _FILTER,
        altered(FILTER, {"Filter.Action": "NOOP"}),
        None,
        expect=(("resource.deleted", "", _N, "info"),),
        near=("guardduty.suppression_removed",),
    ),
    "a filter begins to archive": Case(
        _FILTER,
        altered(FILTER, {"Filter.Action": "NOOP"}),
        FILTER,
        expect=(("guardduty.suppression_changed", "Filter", _W, "medium"),),
        near=("guardduty.suppression_added",),
    ),
    "a filter archives no longer": Case(
        _FILTER,
        FILTER,
        altered(FILTER, {"Filter.Action": "NOOP"}),
        expect=(("guardduty.suppression_changed", "Filter", _S, "medium"),),
        near=("guardduty.suppression_removed",),
    ),
    "severe findings are suppressed too": Case(
        _FILTER,
        FILTER,
        _severity(GreaterThanOrEqual=4, LessThanOrEqual=9),
        expect=(("guardduty.suppression_changed", "Filter", _N, "high"),),
    ),
    "findings below the high ones are suppressed": Case(
        _FILTER,
        None,
        _severity(Equals=["4", "6.5"]),
        expect=(("guardduty.suppression_added", "", _W, "medium"),),
    ),
    "a filter is described anew": Case(
        _FILTER,
        FILTER,
        altered(FILTER, {"Filter.Description": "d", "Filter.Version": 2}),
        expect=(_generic("Filter/Description"),),
        near=("guardduty.suppression_changed",),
    ),
    "a filter lists its values in another order": Case(
        _FILTER,
        FILTER,
        altered(
            FILTER,
            {
                "Filter.FindingCriteria.Criterion.type.Equals": [
                    "Recon:EC2/PortProbeUnprotectedPort",
                    "Recon:EC2/Portscan",
                ],
                "Filter.UpdatedAt": "2026-03-01T00:00:00Z",
            },
        ),
        near=("guardduty.suppression_changed",),
    ),
}
_THREATS = {
    "GuardDuty finds something": Case(
        _THREAT,
        None,
        THREAT,
        expect=(("guardduty.finding_opened", "", _A, "high"),),
        near=("guardduty.finding_recurred",),
    ),
    "GuardDuty finds something critical": Case(
        _THREAT,
        None,
        _threat(Severity="9.5"),
        expect=(("guardduty.finding_opened", "", _A, "critical"),),
    ),
    "GuardDuty finds something of low severity": Case(
        _THREAT,
        None,
        _threat(Severity="3.9"),
        expect=(("guardduty.finding_opened", "", _A, "low"),),
    ),
    "somebody tries GuardDuty out": Case(
        _THREAT,
        None,
        _threat(Title=_SAMPLE),
        expect=(("guardduty.sample_created", "", _N, "info"),),
        near=("guardduty.finding_opened", "guardduty.sample_archived"),
    ),
    "a finding is archived": Case(
        _THREAT,
        THREAT,
        _threat(archived=True),
        expect=(("guardduty.finding_archived", "Archived", _N, "high"),),
        near=("guardduty.finding_expired", "guardduty.finding_unarchived"),
    ),
    "a sample is archived": Case(
        _THREAT,
        _threat(Title=_SAMPLE),
        _threat(archived=True, Title=_SAMPLE),
        expect=(("guardduty.sample_archived", "Archived", _N, "info"),),
        near=("guardduty.finding_archived", "guardduty.sample_created"),
    ),
    "a finding is no longer archived": Case(
        _THREAT,
        _threat(archived=True),
        THREAT,
        expect=(("guardduty.finding_unarchived", "Archived", _N, "high"),),
        near=("guardduty.finding_archived", "guardduty.finding_opened"),
    ),
    "an archived finding happens again": Case(
        _THREAT,
        _threat(archived=True),
        _threat(archived=True, Service__Count=4, UpdatedAt="2026-03-01T12:00:00.000Z"),
        expect=(("guardduty.finding_recurred", "Finding/Service/Count", _A, "high"),),
        near=("guardduty.finding_opened",),
    ),
    "an open finding happens again, in other words": Case(
        _THREAT,
        THREAT,
        _threat(Service__Count=4, Description="other words", UpdatedAt="2026-03-01T12:00:00.000Z"),
        near=("guardduty.finding_recurred",),
    ),
    "a finding is kept no longer": Case(
        _THREAT,
        _threat(archived=True, UpdatedAt="2025-12-01T00:00:00.000Z"),
        None,
        expect=(("guardduty.finding_expired", "", _N, "info"),),
        near=("guardduty.finding_disappeared",),
    ),
    "a finding is gone too early": Case(
        _THREAT,
        THREAT,
        None,
        expect=(("guardduty.finding_disappeared", "", _N, "low"),),
        near=("guardduty.finding_expired", "guardduty.finding_archived"),
    ),
}
CASES = {**_ANALYZERS, **_RULES, **_ACCESSES, **_DETECTORS, **_FILTERS, **_THREATS}
