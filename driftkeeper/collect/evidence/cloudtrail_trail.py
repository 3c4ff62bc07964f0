"""CloudTrail trails, where they log to, what they log and whether they log now (evidence item 6).

A trail is read in its home region only: elsewhere it appears as a shadow. Shadows are asked for all the
same, because the trail of an organisation shows in its member accounts in no other way.
"""

from __future__ import annotations

from driftkeeper.collect.cloudtrail import STATUS, TRAILS, UNKNOWN_TRAIL
from driftkeeper.collect.no_setting import FIXED
from driftkeeper.collect.spec import Call, EvidenceType, From, Item, Reach

_TRAIL = From("TrailARN")


def _is_home(item: Item, region: str) -> bool:
    return bool(item.get("HomeRegion", region) == region)


TRAIL = EvidenceType(
    name="cloudtrail.trail",
    title="CloudTrail trails",
    says="Where each trail delivers, which events it selects, and whether it is logging.",
    item=6,
    reach=Reach.REGION,
    listing=TRAILS,
    keep=_is_home,
    details={
        "Status": STATUS,
        "Selectors": Call(
            "cloudtrail",
            "get_event_selectors",
            params={"TrailName": _TRAIL},
            always=("TrailARN",),
            arn=_TRAIL,
            not_owner_on=UNKNOWN_TRAIL,
        ),
        "Insights": Call(
            "cloudtrail",
            "get_insight_selectors",
            params={"TrailName": _TRAIL},
            always=("TrailARN",),
            absent_on={"InsightNotEnabledException": {"InsightSelectors": []}},
            arn=_TRAIL,
            not_owner_on=UNKNOWN_TRAIL,
        ),
    },
    key="{TrailARN}",
    observed=(
        "HasCustomEventSelectors",
        "HasInsightSelectors",
        "Status.Latest*",
        "Status.TimeLogging*",
        # AWS repeats it when insights are on: one change would be told twice.
        "Insights.TrailARN",
    ),
    acts=("Status.StartLoggingTime", "Status.StopLoggingTime"),
    sets={
        "Selectors.EventSelectors": None,
        "Selectors.EventSelectors.DataResources": "Type",
        "Selectors.EventSelectors.DataResources.Values": None,
        "Selectors.EventSelectors.ExcludeManagementEventSources": None,
        "Selectors.AdvancedEventSelectors": "Name",
        "Selectors.AdvancedEventSelectors.FieldSelectors": "Field",
        "Selectors.AdvancedEventSelectors.FieldSelectors.*": None,
        "Insights.InsightSelectors": "InsightType",
        "Insights.InsightSelectors.EventCategories": None,
    },
    criteria=("CC7.2",),
    limits=(
        "What the log files hold, and that nobody changed them, is not seen here. Of an organisation's"
        " trail a member account may not read the selectors, and a trail whose home region is not"
        " looked at is not seen at all. Event data stores of CloudTrail Lake are not read."
    ),
    no_setting={"HomeRegion": FIXED},
)
