"""Cases of `cloudtrail.trail`."""

from __future__ import annotations

from tests.cases.answers import GONE, REGION, advanced, basic, trail
from tests.cases.case import Case

TRAIL = "cloudtrail.trail"
_W, _S, _N, _A = "weakened", "strengthened", "neutral", "activity"
_OTHER_KEY = f"arn:aws:kms:{REGION}:111122223333:key/2222"
_ALL = advanced("all", eventCategory=["Management"])
_WRITES = advanced("writes", eventCategory=["Management"], readOnly=["false"])
_READS = advanced("reads", eventCategory=["Management"], readOnly=["true"])
_NO_KMS = advanced(
    "no kms", eventCategory=["Management"], eventSource={"NotEquals": ["kms.amazonaws.com"]}
)
_DATA = advanced("objects", eventCategory=["Data"], resources__type=["AWS::S3::Object"])
_ONE_BUCKET = advanced(
    "objects",
    eventCategory=["Data"],
    resources__type=["AWS::S3::Object"],
    resources__ARN={"StartsWith": ["arn:aws:s3:::acme-orders/"]},
)


def _objects(*values: str) -> list[dict[str, object]]:
    return [{"Type": "AWS::S3::Object", "Values": [*values]}]


def _advanced(*selectors: object) -> dict[str, object]:
    return {
        "Selectors": {"TrailARN": trail()["TrailARN"], "AdvancedEventSelectors": [*selectors]},
    }


def _failing(error: str | object) -> dict[str, object]:
    return {"Status.LatestDeliveryError": error}


