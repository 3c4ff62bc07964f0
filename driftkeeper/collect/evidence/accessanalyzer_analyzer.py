"""Access Analyzer analyzers: type, status, what they leave out, tags (evidence item 3).

The listing leaves the configuration of an analyzer out, so those that can have one are asked for it.
AWS counts the findings of an analyzer by itself; its counts confirm ours.
"""

from __future__ import annotations

from driftkeeper.collect.accessanalyzer import ANALYZERS, has_configuration
from driftkeeper.collect.no_setting import BY_AWS, COPY, FIXED
from driftkeeper.collect.spec import Call, EvidenceType, From, Reach

_CONFIGURATIONS = ("configuration", "Analyzer.configuration")
_LISTED = ("arn", "name", "type", "createdAt", "lastResource*", "tags", "status*", "managedBy")

ANALYZER = EvidenceType(
    name="accessanalyzer.analyzer",
    title="Access Analyzer analyzers",
    says="Each analyzer's type, status, configuration and tags, and how many findings AWS counts.",
    item=3,
    reach=Reach.REGION,
    listing=ANALYZERS,
    details={
        "Analyzer": Call(
            "accessanalyzer",
            "get_analyzer",
            items="analyzer",
            params={"analyzerName": From("name")},
            when=has_configuration,
            always=("arn",),
        ),
        "Statistics": Call(
            "accessanalyzer",
            "get_findings_statistics",
            params={"analyzerArn": From("arn")},
            # Not every type of analyzer has statistics.
            absent_on={"ValidationException": None},
            always=("findingsStatistics",),
        ),
    },
    key="{arn}",
    uid="createdAt",
    observed=(
        "lastResourceAnalyzed",
        "lastResourceAnalyzedAt",
        "Statistics",
        # What the listing says already: to compare it twice would be to tell it twice.
        *(f"Analyzer.{name}" for name in _LISTED),
    ),
    sets={
        f"{place}.*.analysisRule.{rest}": None
        for place in _CONFIGURATIONS
        for rest in ("*clusions", "*clusions.*")
    },
    criteria=("CC6.3", "CC6.6"),
    limits=(
        "An analyzer of an organisation shows only in the account that it belongs to, not in the"
        " member accounts that it covers."
    ),
    no_setting={
        "name": FIXED,
        "type": FIXED,
        "managedBy": BY_AWS,
        "statusReason.code": COPY,
        "configuration.*.*": COPY,
        "configuration.*.*.*.*": COPY,
        "Analyzer.configuration.unusedAccess.unusedAccessAge": FIXED,
    },
)
