"""GuardDuty: a row for each region, filters, and findings of which only the new are asked for whole."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.guardduty_detector import DETECTOR
from driftkeeper.collect.evidence.guardduty_filter import FILTER
from driftkeeper.collect.evidence.guardduty_finding import FINDING, counted_open, is_sample
from driftkeeper.collect.reader import Known
from driftkeeper.collect.spec import EvidenceType
from driftkeeper.collect.ties import Counter
from driftkeeper.domain.types import Body, Cause, Outcome, Sight
from tests.aws import ACCOUNT, NOW, REGION, Error, Script, reader

ID = "12abc34d567e8fa901bc2d34e56789f0"
ROW = f"urn:driftkeeper:{ACCOUNT}:guardduty:{REGION}:detector"
ARN = f"arn:aws:guardduty:{REGION}:{ACCOUNT}:detector/{ID}"
WATCHING: dict[str, Any] = {
    "Status": "ENABLED",
    "ServiceRole": "role",
    "CreatedAt": "2025-01-01T00:00:00.000Z",
    "UpdatedAt": "2025-01-01T00:00:00.000Z",
    "FindingPublishingFrequency": "SIX_HOURS",
    "Features": [
        {"Name": "DNS_LOGS", "Status": "ENABLED", "UpdatedAt": NOW},
        {
            "Name": "RUNTIME_MONITORING",
            "Status": "ENABLED",
            "UpdatedAt": NOW,
            "AdditionalConfiguration": [
                {"Name": "EC2_AGENT_MANAGEMENT", "Status": "ENABLED", "UpdatedAt": NOW},
                {"Name": "EKS_ADDON_MANAGEMENT", "Status": "DISABLED", "UpdatedAt": NOW},
            ],
        },
    ],
    "Tags": {"team": "security"},
}

RULE: dict[str, Any] = {
    "Name": "fff",
    "Action": "ARCHIVE",
    "Rank": 1,
    "FindingCriteria": {"Criterion": {"type": {"Equals": ["b", "a"]}, "severity": {"Lt": 4}}},
    "CreatedAt": NOW,
    "UpdatedAt": NOW,
    "Version": 3,
}


def _found(name: str, **more: Any) -> dict[str, Any]:
    return {
        "Id": name,
        "Arn": f"{ARN}/finding/{name}",
        "AccountId": ACCOUNT,
        "Region": REGION,
        "SchemaVersion": "2.0",
        "Type": "Recon:EC2/Portscan",
        "Severity": 8.5,
        "Title": "Port scan",
        "CreatedAt": "2026-06-01T00:00:00.000Z",
        "UpdatedAt": "2026-06-02T00:00:00.000Z",
        "Resource": {"ResourceType": "Instance", "InstanceDetails": {"InstanceId": "i-1"}},
        "Service": {"Count": 2, "Archived": False, "UserFeedback": "USEFUL"},
        **more,
    }


def _sweeps(
    opened: list[str], archived: list[str], updated: list[str] | None = None
) -> Callable[[dict[str, Any]], Any]:
    """Answer each sweep of ids by what it asks for."""

    def answer(params: dict[str, Any]) -> Any:
        ((name, test),) = params["FindingCriteria"]["Criterion"].items()
        if name == "updatedAt":
            assert updated is not None, "nothing is known: there is no last look"
            return {"FindingIds": updated}
        return {"FindingIds": {"false": opened, "true": archived}[test["Equals"][0]]}

    return answer


def _script(detectors: list[str], **answers: Any) -> Script:
    usual: dict[str, Any] = {
        "ListDetectors": {"DetectorIds": detectors},
        "GetDetector": WATCHING,
        "GetAdministratorAccount": {"Administrator": {}},
        "GetFindingsStatistics": {"FindingStatistics": {"GroupedBySeverity": []}},
        "ListFilters": {"FilterNames": []},
        "ListFindings": _sweeps([], []),
        "GetFindings": lambda p: {"Findings": [_found(name) for name in p["FindingIds"]]},
        **answers,
    }
    return Script({(REGION, f"guardduty.{name}"): answer for name, answer in usual.items()})


def _look(
    spec: EvidenceType,
    detectors: list[str] | None = None,
    known: Known | None = None,
    **answers: Any,
) -> tuple[Sight, Script]:
    script = _script([ID] if detectors is None else detectors, **answers)
    return look(spec, replace(reader(script, spec), remember=lambda: known)), script


def _only(sight: Sight) -> Body:
    (body,) = sight.bodies
    return body


every_type = pytest.mark.parametrize("spec", [DETECTOR, FILTER, FINDING], ids=lambda s: s.name)


@every_type
class TestRegions:
    def test_two_detectors_make_no_sense(self, spec: EvidenceType):
        sight, _ = _look(spec, ["a", "b"])
        assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")
        assert "2 detectors" in sight.coverage.message

    def test_a_region_that_guardduty_does_not_know_is_unsupported(self, spec: EvidenceType):
        sight, _ = _look(spec, ListDetectors=Error("BadRequestException"))
        assert sight.coverage.outcome is Outcome.MISSED
        assert sight.coverage.cause is Cause.UNSUPPORTED

    def test_a_listing_denied_is_missed(self, spec: EvidenceType):
        sight, _ = _look(spec, ListDetectors=Error("AccessDeniedException"))
        assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)


def test_the_detector_is_asked_for_once_for_all_three_types():
    script = _script([ID])
    ours = reader(script, DETECTOR)
    for spec in (DETECTOR, FILTER, FINDING):
        scope = replace(ours.scope, evidence=spec.name)
        look(spec, replace(ours, scope=scope, clients=reader(script, spec).clients))
    assert len(script.asked_for("guardduty.ListDetectors")) == 1


class TestDetectors:
    def test_a_detector_is_read_whole_and_what_moves_is_observed(self):
        sight, script = _look(DETECTOR)
        body = _only(sight)
        assert sight.coverage.outcome is Outcome.COMPLETE
        assert (body.key, body.uid, body.config["Status"]) == (ROW, ID, "ENABLED")
        assert body.config["Administrator"] == {"AccountId": None}
        assert {*body.observed} == {"CreatedAt", "UpdatedAt", "Features", "Statistics"}
        assert "UpdatedAt" not in str(body.config)
        (asked,) = script.asked_for("guardduty.GetFindingsStatistics")
        assert asked["FindingCriteria"] == {
            "Criterion": {"service.archived": {"Equals": ["false"]}}
        }

    def test_a_region_without_one_has_a_row_all_the_same(self):
        sight, script = _look(DETECTOR, [])
        body = _only(sight)
        assert sight.coverage.outcome is Outcome.COMPLETE
        assert (body.key, body.uid, body.config["Status"]) == (ROW, None, "ABSENT")
        assert {name for _, name, _ in script.asked} == {"guardduty.ListDetectors"}

    def test_one_administered_from_elsewhere_says_so_in_the_same_place(self):
        member = {"AccountId": "999988887777", "RelationshipStatus": "Enabled", "InvitedAt": "now"}
        sight, _ = _look(DETECTOR, GetAdministratorAccount={"Administrator": member})
        config = _only(sight).config["Administrator"]
        assert config == {"AccountId": "999988887777", "RelationshipStatus": "Enabled"}

    @pytest.mark.parametrize("answer", [{}, {"Administrator": {}}, {"Administrator": None}, None])
    def test_no_content_says_that_nobody_else_administers_it(self, answer: Any):
        """That is what AWS documents, though its model says otherwise."""
        assert DETECTOR.tidy is not None
        assert DETECTOR.tidy({"Administrator": answer}) == {"Administrator": {"AccountId": None}}

    def test_the_order_of_features_means_nothing(self):
        turned = {**WATCHING, "Features": WATCHING["Features"][::-1]}
        ours, theirs = (
            _only(_look(DETECTOR, GetDetector=answer)[0]) for answer in (WATCHING, turned)
        )
        assert ours.digest == theirs.digest

    @pytest.mark.parametrize("lost", ["Name", "Status"])
    def test_a_feature_of_which_nothing_is_said_is_not_one_that_is_off(self, lost: str):
        first, *others = copy.deepcopy(WATCHING["Features"])
        del first[lost]
        sight, _ = _look(DETECTOR, GetDetector={**WATCHING, "Features": [first, *others]})
        assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")

    def test_what_cannot_be_told_of_the_detector_itself_makes_it_missed(self):
        sight, _ = _look(DETECTOR, GetDetector=Error("AccessDeniedException"))
        assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)

    @pytest.mark.parametrize(
        ("operation", "detail"),
        [("GetAdministratorAccount", "Administrator"), ("GetFindingsStatistics", "Statistics")],
    )
    def test_a_detail_denied_is_unseen(self, operation: str, detail: str):
        denied: dict[str, Any] = {operation: Error("AccessDeniedException")}
        sight, _ = _look(DETECTOR, **denied)
        assert (sight.coverage.outcome, _only(sight).unseen) == (Outcome.PARTIAL, (detail,))
        assert detail not in {*_only(sight).config, *_only(sight).observed}


class TestFilters:
    def test_each_is_listed_on_all_pages_and_read(self):
        sight, script = _look(
            FILTER, ListFilters={"FilterNames": ["aaa", "bbb", "ccc"]}, GetFilter=RULE
        )
        assert [body.key for body in sight.bodies] == [
            f"{ARN}/filter/{name}" for name in ("aaa", "bbb", "ccc")
        ]
        assert len(script.asked_for("guardduty.ListFilters")) == 2
        config = sight.bodies[0].config["Filter"]
        assert {*config} == {"Name", "Action", "Rank", "FindingCriteria"}
        assert config["FindingCriteria"]["Criterion"]["type"] == {"Equals": ["a", "b"]}

    def test_a_region_without_a_detector_has_none(self):
        sight, script = _look(FILTER, [])
        assert (sight.bodies, sight.coverage.outcome) == ((), Outcome.COMPLETE)
        assert script.asked_for("guardduty.ListFilters") == []

    def test_one_that_cannot_be_read_is_there_and_unseen(self):
        sight, _ = _look(
            FILTER, ListFilters={"FilterNames": ["aaa"]}, GetFilter=Error("AccessDeniedException")
        )
        assert (sight.coverage.outcome, _only(sight).unseen) == (Outcome.PARTIAL, ("Filter",))

    def test_a_listing_denied_is_missed(self):
        sight, _ = _look(FILTER, ListFilters=Error("AccessDeniedException"))
        assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)


class TestFindings:
    def test_open_and_archived_ones_are_listed_on_all_pages_and_described_fifty_at_a_time(self):
        opened, archived = [f"o{n:02}" for n in range(51)], ["a1", "a2", "a3"]
        sight, script = _look(FINDING, ListFindings=_sweeps(opened, archived))
        assert sight.coverage.outcome is Outcome.COMPLETE
        states = {body.key.rsplit("/", 1)[1]: body.config["Archived"] for body in sight.bodies}
        assert states == {**dict.fromkeys(opened, False), **dict.fromkeys(archived, True)}
        asked = [params["FindingIds"] for params in script.asked_for("guardduty.GetFindings")]
        assert sorted(map(len, asked)) == [4, 50]
        assert sorted(chain.from_iterable(asked)) == sorted([*opened, *archived])

    def test_the_batches_do_not_depend_on_the_order_of_ids(self):
        asked = []
        for names in (["b", "c", "a"], ["a", "b", "c"]):
            _, script = _look(FINDING, ListFindings=_sweeps(names, []))
            asked.append([p["FindingIds"] for p in script.asked_for("guardduty.GetFindings")])
        assert asked[0] == asked[1] == [["a", "b", "c"]]

    def test_one_archived_between_the_two_sweeps_is_archived(self):
        sight, _ = _look(FINDING, ListFindings=_sweeps(["x"], ["x"]))
        assert _only(sight).config["Archived"] is True

    def test_a_finding_is_configuration_but_for_what_moves(self):
        body = _only(_look(FINDING, ListFindings=_sweeps(["x"], []))[0])
        assert body.config["Finding"] == {
            "Id": "x",
            "Arn": f"{ARN}/finding/x",
            "AccountId": ACCOUNT,
            "Region": REGION,
            "Type": "Recon:EC2/Portscan",
            "Severity": "8.5",
            "Title": "Port scan",
            "Sample": False,
            "Resource": {"ResourceType": "Instance", "Ids": ["i-1"]},
            "Service": {"UserFeedback": "USEFUL"},
        }
        observed = body.observed["Finding"]
        assert (observed["Service"]["Count"], observed["UpdatedAt"][:10]) == (2, "2026-06-02")
        assert "_changed" not in {*body.config, *body.observed}

    def test_what_aws_rewords_and_counts_is_no_change(self):
        again = _found(
            "x",
            Description="other words",
            Confidence=9.5,
            UpdatedAt="2026-07-01T00:00:00.000Z",
            Service={"Count": 9, "Archived": True, "UserFeedback": "USEFUL", "EventLastSeen": "z"},
        )
        ours, theirs = (
            _only(
                _look(
                    FINDING, ListFindings=_sweeps(["x"], []), GetFindings={"Findings": [finding]}
                )[0]
            )
            for finding in (_found("x"), again)
        )
        assert ours.digest == theirs.digest

    def test_one_no_longer_there_when_described_is_gone(self):
        sight, _ = _look(
            FINDING, ListFindings=_sweeps(["x", "y"], []), GetFindings={"Findings": [_found("y")]}
        )
        assert ([body.config["Id"] for body in sight.bodies], sight.coverage.gone) == (["y"], 1)
        assert sight.coverage.outcome is Outcome.COMPLETE

    def test_a_region_without_a_detector_has_none(self):
        sight, script = _look(FINDING, [])
        assert (sight.bodies, sight.coverage.outcome) == ((), Outcome.COMPLETE)
        assert script.asked_for("guardduty.ListFindings") == []

    def test_a_description_denied_is_unseen_and_the_finding_still_listed(self):
        sight, _ = _look(
            FINDING, ListFindings=_sweeps([], ["x"]), GetFindings=Error("AccessDeniedException")
        )
        assert (sight.coverage.outcome, _only(sight).unseen) == (Outcome.PARTIAL, ("Finding",))
        assert _only(sight).config["Archived"] is True

    @pytest.mark.parametrize("which", ["false", "true"])
    def test_a_sweep_denied_makes_all_missed(self, which: str):
        def answer(params: dict[str, Any]) -> Any:
            asked = params["FindingCriteria"]["Criterion"]["service.archived"]["Equals"]
            return Error("AccessDeniedException") if asked == [which] else {"FindingIds": ["x"]}

        sight, _ = _look(FINDING, ListFindings=answer)
        assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)


class TestWhatIsAskedAgain:
    def test_only_new_and_updated_findings_are_described(self):
        first, _ = _look(FINDING, ListFindings=_sweeps(["x", "y"], ["z"]))
        known = Known(NOW, {body.key: body for body in first.bodies})
        second, script = _look(
            FINDING,
            known=known,
            ListFindings=_sweeps(["y", "new"], ["z", "x"], updated=["y", "elsewhere"]),
            GetFindings=lambda p: {
                "Findings": [_found(name, Severity=5.0) for name in p["FindingIds"]]
            },
        )
        assert [p["FindingIds"] for p in script.asked_for("guardduty.GetFindings")] == [
            ["new", "y"]
        ]
        (since,) = (
            params["FindingCriteria"]["Criterion"]["updatedAt"]["GreaterThanOrEqual"]
            for params in script.asked_for("guardduty.ListFindings")
            if "updatedAt" in params["FindingCriteria"]["Criterion"]
        )
        assert since == (NOW - timedelta(hours=1)).timestamp() * 1000
        bodies = {body.config["Id"]: body for body in second.bodies}
        assert {name: body.config["Finding"]["Severity"] for name, body in bodies.items()} == {
            "new": "5.0",
            "x": "8.5",
            "y": "5.0",
            "z": "8.5",
        }
        assert (bodies["x"].config["Archived"], bodies["x"].unseen) == (True, ())
        assert second.coverage.outcome is Outcome.COMPLETE

    def test_one_of_which_the_description_was_never_seen_is_described(self):
        first, _ = _look(
            FINDING, ListFindings=_sweeps(["x"], []), GetFindings=Error("AccessDeniedException")
        )
        known = Known(NOW, {body.key: body for body in first.bodies})
        second, _ = _look(FINDING, known=known, ListFindings=_sweeps(["x"], [], updated=[]))
        assert _only(second).config["Finding"]["Type"] == "Recon:EC2/Portscan"

    def test_a_finding_kept_has_the_same_digest_as_one_read_anew(self):
        first, _ = _look(FINDING, ListFindings=_sweeps(["x"], []))
        known = Known(NOW, {body.key: body for body in first.bodies})
        second, script = _look(FINDING, known=known, ListFindings=_sweeps(["x"], [], updated=[]))
        assert script.asked_for("guardduty.GetFindings") == []
        assert _only(first).digest == _only(second).digest


class TestSamples:
    @pytest.mark.parametrize(
        ("finding", "sample"),
        [
            ({"Title": "[SAMPLE] Port scan"}, True),
            ({"Service": {"AdditionalInfo": {"Value": '{"sample":true}'}}}, True),
            ({"Service": {"AdditionalInfo": {"Value": '{"sample":false}'}}}, False),
            ({"Service": {"AdditionalInfo": {"Value": "{"}}}, False),
            ({"Service": {"AdditionalInfo": {"Value": "[]"}}}, False),
            ({"Service": {"AdditionalInfo": {}}}, False),
            ({"Title": "Port scan [SAMPLE]"}, False),
            ({}, False),
        ],
    )
    def test_a_sample_is_known_by_its_title_or_by_what_is_added(
        self, finding: dict[str, Any], sample: bool
    ):
        assert is_sample(finding) is sample

    @pytest.mark.parametrize(
        ("details", "ids"),
        [
            ({"AccessKeyDetails": {"AccessKeyId": "AKIA", "UserName": "u"}}, ["AKIA"]),
            ({"AccessKeyDetails": {"UserName": "u"}}, ["u"]),
            ({"AccessKeyDetails": {"AccessKeyId": "ASIA1", "UserName": "a role"}}, ["a role"]),
            ({"AccessKeyDetails": {"AccessKeyId": "ASIA1"}}, ["ASIA1"]),
            ({"S3BucketDetails": [{"Arn": "b"}, {"Arn": "a"}]}, ["a", "b"]),
            ({"InstanceDetails": {}}, []),
            ({}, []),
        ],
    )
    def test_the_resource_is_named(self, details: dict[str, Any], ids: list[str]):
        finding = _found("x", Resource={"ResourceType": "t", **details})
        sight, _ = _look(
            FINDING, ListFindings=_sweeps(["x"], []), GetFindings={"Findings": [finding]}
        )
        assert _only(sight).config["Finding"]["Resource"] == {"ResourceType": "t", "Ids": ids}


class TestCounts:
    @pytest.mark.parametrize(
        ("detectors", "counted", "told"),
        [([ID], 2, [(2, 2)]), ([ID], 3, [(2, 3)]), ([], 0, [])],
    )
    def test_findings_that_are_not_archived_are_held_against_the_count(
        self, detectors: list[str], counted: int, told: list[tuple[int, int]]
    ):
        groups = [
            {"Severity": 8.0, "TotalFindings": counted - 1},
            {"Severity": 2.0, "TotalFindings": 1},
        ]
        sights = [
            _look(
                spec,
                detectors,
                ListFindings=_sweeps(["x", "y"], ["z"]),
                GetFindingsStatistics={"FindingStatistics": {"GroupedBySeverity": groups}},
            )[0]
            for spec in (DETECTOR, FINDING)
        ]
        counter = Counter({spec.name: spec for spec in (DETECTOR, FINDING)})
        for sight in sights:
            counter.see(sight)
        assert [(t.mine, t.theirs) for t in counter.ties(sights[1].scope)] == told

    def test_a_group_without_a_number_is_no_count(self):
        groups = [{"Severity": 8.0, "TotalFindings": 1}, {"Severity": 2.0}]
        sight, _ = _look(
            DETECTOR,
            GetFindingsStatistics={"FindingStatistics": {"GroupedBySeverity": groups}},
        )
        assert counted_open(sight.bodies) is None
