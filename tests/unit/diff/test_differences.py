"""Which differences a step has, and of what sort each is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from driftkeeper.diff.differences import differences
from driftkeeper.diff.spec import Difference, Lifecycle
from driftkeeper.domain.canonical import digest, encode
from driftkeeper.domain.shape import Shape
from driftkeeper.domain.types import Body, Json, Pair, Scope, Step
from tests.cases.answers import ACCOUNT, AS_OF, SINCE

SCOPE = Scope(ACCOUNT, "eu-west-1", "test.thing")
SHAPE = Shape(
    observed=("Status.Latest*", "Rows.Used"),
    sets={"Rows": "Name", "Rows.Inner": None},
    policies=("Policy",),
    details=("Status", "Policy"),
)


def body(key: str = "arn:thing/a", uid: str | None = None, **config: Json) -> Body:
    kept, observed = SHAPE.split(config)
    encoded = encode(kept)
    return Body(key, uid, kept, encoded, digest(encoded), observed)


def step(*pairs: tuple[Body | None, Body | None], **more: Any) -> Step:
    made = tuple(
        Pair(SCOPE, (old or new or body()).key, old, new) for old, new in pairs if old or new
    )
    return Step(SCOPE, AS_OF, SINCE, 1, made, **more)


def found(*pairs: tuple[Body | None, Body | None], **more: Any) -> list[Difference]:
    return list(differences(step(*pairs, **more), SHAPE))


def told(*pairs: tuple[Body | None, Body | None]) -> list[tuple[str, str, Json, Json]]:
    return [(d.lifecycle.value, "/".join(d.path), d.before, d.after) for d in found(*pairs)]


# ---- resources that come and go -----------------------------------------------------------------


def test_a_resource_that_came_has_its_whole_configuration_after_it() -> None:
    assert told((None, body(A=1))) == [("created", "", None, {"A": 1})]


def test_a_resource_that_went_has_its_whole_configuration_before_it() -> None:
    assert told((body(A=1), None)) == [("deleted", "", {"A": 1}, None)]


def test_another_id_under_the_same_name_is_another_thing() -> None:
    old, new = body(uid="1", Id="1", A=1), body(uid="2", Id="2", A=2)

    assert told((old, new)) == [("recreated", "", "1", "2"), ("attribute", "A", 1, 2)]


def test_an_id_that_is_seen_for_the_first_time_is_a_difference_like_any_other() -> None:
    assert told((body(uid=None, A=1), body(uid="2", Id="2", A=1))) == [
        ("attribute", "Id", None, "2")
    ]


def test_resources_are_told_in_the_order_of_their_keys() -> None:
    pairs = [(body(f"thing/{name}", A=1), body(f"thing/{name}", A=2)) for name in "cab"]

    assert [d.resource for d in found(*pairs)] == ["thing/a", "thing/b", "thing/c"]


# ---- names --------------------------------------------------------------------------------------

ALICE = "arn:aws:iam::1:user/alice"
BOB = "arn:aws:iam::1:user/shop/bob"


def test_the_same_id_under_another_name_is_one_difference_in_place_of_two() -> None:
    old = body(ALICE, "1", Id="1", Arn=ALICE, Name="alice", Path="/")
    new = body(BOB, "1", Id="1", Arn=BOB, Name="bob", Path="/shop/")

    assert told((old, None), (None, new)) == [("renamed", "", ALICE, BOB)]


def test_what_else_differs_of_a_renamed_resource_is_told_under_its_new_name() -> None:
    old = body(ALICE, "1", Name="alice", Note="alice", Rows=[{"Name": "x", "Used": 1}])
    new = body(BOB, "1", Name="bob", Note="carol", Rows=[{"Name": "x", "Used": 2}])

    assert told((old, None), (None, new)) == [
        ("renamed", "", ALICE, BOB),
        ("attribute", "Note", "alice", "carol"),
        ("act", "Rows/x/Used", 1, 2),
    ]
    assert {d.resource for d in found((old, None), (None, new))} == {BOB}


def test_an_id_that_several_share_proves_no_renaming() -> None:
    gone = [(body(f"thing/{name}", "1"), None) for name in "ab"]
    come = [(None, body(f"thing/{name}", "1")) for name in "cd"]

    for pairs in ([*gone, *come[:1]], [*gone[:1], *come], [*gone, *come]):
        assert {d.lifecycle for d in found(*pairs)} == {Lifecycle.CREATED, Lifecycle.DELETED}


def test_the_name_that_a_renamed_resource_left_may_be_anothers() -> None:
    old, new = body(ALICE, "1", A=1), body(BOB, "1", A=1)

    assert told((old, body(ALICE, "2", A=2)), (None, new)) == [
        ("created", "", None, {"A": 2}),
        ("renamed", "", ALICE, BOB),
    ]
    assert told((old, None), (body(BOB, "2", A=2), new)) == [
        ("deleted", "", {"A": 2}, None),
        ("renamed", "", ALICE, BOB),
    ]


def test_names_may_be_swapped_or_go_round() -> None:
    bodies = [body(f"thing/{name}", uid, A=uid) for name, uid in zip("abc", "123", strict=True)]
    pairs = [
        (old, body(old.key, other.uid, **other.config))
        for old, other in zip(bodies, bodies[1:] + bodies[:1], strict=True)
    ]

    assert told(*pairs) == [
        ("renamed", "", "thing/b", "thing/a"),
        ("renamed", "", "thing/c", "thing/b"),
        ("renamed", "", "thing/a", "thing/c"),
    ]


def test_resources_without_an_id_are_never_renamed() -> None:
    assert [each[0] for each in told((body("a"), None), (None, body("b")))] == [
        "deleted",
        "created",
    ]


# ---- what is inside -----------------------------------------------------------------------------


def test_elements_of_a_set_have_the_path_of_their_name() -> None:
    old = body(Rows=[{"Name": "x", "V": 1}, {"Name": "y", "V": 1}])
    new = body(Rows=[{"Name": "z", "V": 1}, {"Name": "x", "V": 2}])

    assert told((old, new)) == [
        ("attribute", "Rows/x/V", 1, 2),
        ("attribute", "Rows/y", {"Name": "y", "V": 1}, None),
        ("attribute", "Rows/z", None, {"Name": "z", "V": 1}),
    ]


def test_a_policy_is_one_value_and_is_given_back_as_json() -> None:
    old, new = body(Policy={"Statement": [1]}), body(Policy={"Statement": [2]})

    assert told((old, new)) == [("attribute", "Policy", {"Statement": [1]}, {"Statement": [2]})]


def test_a_list_that_is_no_set_is_compared_by_position() -> None:
    assert told((body(List=["a", "b"]), body(List=["x", "a", "b"]))) == [
        ("attribute", "List/0", "a", "x"),
        ("attribute", "List/1", "b", "a"),
        ("attribute", "List/2", None, "b"),
    ]


def test_a_difference_that_the_names_of_a_set_hide_is_told_as_the_whole() -> None:
    """Digests have the last word: where keyed forms are equal, the configuration is the difference."""
    shape = Shape(sets={"Rows": lambda rows: {"all": len(rows)}})
    old, new = body(Rows=[1]), body(Rows=[2])

    (only,) = differences(step((old, new)), shape)

    assert (only.lifecycle, only.path) == (Lifecycle.ATTRIBUTE, ())
    assert (only.before, only.after) == ({"Rows": [1]}, {"Rows": [2]})


@pytest.mark.parametrize(
    ("old", "new", "path", "is_field"),
    [
        ({}, {"New": 1}, "New", True),
        ({"A": {}}, {"A": {"New": 1}}, "A/New", True),
        ({"Rows": [{"Name": "x"}]}, {"Rows": [{"Name": "x", "New": 1}]}, "Rows/x/New", True),
        ({"Rows": []}, {"Rows": [{"Name": "x"}]}, "Rows/x", False),
        (
            {"Rows": [{"Name": "x", "Inner": []}]},
            {"Rows": [{"Name": "x", "Inner": ["i"]}]},
            "Rows/x/Inner/i",
            False,
        ),
        ({"List": []}, {"List": [1]}, "List/0", False),
        ({"A": None}, {"A": 1}, "A", False),
    ],
)
def test_a_new_field_is_not_a_new_element(
    old: dict[str, Json], new: dict[str, Json], path: str, is_field: bool
) -> None:
    (only,) = found((body(**old), body(**new)))

    assert ("/".join(only.path), only.new_field) == (path, is_field)


# ---- details ------------------------------------------------------------------------------------


def test_a_detail_that_was_never_seen_before_is_first_observed_and_not_added() -> None:
    old, new = body(A=1), body(A=1, Status={"On": False})

    assert told((old, new)) == [("first_observed", "Status", None, {"On": False})]


def test_a_field_inside_a_detail_that_was_seen_before_is_added() -> None:
    old, new = body(Status={"On": True}), body(Status={"On": True, "Mode": "x"})

    assert told((old, new)) == [("attribute", "Status/Mode", None, "x")]


def test_a_detail_that_was_seen_to_be_nothing_is_added() -> None:
    old, new = body(Status=None), body(Status={"On": True})

    assert told((old, new)) == [("attribute", "Status", None, {"On": True})]


def test_a_detail_that_is_no_longer_seen_is_not_known_to_differ() -> None:
    old = body(A=1, Status={"On": True, "LatestError": "x"}, Policy={"Statement": [1]})

    assert told((old, body(A=1))) == []
    assert told((old, body(A=2))) == [("attribute", "A", 1, 2)]
    assert told((old, body(A=1, Policy=None))) == [
        ("attribute", "Policy", {"Statement": [1]}, None)
    ]


def test_a_detail_of_a_renamed_resource_was_last_seen_under_its_old_name() -> None:
    old, new = body(ALICE, "1", Policy={"P": 1}), body(BOB, "1", Policy={"P": 2})
    before = SINCE - timedelta(days=1)

    renamed, policy = found((old, None), (None, new), blind={(ALICE, "Policy"): (before, 1)})

    assert (renamed.since, policy.path, policy.since) == (SINCE, ("Policy",), before)


# ---- acts ---------------------------------------------------------------------------------------


def test_what_is_observed_is_told_value_by_value_also_where_all_of_it_is_new() -> None:
    old = body(Rows=[{"Name": "x"}])
    new = body(Rows=[{"Name": "x", "Used": 1}, {"Name": "y", "Used": {"At": 2, "By": 3}}])

    assert [each for each in told((old, new)) if each[0] == "act"] == [
        ("act", "Rows/x/Used", None, 1),
        ("act", "Rows/y/Used/At", None, 2),
        ("act", "Rows/y/Used/By", None, 3),
    ]
    assert [each for each in told((new, old)) if each[0] == "act"] == [
        ("act", "Rows/x/Used", 1, None),
        ("act", "Rows/y/Used/At", 2, None),
        ("act", "Rows/y/Used/By", 3, None),
    ]


def test_what_is_observed_of_a_detail_never_seen_before_proves_no_act() -> None:
    old, new = body(A=1), body(A=1, Status={"On": True, "LatestError": "x"})

    assert [each[0] for each in told((old, new))] == ["first_observed"]


def test_what_is_observed_of_a_detail_seen_before_proves_an_act() -> None:
    old = body(Status={"On": True})
    new = body(Status={"On": True, "LatestError": "x"})

    assert told((old, new)) == [("act", "Status/LatestError", None, "x")]


def test_a_resource_that_came_has_done_nothing_yet() -> None:
    assert [each[0] for each in told((None, body(Rows=[{"Name": "x", "Used": 1}])))] == ["created"]


# ---- scopes -------------------------------------------------------------------------------------


def test_a_baseline_is_one_difference_whatever_is_found() -> None:
    (only,) = found((None, body(A=1)), baseline=True)

    assert (only.lifecycle, only.resource, only.body) == (Lifecycle.BASELINE, str(SCOPE), None)


@pytest.mark.parametrize(
    ("event", "lifecycle", "before", "after"),
    [
        ("baseline", Lifecycle.BASELINE, None, "seen"),
        ("lost", Lifecycle.SCOPE_LOST, "seen", "missed"),
        ("restored", Lifecycle.SCOPE_RESTORED, "missed", "seen"),
    ],
)
def test_what_happens_to_a_scope_is_a_difference_of_the_scope(
    event: str, lifecycle: Lifecycle, before: Json, after: Json
) -> None:
    (only,) = found(**{event: True})

    assert (only.lifecycle, only.before, only.after) == (lifecycle, before, after)


def test_a_removal_found_as_a_scope_returns_has_the_window_since_it_was_last_seen() -> None:
    scope_is_back, gone = found((body(A=1), None), restored=True)

    assert scope_is_back.lifecycle is Lifecycle.SCOPE_RESTORED
    assert gone.lifecycle is Lifecycle.DELETED
    assert (gone.since, gone.as_of) == (SINCE, AS_OF)


def test_a_difference_knows_what_was_compared_with_it() -> None:
    one, other = (body("a", A=1), body("a", A=2)), (body("b", A=1), None)

    first, _ = found(one, other)

    assert [pair.key for pair in first.beside] == ["a", "b"]
