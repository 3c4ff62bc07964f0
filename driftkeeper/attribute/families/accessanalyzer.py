"""IAM Access Analyzer: calls of `access-analyzer`, logged in the analyzer's region.

That a finding is opened, resolved or dropped is AWS's own doing, and never asked for.
"""

from __future__ import annotations

from driftkeeper.attribute.events import Event
from driftkeeper.attribute.matching import after, at, both, created, deleted, says, unless_false
from driftkeeper.attribute.spec import Deed, Family, Fits, is_enough
from driftkeeper.domain.types import Change

ANALYZER_SOURCE = "access-analyzer.amazonaws.com"
_BY_PEOPLE = ("aa.finding_archived", "aa.finding_reopened")

_ANALYZER = ("requestParameters.analyzerName", "responseElements.arn")

ANALYZER = Family(
    name="accessanalyzer.analyzer",
    evidence=("accessanalyzer.analyzer",),
    source=ANALYZER_SOURCE,
    never=("aa.analyzer_disabled", "aa.analyzer_enabled"),
    deeds=(
        Deed(("CreateAnalyzer",), _ANALYZER, created, is_enough),
        Deed(("DeleteAnalyzer",), _ANALYZER, deleted, is_enough),
        Deed(("UpdateAnalyzer",), _ANALYZER, at("configuration", "configuration/*")),
    ),
)


def _analyzer_of(change: Change) -> str:
    return change.resource.partition("/archive-rule/")[0].rsplit("/", 1)[-1]


def _same_analyzer(change: Change, event: Event) -> bool | None:
    """Two analyzers may have a rule of one name."""
    found = event.texts("requestParameters.analyzerName")
    return _analyzer_of(change) in found if found else None


_RULE = ("requestParameters.ruleName",)

ARCHIVE_RULE = Family(
    name="accessanalyzer.archive_rule",
    evidence=("accessanalyzer.archive_rule",),
    source=ANALYZER_SOURCE,
    deeds=(
        Deed(("CreateArchiveRule",), _RULE, created, _same_analyzer),
        Deed(("DeleteArchiveRule",), _RULE, deleted, _same_analyzer),
        Deed(
            ("UpdateArchiveRule",),
            _RULE,
            at("filter", "filter/*"),
            lambda change, event: False if _same_analyzer(change, event) is False else None,
        ),
    ),
)


_IDS = "requestParameters.ids"


def _is(kind: str) -> Fits:
    return lambda change: change.kind == kind


def _analyzer_names(change: Change) -> frozenset[str]:
    arn, _, finding = change.resource.partition("/finding/")
    return frozenset({finding, arn, change.resource})


FINDING = Family(
    name="accessanalyzer.finding",
    evidence=("accessanalyzer.finding",),
    source=ANALYZER_SOURCE,
    kinds=_BY_PEOPLE,
    names=_analyzer_names,
    deeds=(
        Deed(
            ("UpdateFindings",),
            (_IDS,),
            at("status"),
            says("requestParameters.status", after),
        ),
        # Without ids, the findings of a resource are meant: which those are, the call does not say.
        Deed(
            ("UpdateFindings",),
            ("requestParameters.analyzerArn",),
            at("status"),
            unless_false(says("requestParameters.status", after)),
            about=lambda event: not event.texts(_IDS),
        ),
        Deed(
            ("ApplyArchiveRule",),
            ("requestParameters.analyzerArn",),
            both(at("status"), _is("aa.finding_archived")),
        ),
    ),
)