CASES = {
    "a trail is created": Case(
        TRAIL, None, trail(), expect=(("cloudtrail.trail_created", "", _S, "info"),)
    ),
    "a trail is deleted": Case(
        TRAIL, trail(), None, expect=(("cloudtrail.trail_deleted", "", _W, "critical"),)
    ),
    "nothing of a trail differs": Case(
        TRAIL,
        trail(),
        trail(),
        near=("cloudtrail.trail_created", "cloudtrail.trail_deleted"),
    ),
    "logging is stopped": Case(
        TRAIL,
        trail(),
        trail({"Status.IsLogging": False, "Status.StopLoggingTime": "2026-03-01T12:00:00Z"}),
        expect=(("cloudtrail.logging_stopped", "Status/IsLogging", _W, "critical"),),
        near=("cloudtrail.logging_interrupted", "cloudtrail.logging_started"),
    ),
    "logging is started": Case(
        TRAIL,
        trail({"Status.IsLogging": False}),
        trail({"Status.StartLoggingTime": "2026-03-01T12:00:00Z"}),
        expect=(("cloudtrail.logging_started", "Status/IsLogging", _S, "info"),),
        near=("cloudtrail.logging_stopped",),
    ),
    "logging is stopped and started between two sights": Case(
        TRAIL,
        trail(),
        trail(
            {
                "Status.StopLoggingTime": "2026-03-01T12:00:00Z",
                "Status.StartLoggingTime": "2026-03-01T12:30:00Z",
            }
        ),
        expect=(("cloudtrail.logging_interrupted", "Status/StopLoggingTime", _A, "high"),),
    ),
    "an interruption of long ago becomes known": Case(
        TRAIL,
        trail(),
        trail({"Status.StopLoggingTime": "2025-12-24T12:00:00Z"}),
        near=("cloudtrail.logging_interrupted",),
    ),
    "the status is seen for the first time, and logging is off": Case(
        TRAIL,
        trail(),
        trail({"Status.IsLogging": False, "Status.LatestDeliveryError": "AccessDenied"}),
        expect=(("resource.first_observed", "Status", _N, "info"),),
        near=("cloudtrail.logging_stopped", "cloudtrail.delivery_failing"),
        unseen=("Status",),
    ),
    "a trail is narrowed to one region": Case(
        TRAIL,
        trail(),
        trail({"IsMultiRegionTrail": False}),
        expect=(("cloudtrail.multi_region_disabled", "IsMultiRegionTrail", _W, "high"),),
        near=("cloudtrail.multi_region_enabled",),
    ),
    "a trail is widened to all regions": Case(
        TRAIL,
        trail({"IsMultiRegionTrail": False}),
        trail(),
        expect=(("cloudtrail.multi_region_enabled", "IsMultiRegionTrail", _S, "high"),),
        near=("cloudtrail.multi_region_disabled",),
    ),
    "global events are left out": Case(
        TRAIL,
        trail(),
        trail({"IncludeGlobalServiceEvents": False}),
        expect=(("cloudtrail.global_events_disabled", "IncludeGlobalServiceEvents", _W, "high"),),
        near=("cloudtrail.global_events_enabled",),
    ),
    "global events are included": Case(
        TRAIL,
        trail({"IncludeGlobalServiceEvents": False}),
        trail(),
        expect=(("cloudtrail.global_events_enabled", "IncludeGlobalServiceEvents", _S, "high"),),
        near=("cloudtrail.global_events_disabled",),
    ),
    "validation is switched off": Case(
        TRAIL,
        trail(),
        trail({"LogFileValidationEnabled": False}),
        expect=(("cloudtrail.validation_disabled", "LogFileValidationEnabled", _W, "high"),),
        near=("cloudtrail.validation_enabled",),
    ),
    "validation is switched on": Case(
        TRAIL,
        trail({"LogFileValidationEnabled": False}),
        trail(),
        expect=(("cloudtrail.validation_enabled", "LogFileValidationEnabled", _S, "high"),),
        near=("cloudtrail.validation_disabled",),
    ),
    "reads are no longer logged": Case(
        TRAIL,
        trail(),
        trail({"Selectors.EventSelectors": basic(ReadWriteType="WriteOnly")}),
        expect=(("cloudtrail.management_events_reduced", "Selectors", _W, "high"),),
    ),
    "writes are no longer logged either": Case(
        TRAIL,
        trail({"Selectors.EventSelectors": basic(ReadWriteType="WriteOnly")}),
        trail({"Selectors.EventSelectors": basic(IncludeManagementEvents=False)}),
        expect=(("cloudtrail.management_events_reduced", "Selectors", _W, "high"),),
    ),
    "a source is left out": Case(
        TRAIL,
        trail(_advanced(_ALL)),
        trail(_advanced(_NO_KMS)),
        expect=(("cloudtrail.management_events_reduced", "Selectors", _W, "high"),),
        near=("cloudtrail.management_events_restored",),
    ),
    "a source is logged again": Case(
        TRAIL,
        trail(
            {"Selectors.EventSelectors": basic(ExcludeManagementEventSources=["kms.amazonaws.com"])}
        ),
        trail(),
        expect=(("cloudtrail.management_events_restored", "Selectors", _S, "high"),),
        near=("cloudtrail.management_events_reduced",),
    ),
    "management events are logged for the first time, without one source": Case(
        TRAIL,
        trail({"Selectors.EventSelectors": basic(IncludeManagementEvents=False)}),
        trail(_advanced(_NO_KMS)),
        expect=(("cloudtrail.management_events_restored", "Selectors", _S, "high"),),
        near=("cloudtrail.management_events_reduced",),
    ),
    "one selector becomes two that log the same": Case(
        TRAIL,
        trail(_advanced(_ALL)),
        trail(_advanced(_READS, _WRITES)),
        expect=(
            ("resource.attribute_changed", "Selectors/AdvancedEventSelectors/all", _N, "info"),
            ("resource.attribute_changed", "Selectors/AdvancedEventSelectors/reads", _N, "info"),
            ("resource.attribute_changed", "Selectors/AdvancedEventSelectors/writes", _N, "info"),
        ),
        near=("cloudtrail.management_events_reduced", "cloudtrail.management_events_restored"),
    ),
    "the selectors are seen for the first time": Case(
        TRAIL,
        trail(),
        trail({"Selectors.EventSelectors": basic(ReadWriteType="ReadOnly")}),
        expect=(("resource.first_observed", "Selectors", _N, "info"),),
        near=("cloudtrail.management_events_reduced",),
        unseen=("Selectors",),
    ),
    "data events of a bucket are no longer logged": Case(
        TRAIL,
        trail(
            {
                "Selectors.EventSelectors": basic(
                    DataResources=_objects("arn:aws:s3:::a/", "arn:aws:s3:::b/")
                )
            }
        ),
        trail({"Selectors.EventSelectors": basic(DataResources=_objects("arn:aws:s3:::a/"))}),
        expect=(("cloudtrail.data_events_reduced", "Selectors", _W, "low"),),
        near=("cloudtrail.management_events_reduced", "cloudtrail.data_events_expanded"),
    ),
    "data events of all buckets are logged instead of one": Case(
        TRAIL,
        trail({"Selectors.EventSelectors": basic(DataResources=_objects("arn:aws:s3:::a/"))}),
        trail({"Selectors.EventSelectors": basic(DataResources=_objects("arn:aws:s3"))}),
        expect=(("cloudtrail.data_events_expanded", "Selectors", _S, "low"),),
        near=("cloudtrail.data_events_reduced",),
    ),
    "naming a bucket where all were logged logs less, however many words it takes": Case(
        TRAIL,
        trail(_advanced(_ALL, _DATA)),
        trail(_advanced(_ALL, _ONE_BUCKET)),
        expect=(("cloudtrail.data_events_reduced", "Selectors", _W, "low"),),
        near=("cloudtrail.data_events_expanded",),
    ),
    "management and data events are cut at once": Case(
        TRAIL,
        trail({"Selectors.EventSelectors": basic(DataResources=_objects("arn:aws:s3"))}),
        trail({"Selectors.EventSelectors": basic(ReadWriteType="WriteOnly")}),
        expect=(
            ("cloudtrail.management_events_reduced", "Selectors", _W, "high"),
            ("cloudtrail.data_events_reduced", "Selectors", _W, "low"),
        ),
    ),
    "logs go to another bucket": Case(
        TRAIL,
        trail(),
        trail({"S3BucketName": "elsewhere"}),
        expect=(("cloudtrail.destination_changed", "S3BucketName", _N, "high"),),
    ),
    "a topic is told of deliveries": Case(
        TRAIL,
        trail(),
        trail({"SnsTopicARN": "arn:aws:sns:eu-west-1:111122223333:t", "SnsTopicName": "t"}),
        expect=(
            ("cloudtrail.destination_changed", "SnsTopicARN", _N, "high"),
            ("resource.attribute_changed", "SnsTopicName", _N, "info"),
        ),
    ),
    "logs go to another log group": Case(
        TRAIL,
        trail(),
        trail({"CloudWatchLogsLogGroupArn": "arn:aws:logs:eu-west-1:111122223333:log-group:u:*"}),
        expect=(("resource.attribute_changed", "CloudWatchLogsLogGroupArn", _N, "info"),),
        near=(
            "cloudtrail.destination_changed",
            "cloudtrail.cloudwatch_removed",
            "cloudtrail.cloudwatch_added",
        ),
    ),
    "logs no longer go to a log group": Case(
        TRAIL,
        trail(),
        trail({"CloudWatchLogsLogGroupArn": GONE, "CloudWatchLogsRoleArn": GONE}),
        expect=(
            ("cloudtrail.cloudwatch_removed", "CloudWatchLogsLogGroupArn", _W, "medium"),
            ("resource.attribute_changed", "CloudWatchLogsRoleArn", _N, "info"),
        ),
    ),
    "logs go to a log group": Case(
        TRAIL,
        trail({"CloudWatchLogsLogGroupArn": GONE}),
        trail(),
        expect=(("cloudtrail.cloudwatch_added", "CloudWatchLogsLogGroupArn", _S, "medium"),),
    ),
    "logs are no longer encrypted with a key": Case(
        TRAIL,
        trail(),
        trail({"KmsKeyId": GONE}),
        expect=(("cloudtrail.encryption_removed", "KmsKeyId", _W, "medium"),),
        near=("cloudtrail.encryption_key_changed",),
    ),
    "logs are encrypted with a key": Case(
        TRAIL,
        trail({"KmsKeyId": GONE}),
        trail(),
        expect=(("cloudtrail.encryption_added", "KmsKeyId", _S, "medium"),),
        near=("cloudtrail.encryption_key_changed",),
    ),
    "logs are encrypted with another key": Case(
        TRAIL,
        trail(),
        trail({"KmsKeyId": _OTHER_KEY}),
        expect=(("cloudtrail.encryption_key_changed", "KmsKeyId", _N, "medium"),),
        near=("cloudtrail.encryption_removed", "cloudtrail.encryption_added"),
    ),
    "a delivery fails": Case(
        TRAIL,
        trail(),
        trail(_failing("NoSuchBucket")),
        expect=(("cloudtrail.delivery_failing", "Status/LatestDeliveryError", _W, "high"),),
    ),
    "a delivery fails in another way": Case(
        TRAIL,
        trail(_failing("NoSuchBucket")),
        trail(_failing("AccessDenied")),
        near=("cloudtrail.delivery_failing", "cloudtrail.delivery_recovered"),
    ),
    "deliveries succeed again": Case(
        TRAIL,
        trail(_failing("NoSuchBucket")),
        trail(_failing("")),
        expect=(("cloudtrail.delivery_recovered", "Status/LatestDeliveryError", _S, "high"),),
    ),
}
