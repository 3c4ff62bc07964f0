"""Access Analyzer archive rules: which findings are put aside by themselves (evidence item 3)."""

from __future__ import annotations

from driftkeeper.collect.accessanalyzer import ANALYZERS, PAGE
from driftkeeper.collect.spec import Call, EvidenceType, From, Nested, Reach

ARCHIVE_RULE = EvidenceType(
    name="accessanalyzer.archive_rule",
    title="Access Analyzer archive rules",
    says="For each analyzer the rules by which AWS archives new findings without anybody looking.",
    item=3,
    reach=Reach.REGION,
    listing=Nested(
        parents=ANALYZERS,
        children=Call(
            "accessanalyzer",
            "list_archive_rules",
            items="archiveRules",
            params={"analyzerName": From("name")},
            always=("ruleName", "filter"),
            page_size=PAGE,
        ),
        parent_as="_analyzer",
    ),
    key="{_analyzer[arn]}/archive-rule/{ruleName}",
    observed=("createdAt", "updatedAt"),
    sets={"filter.*.*": None},
    criteria=("CC6.3",),
    limits="A rule does not say why its findings need no review; that is for people to write down.",
)
