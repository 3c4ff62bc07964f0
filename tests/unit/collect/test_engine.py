"""A sight says what was seen and what was not, and never more than that (decision D3)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from driftkeeper.collect.engine import look, not_looked
from driftkeeper.collect.rowwise import unseen_row
from driftkeeper.collect.spec import (
    Asker,
    Call,
    EvidenceType,
    From,
    Function,
    Gather,
    Gone,
    Item,
    Nested,
    Reach,
    Unseen,
)
from driftkeeper.domain.types import Body, Cause, Miss, Outcome, Scope, Sight
from tests.aws import ACCOUNT, NOW, REGION, Error, Script, Ticking, reader

SCOPE = Scope(ACCOUNT, REGION, "kms.thing")
LIST = Call("kms", "list_keys", items="Keys")
DESCRIBE = Call("kms", "describe_key", items="KeyMetadata", params={"KeyId": From("KeyId")})
ROTATION = Call("kms", "get_key_rotation_status", params={"KeyId": From("KeyId")})
ALIASES = Gather(Call("kms", "list_aliases", items="Aliases"), on="TargetKeyId", to="KeyId")


def _type(listing: Any = LIST, **more: Any) -> EvidenceType:
    return EvidenceType("kms.thing", "T", 1, Reach.REGION, listing, "key/{KeyId}", "Says.", **more)


def _keys(*names: str) -> dict[str, Any]:
    return {"Keys": [{"KeyId": name, "KeyArn": "arn:aws:kms:" + name * 20} for name in names]}


def _look(spec: EvidenceType, clock: Ticking | None = None, **answers: Any) -> Sight:
    return _look_with(spec, clock, **answers)[0]


def _look_with(
    spec: EvidenceType, clock: Ticking | None = None, **answers: Any
) -> tuple[Sight, Script]:
    script = Script({(REGION, f"kms.{name}"): answer for name, answer in answers.items()})
    return look(spec, reader(script, spec, clock=clock)), script


def _by_key(sight: Sight) -> dict[str, Body]:
    return {body.key.removeprefix("key/"): body for body in sight.bodies}


def _only_for(broken: str, error: Any, answer: Any) -> Any:
    """Answer every key alike, except one."""
    return lambda params: error if params["KeyId"] == broken else answer


class TestListing:
    def test_every_page_is_read_and_bodies_come_in_the_order_of_their_keys(self):
        sight = _look(_type(), ListKeys=_keys("c", "e", "a", "d", "b"))
        assert [body.key for body in sight.bodies] == [f"key/{name}" for name in "abcde"]
        coverage = sight.coverage
        assert (coverage.outcome, coverage.resources, coverage.calls, coverage.pages) == (
            Outcome.COMPLETE,
            5,
            3,
            3,
        )
        assert (coverage.first_request_id, coverage.last_request_id) == ("request-1", "request-3")
        assert (coverage.cause, sight.misses, coverage.as_of) == (None, (), NOW)

    def test_no_resources_is_a_complete_sight(self):
        sight = _look(_type(details={"Aliases": ALIASES}), ListKeys=_keys())
        assert (sight.coverage.outcome, sight.bodies) == (Outcome.COMPLETE, ())

    @pytest.mark.parametrize(
        ("failure", "cause", "code"),
        [
            (Error("AccessDeniedException"), Cause.DENIED, "AccessDeniedException"),
            (Error("ThrottlingException"), Cause.THROTTLED, "ThrottlingException"),
            (Error("KMSInternalException", status=500), Cause.FAILED, "KMSInternalException"),
            (ConnectTimeoutError(endpoint_url="u"), Cause.UNREACHABLE, "ConnectTimeoutError"),
            ({}, Cause.FAILED, "MalformedAnswer"),
        ],
    )
    @pytest.mark.parametrize("page", [0, 1, 2])
    def test_a_page_that_fails_makes_the_scope_missed(
        self, page: int, failure: Any, cause: Cause, code: str
    ):
        pages = [_keys("a", "b"), _keys("c", "d"), _keys("e")]
        pages[page] = failure
        sight = _look(_type(), ListKeys=pages)
        coverage = sight.coverage
        assert (coverage.outcome, coverage.cause, coverage.code) == (Outcome.MISSED, cause, code)
        assert (sight.bodies, coverage.resources, sight.listed) == ((), 0, False)
        assert sight.misses == (Miss(SCOPE, cause, code, coverage.message),)

    def test_a_missed_scope_still_counts_what_was_asked(self):
        pages = [_keys("a"), Error("AccessDeniedException")]
        coverage = _look(_type(), ListKeys=pages).coverage
        assert (coverage.calls, coverage.pages) == (2, 1)
        assert coverage.first_request_id == "request-1"

    def test_a_listing_that_is_not_found_is_missed_and_not_empty(self):
        sight = _look(_type(), ListKeys=Error("NotFoundException"))
        assert (sight.coverage.outcome, sight.coverage.code) == (
            Outcome.MISSED,
            "NotFoundException",
        )

    def test_an_absence_code_is_a_complete_listing(self):
        spec = _type(replace(LIST, absent_on={"InvalidMarkerException": []}))
        sight = _look(spec, ListKeys=Error("InvalidMarkerException"))
        assert (sight.coverage.outcome, sight.bodies) == (Outcome.COMPLETE, ())

    def test_an_item_without_its_identity_makes_the_scope_missed(self):
        sight = _look(_type(), ListKeys={"Keys": [{"KeyId": "a"}, {"KeyArn": "arn" * 10}]})
        assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")
        assert sight.coverage.message == "an item has no KeyId"

    def test_a_resource_listed_twice_alike_is_one(self):
        spec = _type(details={"Rotation": ROTATION})
        sight = _look(
            spec,
            ListKeys=_keys("a", "b", "a"),
            GetKeyRotationStatus=Error("AccessDeniedException"),
        )
        assert [body.key for body in sight.bodies] == ["key/a", "key/b"]
        assert sight.coverage.resources == 2
        assert [miss.resource for miss in sight.misses] == ["key/a", "key/b"]

    def test_a_resource_listed_twice_with_different_content_makes_the_scope_missed(self):
        twice = _keys("a", "b", "a")
        twice["Keys"][2]["KeyArn"] = "later" * 5
        sight = _look(_type(), ListKeys=twice)
        assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")
        assert sight.coverage.message == "key/a is listed twice with different content"
        assert sight.bodies == ()

    def test_only_items_to_keep_are_resources_and_are_asked_for_details(self):
        spec = _type(
            keep=lambda item, region: item["KeyId"] == "b" and region == REGION,
            details={"Rotation": ROTATION},
        )
        sight, script = _look_with(
            spec, ListKeys=_keys("a", "b"), GetKeyRotationStatus={"KeyRotationEnabled": True}
        )
        assert [body.key for body in sight.bodies] == ["key/b"]
        assert script.asked_for("kms.GetKeyRotationStatus") == [{"KeyId": "b"}]

    def test_a_scope_that_was_not_looked_at_is_missed(self):
        miss = Unseen(Cause.NOT_RUN, "NotReached", "why")
        sight = not_looked(SCOPE, miss, NOW)
        assert (sight.coverage.outcome, sight.coverage.calls) == (Outcome.MISSED, 0)
        assert sight.misses == (Miss(SCOPE, Cause.NOT_RUN, "NotReached", "why"),)

    def test_a_scope_that_takes_too_long_is_given_up(self):
        sight = _look(_type(), Ticking(tick=21), ListKeys=_keys("a", "b", "c", "d", "e", "f"))
        coverage = sight.coverage
        assert (coverage.outcome, coverage.code) == (Outcome.MISSED, "DeadlineExceeded")
        assert coverage.duration_ms > 60_000

    def test_a_duration_is_what_passed_on_the_clock(self):
        assert _look(_type(), Ticking(tick=0.25), ListKeys=_keys("a")).coverage.duration_ms == 750


class TestDetails:
    SPEC = _type(details={"Metadata": DESCRIBE, "Rotation": ROTATION})

    def test_details_are_part_of_the_body(self):
        sight = _look(
            self.SPEC,
            ListKeys=_keys("a"),
            DescribeKey={"KeyMetadata": {"KeyId": "a", "Description": "d"}},
            GetKeyRotationStatus={"KeyRotationEnabled": True},
        )
        assert sight.bodies[0].config == {
            "KeyId": "a",
            "KeyArn": "arn:aws:kms:aaaaaaaaaaaaaaaaaaaa",
            "Metadata": {"KeyId": "a", "Description": "d"},
            "Rotation": {"KeyRotationEnabled": True},
        }

    @pytest.mark.parametrize(
        ("failure", "cause", "code"),
        [
            (Error("AccessDeniedException"), Cause.DENIED, "AccessDeniedException"),
            (ConnectTimeoutError(endpoint_url="u"), Cause.UNREACHABLE, "ConnectTimeoutError"),
            ({}, Cause.FAILED, "MalformedAnswer"),
        ],
    )
    def test_a_detail_that_fails_is_unseen_for_its_resource_alone(
        self, failure: Any, cause: Cause, code: str
    ):
        metadata = {"KeyMetadata": {"KeyId": "x"}}

        def describe(params: dict[str, Any]) -> Any:
            if params["KeyId"] == "b" and isinstance(failure, Exception):
                raise failure
            return failure if params["KeyId"] == "b" else metadata

        sight = _look(
            self.SPEC,
            ListKeys=_keys("a", "b", "c"),
            DescribeKey=describe,
            GetKeyRotationStatus={"KeyRotationEnabled": True},
        )
        bodies = _by_key(sight)
        assert [body.unseen for body in sight.bodies] == [(), ("Metadata",), ()]
        assert "Metadata" not in bodies["b"].config
        assert bodies["b"].config["Rotation"] == {"KeyRotationEnabled": True}
        coverage = sight.coverage
        assert (coverage.outcome, coverage.cause, coverage.code) == (Outcome.PARTIAL, cause, code)
        assert coverage.resources == 3
        assert sight.misses == (Miss(SCOPE, cause, code, coverage.message, "key/b", "Metadata"),)
        assert sight.listed

    def test_what_was_deleted_between_listing_and_detail_is_dropped(self):
        sight = _look(
            self.SPEC,
            ListKeys=_keys("a", "b", "c"),
            DescribeKey=_only_for("b", Error("NotFoundException"), {"KeyMetadata": {"KeyId": "x"}}),
            GetKeyRotationStatus={"KeyRotationEnabled": True},
        )
        assert list(_by_key(sight)) == ["a", "c"]
        coverage = sight.coverage
        assert (coverage.outcome, coverage.resources, coverage.gone) == (Outcome.COMPLETE, 2, 1)
        assert sight.misses == ()

    def test_what_is_gone_at_a_later_detail_is_dropped_even_when_an_earlier_one_failed(self):
        sight = _look(
            self.SPEC,
            ListKeys=_keys("a"),
            DescribeKey=Error("AccessDeniedException"),
            GetKeyRotationStatus=Error("NotFoundException"),
        )
        assert (sight.bodies, sight.misses, sight.coverage.gone) == ((), (), 1)
        assert sight.coverage.outcome is Outcome.COMPLETE

    def test_a_detail_is_asked_only_when_the_body_says_so_and_has_another_value_else(self):
        rotation = replace(
            ROTATION, when=lambda item: item["KeyId"] != "a", otherwise={"never": True}
        )
        sight, script = _look_with(
            _type(details={"Rotation": rotation}),
            ListKeys=_keys("a", "b"),
            GetKeyRotationStatus={"KeyRotationEnabled": True},
        )
        assert [body.config["Rotation"] for body in sight.bodies] == [
            {"never": True},
            {"KeyRotationEnabled": True},
        ]
        assert script.asked_for("kms.GetKeyRotationStatus") == [{"KeyId": "b"}]
        assert sight.coverage.outcome is Outcome.COMPLETE

    def test_a_detail_that_needs_an_unseen_one_is_unseen_for_the_same_cause_and_not_asked(self):
        rotation = replace(ROTATION, when=lambda item: bool(item["Metadata"]), needs=("Metadata",))
        sight, script = _look_with(
            _type(details={"Metadata": DESCRIBE, "Rotation": rotation}),
            ListKeys=_keys("a", "b"),
            DescribeKey=_only_for(
                "a", Error("AccessDeniedException"), {"KeyMetadata": {"KeyId": "b"}}
            ),
            GetKeyRotationStatus={"KeyRotationEnabled": True},
        )
        bodies = _by_key(sight)
        assert bodies["a"].unseen == ("Metadata", "Rotation")
        assert bodies["b"].unseen == ()
        assert [(m.resource, m.detail, m.cause) for m in sight.misses] == [
            ("key/a", "Metadata", Cause.DENIED),
            ("key/a", "Rotation", Cause.DENIED),
        ]
        assert script.asked_for("kms.GetKeyRotationStatus") == [{"KeyId": "b"}]

    def test_an_absence_code_is_seen(self):
        rotation = replace(ROTATION, absent_on={"UnsupportedOperationException": None})
        sight = _look(
            _type(details={"Rotation": rotation}),
            ListKeys=_keys("a"),
            GetKeyRotationStatus=Error("UnsupportedOperationException"),
        )
        assert sight.bodies[0].config["Rotation"] is None
        assert (sight.bodies[0].unseen, sight.coverage.outcome) == ((), Outcome.COMPLETE)

    def test_each_of_several_pages_of_a_detail_must_be_read(self):
        tags = Call("kms", "list_resource_tags", items="Tags", params={"KeyId": From("KeyId")})
        all_tags = {"Tags": [{"TagKey": str(n), "TagValue": "v"} for n in range(5)]}
        first = {"Tags": all_tags["Tags"][:2]}
        sight = _look(
            _type(details={"Tags": tags}),
            ListKeys=_keys("a", "b"),
            ListResourceTags=_only_for("b", [first, Error("AccessDeniedException")], all_tags),
        )
        bodies = _by_key(sight)
        assert len(bodies["a"].config["Tags"]) == 5
        assert (bodies["b"].unseen, "Tags" in bodies["b"].config) == (("Tags",), False)

    def test_details_asked_by_many_threads_give_the_same_sight(self):
        names = [f"k{n:02}" for n in range(40)]
        script = Script(
            {
                (REGION, "kms.ListKeys"): _keys(*names),
                (REGION, "kms.DescribeKey"): lambda params: (
                    Error("AccessDeniedException")
                    if params["KeyId"].endswith("7")
                    else {"KeyMetadata": {"KeyId": params["KeyId"]}}
                ),
                (REGION, "kms.GetKeyRotationStatus"): {"KeyRotationEnabled": True},
            }
        )
        alone = look(self.SPEC, reader(script, self.SPEC))
        with ThreadPoolExecutor(8) as pool:
            together = look(self.SPEC, replace(reader(script, self.SPEC), mapper=pool.map))
        assert together.bodies == alone.bodies
        assert together.misses == alone.misses
        assert together.coverage.calls == alone.coverage.calls == 20 + 40 + 40


class TestGathered:
    SPEC = _type(details={"Aliases": ALIASES, "Rotation": ROTATION})

    def test_rows_are_dealt_out_to_their_owners_and_the_rest_to_nobody(self):
        aliases = [
            {"AliasName": "alias/1", "TargetKeyId": "a"},
            {"AliasName": "alias/2", "TargetKeyId": "b"},
            {"AliasName": "alias/3", "TargetKeyId": "a"},
            {"AliasName": "alias/none"},
            {"AliasName": "alias/other", "TargetKeyId": "z"},
        ]
        sight, script = _look_with(
            self.SPEC,
            ListKeys=_keys("a", "b", "None"),
            ListAliases={"Aliases": aliases},
            GetKeyRotationStatus={"KeyRotationEnabled": True},
        )
        names = {
            key: [row["AliasName"] for row in body.config["Aliases"]]
            for key, body in _by_key(sight).items()
        }
        assert names == {"a": ["alias/1", "alias/3"], "b": ["alias/2"], "None": []}
        assert len(script.asked_for("kms.ListAliases")) == 3

    @pytest.mark.parametrize(
        ("failure", "cause", "code"),
        [
            (Error("AccessDeniedException"), Cause.DENIED, "AccessDeniedException"),
            (Error("NotFoundException"), Cause.FAILED, "NotFoundException"),
            ([{"Aliases": []}, Error("Throttling")], Cause.THROTTLED, "Throttling"),
            ({}, Cause.FAILED, "MalformedAnswer"),
        ],
    )
    def test_a_gathering_that_fails_leaves_that_detail_unseen_and_nothing_else(
        self, failure: Any, cause: Cause, code: str
    ):
        sight = _look(
            self.SPEC,
            ListKeys=_keys("a", "b"),
            ListAliases=failure,
            GetKeyRotationStatus={"KeyRotationEnabled": True},
        )
        coverage = sight.coverage
        assert (coverage.outcome, coverage.cause, coverage.code) == (Outcome.PARTIAL, cause, code)
        assert [body.unseen for body in sight.bodies] == [("Aliases",), ("Aliases",)]
        assert all(body.config["Rotation"] for body in sight.bodies)
        assert all("Aliases" not in body.config for body in sight.bodies)
        assert sight.misses == (Miss(SCOPE, cause, code, coverage.message, detail="Aliases"),)

    def test_a_row_that_was_not_seen_is_missed_by_its_owner_alone(self):
        def read(_asker: Asker) -> list[Item]:
            why = Unseen(Cause.NOT_OWNER, "Elsewhere", "it is not ours")
            return [unseen_row({"of": "a"}, why), {"of": "b", "n": 1}]

        spec = _type(details={"Rows": Gather(Function((), read), on="of", to="KeyId")})
        sight = _look(spec, ListKeys=_keys("a", "b"))
        assert sight.coverage.outcome is Outcome.PARTIAL
        assert [body.unseen for body in sight.bodies] == [("Rows",), ()]
        assert "Rows" not in sight.bodies[0].config
        assert sight.bodies[1].config["Rows"] == [{"of": "b", "n": 1}]
        key = sight.bodies[0].key
        assert sight.misses == (
            Miss(SCOPE, Cause.NOT_OWNER, "Elsewhere", "it is not ours", key, "Rows"),
        )

    def test_rows_may_name_their_owner_at_a_dotted_path(self):
        devices = Call("iam", "list_virtual_mfa_devices", items="VirtualMFADevices")
        spec = EvidenceType(
            "iam.thing",
            "T",
            1,
            Reach.ACCOUNT,
            Call("iam", "list_users", items="Users"),
            "{Arn}",
            "Says.",
            details={"Devices": Gather(devices, on="User.Arn", to="Arn")},
        )
        user = {"Path": "/", "UserName": "u", "UserId": "A" * 16, "CreateDate": NOW}
        users = [{**user, "Arn": "arn:aws:iam::1:user/" + name} for name in "ab"]
        script = Script(
            {
                ("aws-global", "iam.ListUsers"): {"Users": users, "IsTruncated": False},
                ("aws-global", "iam.ListVirtualMFADevices"): {
                    "VirtualMFADevices": [
                        {"SerialNumber": "arn:mfa/one", "User": users[1]},
                        {"SerialNumber": "arn:mfa/none"},
                    ],
                },
            }
        )
        sight = look(spec, reader(script, spec))
        assert [[d["SerialNumber"] for d in body.config["Devices"]] for body in sight.bodies] == [
            [],
            ["arn:mfa/one"],
        ]


class TestNested:
    RULES = Call(
        "accessanalyzer",
        "list_archive_rules",
        items="archiveRules",
        params={"analyzerName": From("name")},
    )
    SPEC = EvidenceType(
        "accessanalyzer.archive_rule",
        "Archive rules",
        3,
        Reach.REGION,
        Nested(Call("accessanalyzer", "list_analyzers", items="analyzers"), RULES, "analyzer"),
        "{analyzer[arn]}/archive-rule/{ruleName}",
        "Says.",
    )

    def _analyzers(self, *names: str) -> dict[str, Any]:
        common = {"type": "ACCOUNT", "status": "ACTIVE", "createdAt": NOW}
        return {"analyzers": [{"arn": f"arn:{name}", "name": name, **common} for name in names]}

    def _rules(self, *names: str) -> dict[str, Any]:
        common = {"filter": {}, "createdAt": NOW, "updatedAt": NOW}
        return {"archiveRules": [{"ruleName": name, **common} for name in names]}

    def _look(self, analyzers: Any, rules: Any) -> Sight:
        script = Script(
            {
                (REGION, "accessanalyzer.ListAnalyzers"): analyzers,
                (REGION, "accessanalyzer.ListArchiveRules"): rules,
            }
        )
        return look(self.SPEC, reader(script, self.SPEC))

    def test_each_child_of_each_parent_is_a_resource_that_knows_its_parent(self):
        rules = {"x": self._rules("1", "2", "3"), "y": self._rules(), "z": self._rules("1")}
        sight = self._look(
            self._analyzers("x", "y", "z"), lambda params: rules[params["analyzerName"]]
        )
        assert [body.key for body in sight.bodies] == [
            "arn:x/archive-rule/1",
            "arn:x/archive-rule/2",
            "arn:x/archive-rule/3",
            "arn:z/archive-rule/1",
        ]
        assert sight.bodies[3].config["analyzer"]["name"] == "z"
        assert sight.coverage.outcome is Outcome.COMPLETE
        assert sight.coverage.pages == 2 + 2 + 1 + 1

    def test_the_children_of_a_parent_that_is_gone_are_gone(self):
        sight = self._look(
            self._analyzers("x", "y"),
            lambda params: (
                Error("ResourceNotFoundException", status=404)
                if params["analyzerName"] == "x"
                else self._rules("1")
            ),
        )
        assert [body.key for body in sight.bodies] == ["arn:y/archive-rule/1"]
        assert sight.coverage.outcome is Outcome.COMPLETE

    @pytest.mark.parametrize("broken", ["parents", "children"])
    def test_a_listing_that_fails_on_either_level_makes_the_scope_missed(self, broken: str):
        denied = Error("AccessDeniedException", status=403)
        analyzers: Any = self._analyzers("x", "y", "z")
        if broken == "parents":
            analyzers = [self._analyzers("x"), denied]
        sight = self._look(
            analyzers,
            lambda params: denied if params["analyzerName"] == "y" else self._rules("1"),
        )
        assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)
        assert sight.bodies == ()


class TestFunctions:
    def test_a_function_lists_what_it_yields(self):
        def read(asker: Asker) -> Any:
            for item in asker.value(LIST):
                yield {**item, "Extra": True}

        sight = _look(_type(Function((LIST,), read)), ListKeys=_keys("a", "b", "c"))
        assert [body.config["Extra"] for body in sight.bodies] == [True] * 3

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (Unseen(Cause.FAILED, "Code", "why"), "Code"),
            (Gone("NoSuchEntity"), "NoSuchEntity"),
            (KeyError("Expected"), "MalformedAnswer"),
            (TypeError("no list"), "MalformedAnswer"),
            (ValueError("no date"), "MalformedAnswer"),
            (AttributeError("no field"), "MalformedAnswer"),
        ],
    )
    def test_a_function_that_fails_half_way_makes_the_scope_missed(
        self, error: Exception, code: str
    ):
        def read(asker: Asker) -> Any:
            yield from asker.value(LIST)
            raise error

        sight = _look(_type(Function((LIST,), read)), ListKeys=_keys("a"))
        assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, code)
        assert sight.bodies == ()

    def test_a_mistake_of_the_program_is_not_taken_for_an_answer(self):
        def read(_asker: Asker) -> Any:
            raise RuntimeError("mistake")

        with pytest.raises(RuntimeError, match="mistake"):
            _look(_type(Function((LIST,), read)))

    def test_an_answer_may_say_as_of_when_it_is(self):
        early, late = NOW - timedelta(hours=3), NOW - timedelta(hours=2)

        def read(asker: Asker) -> Any:
            keys = asker.value(LIST)
            return [
                {**key, "Made": time.isoformat()}
                for key, time in zip(keys, (late, early), strict=True)
            ]

        spec = _type(Function((LIST,), read), as_of="Made")
        sight = _look(spec, ListKeys=_keys("a", "b"))
        assert sight.coverage.as_of == early
        assert all("Made" not in body.config for body in sight.bodies)
        empty = _type(Function((LIST,), lambda asker: asker.value(LIST)), as_of="Made")
        assert _look(empty, ListKeys=_keys("a")).coverage.as_of == NOW


class TestAnswersThatMakeNoSense:
    """A declaration reads answers as documented; one that is not so costs no more than it must."""

    def test_in_what_to_keep_it_costs_the_scope(self):
        def keep(item: Item, _region: str) -> bool:
            return bool(item["NoSuchField"])

        sight = _look(_type(keep=keep), ListKeys=_keys("a"))
        assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")
        assert "NoSuchField" in sight.coverage.message

    def test_in_whether_to_ask_it_costs_the_detail(self):
        rotation = replace(ROTATION, when=lambda item: item["NoSuchField"])
        sight = _look(_type(details={"Rotation": rotation}), ListKeys=_keys("a", "b"))
        assert sight.coverage.outcome is Outcome.PARTIAL
        assert [body.unseen for body in sight.bodies] == [("Rotation",)] * 2

    def test_in_tidying_it_costs_the_scope(self):
        sight = _look(_type(tidy=lambda item: item["NoSuchField"]), ListKeys=_keys("a"))
        assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")

    def test_in_the_canonical_form_it_costs_the_scope(self):
        sight = _look(_type(tidy=lambda item: {**item, "Huge": 2**60}), ListKeys=_keys("a"))
        assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")
        assert "integer beyond 2**53" in sight.coverage.message


def test_a_sight_is_as_of_the_time_before_anything_was_asked():
    """What is seen may be newer than that, never older."""
    clock = Ticking(datetime(2026, 7, 1, 3, tzinfo=UTC), tick=5)
    sight = _look(_type(), clock, ListKeys=_keys("a", "b", "c"))
    # One look at the clock for the deadline and one for the start came before.
    assert sight.coverage.as_of == clock.at + timedelta(seconds=10)


@pytest.mark.parametrize("last", [_keys("c"), Error("AccessDeniedException")])
def test_looking_ends_when_the_last_answer_has_come(last: Any):
    """What is new on that day may have come to be while we looked, never after that."""
    clock = Ticking(tick=5)
    sight = _look(_type(), clock, ListKeys=[_keys("a"), _keys("b"), last])
    assert sight.coverage.as_of == NOW + timedelta(seconds=10)
    assert sight.coverage.ended >= NOW + timedelta(seconds=25)
    assert sight.coverage.ended <= clock.now()


def test_what_was_not_looked_at_took_no_time():
    assert not_looked(SCOPE, Unseen(Cause.NOT_RUN, "Code", "why"), NOW).coverage.ended == NOW
