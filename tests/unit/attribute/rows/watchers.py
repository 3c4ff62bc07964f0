"""Trails, GuardDuty, Access Analyzer and regions."""

from __future__ import annotations

from typing import Any

from driftkeeper.domain.types import Change
from tests.unit.attribute.calls import (
    IRELAND,
    PROD,
    call,
    change,
    regional,
)
from tests.unit.attribute.rows.shared import (
    TRAIL,
    Row,
)


def trail(path: str, before: Any, after: Any) -> Change:
    return change("cloudtrail.x", "cloudtrail.trail", TRAIL, path, before, after, IRELAND)


def detector(path: str, before: Any, after: Any, kind: str = "guardduty.x") -> Change:
    key = f"urn:driftkeeper:{PROD}:guardduty:{IRELAND}:detector"
    return change(kind, "guardduty.detector", key, path, before, after, IRELAND)


FINDING = regional("guardduty", "detector/d1/finding/f1")

ANALYZER = regional("access-analyzer", "analyzer/external")

WATCHERS: list[Row] = [
    (
        "logging stopped",
        trail("Status/IsLogging", True, False),
        call("StopLogging", "cloudtrail", {"name": "main"}),
        "exact",
    ),
    (
        "by ARN",
        trail("Status/IsLogging", True, False),
        call("StopLogging", "cloudtrail", {"name": TRAIL}),
        "exact",
    ),
    (
        "another trail",
        trail("Status/IsLogging", True, False),
        call("StopLogging", "cloudtrail", {"name": "other"}),
        "none",
    ),
    (
        "interrupted",
        trail("Status/StopLoggingTime", None, "2026-03-03T12:00:01Z"),
        call("StopLogging", "cloudtrail", {"name": "main"}),
        "exact",
    ),
    (
        "validation",
        trail("LogFileValidationEnabled", True, False),
        call("UpdateTrail", "cloudtrail", {"name": "main", "enableLogFileValidation": False}),
        "exact",
    ),
    (
        "another update",
        trail("LogFileValidationEnabled", True, False),
        call(
            "UpdateTrail",
            "cloudtrail",
            {"name": "main", "s3BucketName": "b"},
            {"logFileValidationEnabled": False},
        ),
        "none",
    ),
    (
        "key by alias",
        trail("KmsKeyId", None, regional("kms", "key/k1")),
        call(
            "UpdateTrail",
            "cloudtrail",
            {"name": "main", "kmsKeyId": "alias/logs"},
            {"kmsKeyId": regional("kms", "key/k1")},
        ),
        "exact",
    ),
    (
        "key by alias, without an answer",
        trail("KmsKeyId", None, regional("kms", "key/k1")),
        call("UpdateTrail", "cloudtrail", {"name": "main", "kmsKeyId": "alias/logs"}),
        "probable",
    ),
    (
        "selectors",
        trail("Selectors", [], [1]),
        call("PutEventSelectors", "cloudtrail", {"trailName": "main"}),
        "probable",
    ),
    (
        "detector off",
        detector("Status", "ENABLED", "DISABLED"),
        call("UpdateDetector", "guardduty", {"detectorId": "d1", "enable": False}),
        "exact",
    ),
    (
        "another update of the detector",
        detector("Status", "ENABLED", "DISABLED"),
        call("UpdateDetector", "guardduty", {"findingPublishingFrequency": "ONE_HOUR"}),
        "none",
    ),
    (
        "how often it publishes",
        detector("FindingPublishingFrequency", "SIX_HOURS", "ONE_HOUR"),
        call("UpdateDetector", "guardduty", {"findingPublishingFrequency": "ONE_HOUR"}),
        "exact",
    ),
    (
        "not how often it publishes",
        detector("FindingPublishingFrequency", "SIX_HOURS", "ONE_HOUR"),
        call("UpdateDetector", "guardduty", {"enable": True}),
        "none",
    ),
    (
        "detector recreated",
        detector("", "d1", "d2", "guardduty.detector_recreated"),
        call("CreateDetector", "guardduty", {"enable": True}, {"detectorId": "d2"}),
        "exact",
    ),
    (
        "feature",
        detector("Features/S3_DATA_EVENTS/Status", "ENABLED", "DISABLED"),
        call(
            "UpdateDetector",
            "guardduty",
            {"features": [{"name": "S3_DATA_EVENTS", "status": "DISABLED"}]},
        ),
        "exact",
    ),
    (
        "another feature",
        detector("Features/S3_DATA_EVENTS/Status", "ENABLED", "DISABLED"),
        call(
            "UpdateDetector",
            "guardduty",
            {"features": [{"name": "EKS_AUDIT_LOGS", "status": "DISABLED"}]},
        ),
        "none",
    ),
    (
        "data source, in the older words",
        detector("Features/S3_DATA_EVENTS/Status", "ENABLED", "DISABLED"),
        call("UpdateDetector", "guardduty", {"dataSources": {"s3Logs": {"enable": False}}}),
        "probable",
    ),
    (
        "nothing about features",
        detector("Features/S3_DATA_EVENTS/Status", "ENABLED", "DISABLED"),
        call("UpdateDetector", "guardduty", {"enable": True}),
        "none",
    ),
    (
        "a part of a feature",
        detector("Features/RUNTIME/AdditionalConfiguration/EKS/Status", "ENABLED", "DISABLED"),
        call("UpdateDetector", "guardduty", {"features": [{"name": "RUNTIME"}]}),
        "probable",
    ),
    (
        "finding archived",
        change("guardduty.x", "guardduty.finding", FINDING, "Archived", False, True, IRELAND),
        call("ArchiveFindings", "guardduty", {"detectorId": "d1", "findingIds": ["f0", "f1"]}),
        "exact",
    ),
    (
        "filter",
        change(
            "guardduty.x",
            "guardduty.filter",
            regional("guardduty", "detector/d1/filter/x"),
            "",
            None,
            {},
            IRELAND,
        ),
        call("CreateFilter", "guardduty", {"name": "x"}),
        "exact",
    ),
    (
        "analyzer",
        change("aa.x", "accessanalyzer.analyzer", ANALYZER, "", {}, None, IRELAND),
        call("DeleteAnalyzer", "access-analyzer", {"analyzerName": "external"}),
        "exact",
    ),
    (
        "rule of another analyzer",
        change(
            "aa.x",
            "accessanalyzer.archive_rule",
            f"{ANALYZER}/archive-rule/r",
            "",
            None,
            {},
            IRELAND,
        ),
        call("CreateArchiveRule", "access-analyzer", {"analyzerName": "unused", "ruleName": "r"}),
        "none",
    ),
    (
        "rule",
        change(
            "aa.x",
            "accessanalyzer.archive_rule",
            f"{ANALYZER}/archive-rule/r",
            "",
            None,
            {},
            IRELAND,
        ),
        call("CreateArchiveRule", "access-analyzer", {"analyzerName": "external", "ruleName": "r"}),
        "exact",
    ),
    (
        "aa finding",
        change(
            "aa.finding_archived",
            "accessanalyzer.finding",
            f"{ANALYZER}/finding/f",
            "status",
            "ACTIVE",
            "ARCHIVED",
            IRELAND,
        ),
        call(
            "UpdateFindings",
            "access-analyzer",
            {"analyzerArn": ANALYZER, "ids": ["e", "f"], "status": "ARCHIVED"},
        ),
        "exact",
    ),
    (
        "aa finding, all of a resource",
        change(
            "aa.finding_archived",
            "accessanalyzer.finding",
            f"{ANALYZER}/finding/f",
            "status",
            "ACTIVE",
            "ARCHIVED",
            IRELAND,
        ),
        call(
            "UpdateFindings",
            "access-analyzer",
            {"analyzerArn": ANALYZER, "resourceArn": "arn:aws:s3:::b", "status": "ARCHIVED"},
        ),
        "probable",
    ),
    (
        "aa finding, others of the analyzer",
        change(
            "aa.finding_archived",
            "accessanalyzer.finding",
            f"{ANALYZER}/finding/f",
            "status",
            "ACTIVE",
            "ARCHIVED",
            IRELAND,
        ),
        call(
            "UpdateFindings",
            "access-analyzer",
            {"analyzerArn": ANALYZER, "ids": ["e", "f2"], "status": "ARCHIVED"},
        ),
        "none",
    ),
    (
        "aa finding, a resource of another analyzer",
        change(
            "aa.finding_archived",
            "accessanalyzer.finding",
            f"{ANALYZER}/finding/f",
            "status",
            "ACTIVE",
            "ARCHIVED",
            IRELAND,
        ),
        call(
            "UpdateFindings",
            "access-analyzer",
            {"analyzerArn": f"{ANALYZER}2", "resourceArn": "arn:aws:s3:::b", "status": "ARCHIVED"},
        ),
        "none",
    ),
    (
        "region",
        change(
            "account.x",
            "account.region",
            f"urn:driftkeeper:{PROD}:account:region/ap-east-1",
            "OptInStatus",
            "not-opted-in",
            "opted-in",
        ),
        call("EnableRegion", "account", {"RegionName": "ap-east-1"}),
        "exact",
    ),
]
