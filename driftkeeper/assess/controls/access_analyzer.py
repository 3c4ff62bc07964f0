"""IAM Access Analyzer and its findings (item 3 of the request list)."""

from __future__ import annotations

from driftkeeper.assess.spec import Control
from driftkeeper.domain.types import Severity

ACCESS_ANALYZER = (
    Control(
        name="aa-external-analyzer-all-regions",
        title="Access Analyzer looks at every active region",
        criteria=("CC6.3", "CC6.6"),
        severity=Severity.HIGH,
        item=3,
        fails_when=(
            "An active region has no active analyzer of external access, neither its own nor one "
            "of the delegated administrator."
        ),
        remediate="Create an analyzer for external access in the region.",
        limits="This does not evidence sorts of resources that Access Analyzer does not support.",
        parameters={"delegated_administrator": None},
        refs=("CIS 2.18", "FSBP IAM.28"),
        changes=("aa.analyzer_*", "account.region_enabled", "account.region_disabled"),
    ),
    Control(
        name="aa-no-active-public-finding",
        title="No active finding says that something is public",
        criteria=("CC6.6",),
        severity=Severity.HIGH,
        item=3,
        fails_when="A finding of public access is active, and nobody justified it.",
        remediate="Remove the public access, or record why it is meant.",
        limits="This does not evidence what an archive rule put aside.",
        changes=("aa.finding_*",),
    ),
    Control(
        name="aa-finding-resolved-within-sla",
        title="Findings are resolved or reviewed in time",
        criteria=("CC6.3", "CC6.6"),
        severity=Severity.HIGH,
        severity_note="medium or low where the class of the finding is",
        item=3,
        fails_when=(
            "A finding has been active for longer than its class allows, and nobody reviewed it."
        ),
        remediate="Remove the access that was found, or record the review.",
        limits="This does not evidence that an archived finding was looked at by a person.",
        parameters={"high_days": 30, "medium_days": 60, "low_days": 90},
        changes=("aa.finding_*",),
    ),
    Control(
        name="aa-archive-rule-justified",
        title="Every archive rule is justified",
        criteria=("CC6.3",),
        severity=Severity.LOW,
        item=3,
        extended=True,
        fails_when="An archive rule puts findings aside, and nobody justified it.",
        remediate="Remove the rule, or record why these findings need no eyes.",
        limits="This does not evidence that the findings which the rule put aside were harmless.",
        changes=("aa.archive_rule_*",),
    ),
    Control(
        name="aa-unused-access-enabled",
        title="Access Analyzer looks for unused access",
        criteria=("CC6.3",),
        severity=Severity.LOW,
        item=3,
        extended=True,
        fails_when="The account has no active analyzer of unused access.",
        remediate="Create an analyzer for unused access.",
        limits="This does not evidence that unused access is taken away.",
        changes=("aa.analyzer_*",),
    ),
)
