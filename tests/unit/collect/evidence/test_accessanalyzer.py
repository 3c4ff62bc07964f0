"""Analyzers, their archive rules and findings: each analyzer is asked what it can answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.accessanalyzer_analyzer import ANALYZER
from driftkeeper.collect.evidence.accessanalyzer_archive_rule import ARCHIVE_RULE
from driftkeeper.collect.evidence.accessanalyzer_finding import FINDING, counted_active
from driftkeeper.collect.reader import Known
from driftkeeper.collect.spec import EvidenceType
from driftkeeper.collect.ties import Counter
from driftkeeper.domain.types import Body, Cause, Outcome, Sight
from tests.aws import ACCOUNT, NOW, REGION, Error, Script, reader

ARN = f"arn:aws:access-analyzer:{REGION}:{ACCOUNT}:analyzer/"
TYPES = {"a": "ACCOUNT", "o": "ORGANIZATION", "u": "ACCOUNT_UNUSED_ACCESS"}
OTHERS = ["ORGANIZATION_UNUSED_ACCESS", "ACCOUNT_INTERNAL_ACCESS", "ORGANIZATION_INTERNAL_ACCESS"]


def _analyzer(name: str = "a", **more: Any) -> dict[str, Any]:
    return {
        "arn": ARN + name,
        "name": name,
        "type": TYPES.get(name, "ACCOUNT"),
        "createdAt": NOW - timedelta(days=99),
        "lastResourceAnalyzed": "arn:aws:s3:::orders",
        "lastResourceAnalyzedAt": NOW,
        "status": "ACTIVE",
        **more,
    }


def _short(name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "status": "ACTIVE",
        "resource": "arn:aws:s3:::orders",
        "resourceType": "AWS::S3::Bucket",
        "resourceOwnerAccount": ACCOUNT,
        "createdAt": NOW,
        "analyzedAt": NOW,
        "updatedAt": NOW,
        **more,
    }


def _whole(name: str, **more: Any) -> dict[str, Any]:
    return _short(name, condition={}, action=["s3:GetObject"], isPublic=False, **more)


def _statistics(**counts: Any) -> dict[str, Any]:
    return {
        "findingsStatistics": [{"externalAccessFindingsStatistics": counts}],
        "lastUpdatedAt": NOW,
    }


DETAILS: list[Any] = [
    {
        "unusedPermissionDetails": {
            "serviceNamespace": service,
            "actions": [
                {"action": "Write", "lastAccessed": NOW},
                {"action": "Read", "lastAccessed": NOW},
            ],
            "lastAccessed": NOW,
        }
    }
    for service in ("sqs", "s3", "ec2")
]

RULE: dict[str, Any] = {
    "ruleName": "r",
    "filter": {"principal.AWS": {"eq": ["2", "1"]}, "isPublic": {"exists": True}},
    "createdAt": NOW,
    "updatedAt": NOW,
}


def _script(analyzers: list[dict[str, Any]], **answers: Any) -> Script:
    usual: dict[str, Any] = {
        "ListAnalyzers": {"analyzers": analyzers},
        "GetAnalyzer": lambda p: {
            "analyzer": {
                **_analyzer(p["analyzerName"]),
                "configuration": {"unusedAccess": {"unusedAccessAge": 90}},
            }
        },
        "GetFindingsStatistics": _statistics(totalActiveFindings=3),
        "ListArchiveRules": {"archiveRules": []},
        "ListFindings": {"findings": []},
        "ListFindingsV2": {"findings": []},
        "GetFindingV2": lambda p: {**_short(p["id"]), "findingDetails": DETAILS},
        **answers,
    }
    return Script({(REGION, f"accessanalyzer.{name}"): answer for name, answer in usual.items()})


def _look(
    spec: EvidenceType,
    analyzers: list[dict[str, Any]],
    known: Callable[[], Known | None] | None = None,
    **answers: Any,
) -> tuple[Sight, Script]:
    script = _script(analyzers, **answers)
    ours = reader(script, spec)
    return look(spec, ours if known is None else replace(ours, remember=known)), script


class TestAnalyzers:
    def test_each_is_read_from_all_pages_and_what_moves_is_observed(self):
        sight, script = _look(ANALYZER, [_analyzer(name) for name in "abc"])
        assert sight.coverage.outcome is Outcome.COMPLETE
        assert [body.key for body in sight.bodies] == [ARN + name for name in "abc"]
        assert len(script.asked_for("accessanalyzer.ListAnalyzers")) == 2
        body = sight.bodies[0]
        assert body.config["Analyzer"] is None
        assert {*body.observed} == {"lastResourceAnalyzed", "lastResourceAnalyzedAt", "Statistics"}
        assert script.asked_for("accessanalyzer.GetAnalyzer") == []

    def test_none_is_an_answer(self):
        sight, _ = _look(ANALYZER, [])
        assert (sight.bodies, sight.coverage.outcome) == ((), Outcome.COMPLETE)

    def test_only_what_can_be_configured_is_asked_for_its_configuration(self):
        sight, script = _look(ANALYZER, [_analyzer("a"), _analyzer("o"), _analyzer("u")])
        assert script.asked_for("accessanalyzer.GetAnalyzer") == [{"analyzerName": "u"}]
        config = sight.bodies[2].config
        assert config["Analyzer"] == {"configuration": {"unusedAccess": {"unusedAccessAge": 90}}}

    @pytest.mark.parametrize("kind", OTHERS)
    def test_every_type_that_is_not_for_external_access_can_be_configured(self, kind: str):
        _, script = _look(ANALYZER, [_analyzer(type=kind)])
        assert len(script.asked_for("accessanalyzer.GetAnalyzer")) == 1

    def test_one_made_anew_under_its_name_is_another(self):
        (old,), (new,) = (
            _look(ANALYZER, [_analyzer(createdAt=NOW - timedelta(days=n))])[0].bodies
            for n in (9, 1)
        )
        assert (old.key, old.uid != new.uid) == (new.key, True)

    def test_the_order_of_exclusions_means_nothing(self):
        def excluding(*names: str) -> Body:
            rules = [{"accountIds": [name]} for name in names] + [{"accountIds": [*names]}]
            configuration = {"unusedAccess": {"analysisRule": {"exclusions": rules}}}
            answer = {"analyzer": {**_analyzer("u"), "configuration": configuration}}
            return _look(ANALYZER, [_analyzer("u")], GetAnalyzer=answer)[0].bodies[0]

        ones = ("111111111111", "222222222222")
        assert excluding(*ones).digest == excluding(*ones[::-1]).digest
        assert excluding(*ones).digest != excluding(*ones[:1]).digest

    def test_one_without_a_configuration_has_none(self):
        answer = {"analyzer": _analyzer("u")}
        sight, _ = _look(ANALYZER, [_analyzer("u")], GetAnalyzer=answer)
        assert sight.bodies[0].config["Analyzer"] == {}
        assert sight.coverage.outcome is Outcome.COMPLETE

    def test_one_without_statistics_has_none(self):
        sight, _ = _look(
            ANALYZER, [_analyzer()], GetFindingsStatistics=Error("ValidationException")
        )
        assert sight.coverage.outcome is Outcome.COMPLETE
        assert sight.bodies[0].observed["Statistics"] is None

    def test_one_deleted_meanwhile_is_gone(self):
        sight, _ = _look(ANALYZER, [_analyzer("u")], GetAnalyzer=Error("ResourceNotFoundException"))
        assert (sight.bodies, sight.coverage.gone) == ((), 1)

    @pytest.mark.parametrize(
        ("operation", "answer", "detail", "cause"),
        [
            ("GetAnalyzer", Error("AccessDeniedException"), "Analyzer", Cause.DENIED),
            ("GetFindingsStatistics", Error("AccessDeniedException"), "Statistics", Cause.DENIED),
            ("GetFindingsStatistics", {}, "Statistics", Cause.FAILED),
        ],
    )
    def test_what_is_not_answered_is_unseen(
        self, operation: str, answer: Any, detail: str, cause: Cause
    ):
        sight, _ = _look(ANALYZER, [_analyzer("u")], **{operation: answer})
        assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.PARTIAL, cause)
        assert sight.bodies[0].unseen == (detail,)
        assert detail not in {*sight.bodies[0].config, *sight.bodies[0].observed}

    def test_a_listing_denied_is_missed(self):
        script = Script({(REGION, "accessanalyzer.ListAnalyzers"): Error("AccessDeniedException")})
        sight = look(ANALYZER, reader(script, ANALYZER))
        assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)


class TestArchiveRules:
    def test_each_is_kept_with_its_analyzer_in_the_key_only(self):
        rules = [{**RULE, "ruleName": name} for name in "rst"]
        sight, script = _look(
            ARCHIVE_RULE, [_analyzer("a"), _analyzer("u")], ListArchiveRules={"archiveRules": rules}
        )
        keys = [f"{ARN}{of}/archive-rule/{name}" for of in "au" for name in "rst"]
        assert [body.key for body in sight.bodies] == keys
        assert {*sight.bodies[0].config} == {"ruleName", "filter"}
        asked = script.asked_for("accessanalyzer.ListArchiveRules")
        assert [params["analyzerName"] for params in asked] == ["a", "a", "u", "u"]

    def test_the_order_of_values_means_nothing(self):
        def saved(*values: str) -> Body:
            rule = {**RULE, "filter": {"principal.AWS": {"eq": [*values]}}}
            answer = {"archiveRules": [rule]}
            return _look(ARCHIVE_RULE, [_analyzer()], ListArchiveRules=answer)[0].bodies[0]

        assert saved("1", "2").digest == saved("2", "1").digest
        assert saved("1", "2").digest != saved("1", "3").digest

    def test_those_of_one_analyzer_denied_make_all_missed(self):
        sight, _ = _look(
            ARCHIVE_RULE, [_analyzer()], ListArchiveRules=Error("AccessDeniedException")
        )
        assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)


class TestFindings:
    def test_external_ones_are_listed_whole_and_others_asked_one_by_one(self):
        sight, script = _look(
            FINDING,
            [_analyzer("a"), _analyzer("o"), _analyzer("u")],
            ListFindings={"findings": [_whole(name) for name in "xyz"]},
            ListFindingsV2={"findings": [_short("s", findingType="UnusedPermission")]},
        )
        assert sight.coverage.outcome is Outcome.COMPLETE
        keys = [f"{ARN}{of}/finding/{name}" for of in "ao" for name in "xyz"]
        assert [body.key for body in sight.bodies] == [*keys, f"{ARN}u/finding/s"]
        asked = script.asked_for("accessanalyzer.ListFindings")
        assert [params["analyzerArn"] for params in asked] == [ARN + name for name in "aaoo"]
        assert len(script.asked_for("accessanalyzer.ListFindingsV2")) == 1
        assert {params["id"] for params in script.asked_for("accessanalyzer.GetFindingV2")} == {"s"}

    def test_a_finding_is_as_aws_tells_it_but_for_what_moves(self):
        sight, _ = _look(FINDING, [_analyzer()], ListFindings={"findings": [_whole("x")]})
        config = sight.bodies[0].config
        assert not {"analyzedAt", "createdAt", "updatedAt", "_type"} & {*config}
        assert (config["findingType"], config["findingDetails"]) == ("ExternalAccess", None)
        assert (config["action"], config["status"]) == (["s3:GetObject"], "ACTIVE")

    def test_details_come_from_all_pages_and_their_order_means_nothing(self):
        answers: dict[str, Any] = {"ListFindingsV2": {"findings": [_short("s")]}}
        ours, _ = _look(FINDING, [_analyzer("u")], **answers)
        other = {**_short("s"), "findingDetails": DETAILS[::-1]}
        theirs, script = _look(FINDING, [_analyzer("u")], GetFindingV2=other, **answers)
        assert len(script.asked_for("accessanalyzer.GetFindingV2")) == 2
        assert len(ours.bodies[0].config["findingDetails"]) == 3
        assert ours.bodies[0].digest == theirs.bodies[0].digest
        assert "lastAccessed" not in str(ours.bodies[0].config)

    def test_details_are_kept_until_the_finding_is_updated(self):
        rows = [_short("s"), _short("t")]
        first, _ = _look(FINDING, [_analyzer("u")], ListFindingsV2={"findings": rows})
        known = Known(NOW, {body.key: body for body in first.bodies})
        later = NOW + timedelta(days=1)
        rows = [_short("s", analyzedAt=later), _short("t", updatedAt=later), _short("new")]
        second, script = _look(
            FINDING, [_analyzer("u")], lambda: known, ListFindingsV2={"findings": rows}
        )
        asked = {params["id"] for params in script.asked_for("accessanalyzer.GetFindingV2")}
        assert asked == {"t", "new"}
        before, after = first.bodies[0], next(b for b in second.bodies if b.key == known_key("s"))
        assert before.digest == after.digest
        assert after.observed["findingDetails"] == before.observed["findingDetails"]

    def test_an_analyzer_deleted_meanwhile_has_no_findings(self):
        sight, _ = _look(
            FINDING, [_analyzer("u")], ListFindingsV2=Error("ResourceNotFoundException")
        )
        assert (sight.bodies, sight.coverage.outcome) == ((), Outcome.COMPLETE)

    @pytest.mark.parametrize("name", ["ListFindings", "ListFindingsV2"])
    def test_findings_of_one_analyzer_denied_make_all_missed(self, name: str):
        denied: dict[str, Any] = {name: Error("AccessDeniedException")}
        sight, _ = _look(FINDING, [_analyzer("a"), _analyzer("u")], **denied)
        assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)

    def test_details_denied_are_unseen(self):
        sight, _ = _look(
            FINDING,
            [_analyzer("u")],
            ListFindingsV2={"findings": [_short("s")]},
            GetFindingV2=Error("AccessDeniedException"),
        )
        assert (sight.coverage.outcome, sight.bodies[0].unseen) == (
            Outcome.PARTIAL,
            ("findingDetails",),
        )

    def test_analyzers_are_asked_for_once_for_all_three_types(self):
        script = _script([_analyzer()])
        ours = reader(script, ANALYZER)
        for spec in (ANALYZER, ARCHIVE_RULE, FINDING):
            calls = reader(script, spec).clients
            scope = replace(ours.scope, evidence=spec.name)
            look(spec, replace(ours, scope=scope, clients=calls))
        assert len(script.asked_for("accessanalyzer.ListAnalyzers")) == 1


def known_key(name: str) -> str:
    return f"{ARN}u/finding/{name}"


class TestCounts:
    @staticmethod
    def _counted(statistics: Any, analyzers: list[dict[str, Any]] | None = None) -> Any:
        answers = {"GetFindingsStatistics": statistics}
        found = [_analyzer()] if analyzers is None else analyzers
        return counted_active(_look(ANALYZER, found, **answers)[0].bodies)

    def test_active_findings_are_counted_for_all_analyzers(self):
        two = [_analyzer("a"), _analyzer("u")]
        assert self._counted(_statistics(totalActiveFindings=3, totalResolvedFindings=9), two) == 6
        assert self._counted(_statistics(totalActiveFindings=0)) == 0

    @pytest.mark.parametrize(
        "statistics",
        [
            Error("ValidationException"),
            Error("AccessDeniedException"),
            {"findingsStatistics": [], "lastUpdatedAt": NOW},
            _statistics(totalResolvedFindings=1),
            {"findingsStatistics": _statistics(totalActiveFindings=1)["findingsStatistics"]},
            {**_statistics(totalActiveFindings=1), "lastUpdatedAt": NOW - timedelta(hours=2)},
            _statistics(
                totalActiveFindings=1,
                resourceTypeStatistics={"AWS::S3::Bucket": {"totalActiveErrors": 1}},
            ),
        ],
        ids=[
            "unsupported",
            "denied",
            "none",
            "no number",
            "never counted",
            "counted long before",
            "errors",
        ],
    )
    def test_what_does_not_tell_is_no_count(self, statistics: Any):
        assert self._counted(statistics) is None

    def test_a_region_without_analyzers_has_no_count(self):
        assert self._counted(_statistics(totalActiveFindings=1), []) is None

    @pytest.mark.parametrize(("counted", "agrees"), [(2, True), (3, False)])
    def test_findings_are_held_against_the_count(self, counted: int, agrees: bool):
        rows = [_whole("x"), _whole("y"), _whole("z", status="ARCHIVED")]
        sights = [
            _look(
                spec,
                [_analyzer()],
                ListFindings={"findings": rows},
                GetFindingsStatistics=_statistics(totalActiveFindings=counted),
            )[0]
            for spec in (ANALYZER, FINDING)
        ]
        counter = Counter({spec.name: spec for spec in (ANALYZER, FINDING)})
        for sight in sights:
            counter.see(sight)
        (tied,) = counter.ties(sights[1].scope)
        assert (tied.mine, tied.theirs, tied.agrees) == (2, counted, agrees)
