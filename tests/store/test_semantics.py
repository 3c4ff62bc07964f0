"""What a snapshot adds to what is known: nothing that was not seen, and nothing twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from driftkeeper.domain.types import Body, Outcome, Pair, Scope
from driftkeeper.store import latest, read
from driftkeeper.store.database import Engine, reading
from tests.store.sights import (
    KEYS,
    USERS,
    Taken,
    at,
    body,
    damage,
    everything,
    missed,
    rows,
    saw,
    state_at,
    take,
)


@pytest.fixture(autouse=True)
def _clean(engine: Engine) -> Any:
    """Whatever a test stores, the store is sound afterwards."""
    yield
    assert damage(engine) == {}


def configs(engine: Engine, number: int, scope: Scope = USERS) -> dict[str, Any]:
    return {key: config for key, (_, config) in state_at(engine, number).get(scope, {}).items()}


def added(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> dict[str, int]:
    """How many rows each table gained; all that was there is still there."""
    for table, known in before.items():
        assert set(known) <= set(after[table]), table
    return {t: n for t in after if (n := len(after[t]) - len(before[t]))}


def digests(engine: Engine, key: str, scope: Scope = USERS) -> list[tuple[int, bool]]:
    """The snapshots in which a resource got a version, and whether each is a tombstone."""
    with reading(engine) as connection:
        found = read.versions(connection, scope, key)
    return [(row.snapshot, row.digest is None) for row in found]


def only(pairs: tuple[Pair, ...]) -> tuple[Body | None, Body | None]:
    (pair,) = pairs
    return pair.before, pair.after


# ---- the first sight and the next -----------------------------------------------------------


def test_the_first_complete_listing_is_a_baseline_and_not_a_flood_of_additions(
    engine: Engine,
) -> None:
    taken = take(engine, saw(USERS, 1, body("alice"), body("bob")))
    step = taken.steps[USERS]
    assert (step.baseline, step.since, step.previous_snapshot) == (True, None, None)
    assert taken.told == [("collection.baseline_established", str(USERS), "")]
    assert configs(engine, 1) == {"alice": {"Name": "alice"}, "bob": {"Name": "bob"}}


def test_a_scope_that_was_missed_before_it_was_ever_seen_begins_with_a_baseline(
    engine: Engine,
) -> None:
    first = take(engine, missed(USERS, 1)).steps[USERS]
    assert (first.baseline, first.lost, first.restored) == (False, False, False)
    second = take(engine, saw(USERS, 2, body("alice"))).steps[USERS]
    assert (second.baseline, second.lost, second.restored) == (True, False, False)


def test_an_unchanged_scope_costs_one_coverage_row_and_nothing_else(engine: Engine) -> None:
    users = [body(f"user-{n}", observed={"LastUsed": str(n)}) for n in range(20)]
    take(engine, saw(USERS, 1, *users), saw(KEYS, 1, body("key")))
    before = everything(engine)
    taken = take(engine, saw(USERS, 2, *reversed(users)), saw(KEYS, 2, body("key")))
    assert [step.pairs for step in taken.steps.values()] == [(), ()]
    assert added(before, everything(engine)) == {"snapshot": 1, "coverage": 2, "journal": 1}


def test_a_changed_resource_costs_one_version_and_one_body(engine: Engine) -> None:
    take(engine, saw(USERS, 1, *(body(f"user-{n}") for n in range(20))))
    before = everything(engine)
    others = [body(f"user-{n}") for n in range(1, 20)]
    taken = take(engine, saw(USERS, 2, body("user-0", {"Name": "other"}), *others))
    old, new = only(taken.steps[USERS].pairs)
    assert old is not None
    assert new is not None
    assert (old.config, new.config) == ({"Name": "user-0"}, {"Name": "other"})
    assert taken.told == [("resource.attribute_changed", "user-0", "Name")]
    assert {"version": 1, "blob": 1}.items() <= added(before, everything(engine)).items()


def test_a_body_is_stored_once_however_many_resources_have_it(engine: Engine) -> None:
    same = {"Same": "everywhere"}
    take(engine, saw(USERS, 1, body("a", same), body("b", same)), saw(KEYS, 1, body("c", same)))
    assert len(rows(engine, "version")) == 3
    assert len(rows(engine, "blob")) == 1


def test_a_value_that_comes_back_is_a_third_version_and_a_second_body(engine: Engine) -> None:
    for day, value in enumerate([1, 2, 1], start=1):
        take(engine, saw(USERS, day, body("alice", {"Value": value})))
    assert digests(engine, "alice") == [(1, False), (2, False), (3, False)]
    assert [configs(engine, n)["alice"]["Value"] for n in (1, 2, 3)] == [1, 2, 1]


# ---- out of sight -----------------------------------------------------------------------------


def test_what_a_complete_listing_no_longer_holds_is_deleted(engine: Engine) -> None:
    take(engine, saw(USERS, 1, body("alice"), body("bob", {"Mfa": True})))
    taken = take(engine, saw(USERS, 2, body("alice")))
    old, new = only(taken.steps[USERS].pairs)
    assert old is not None
    assert (old.config, new) == ({"Mfa": True}, None)
    assert taken.told == [("resource.deleted", "bob", "")]
    assert digests(engine, "bob") == [(1, False), (2, True)]
    assert sorted(configs(engine, 1)) == ["alice", "bob"]
    assert sorted(configs(engine, 2)) == ["alice"]


def test_an_empty_complete_listing_deletes_everything(engine: Engine) -> None:
    take(engine, saw(USERS, 1, body("alice"), body("bob")))
    taken = take(engine, saw(USERS, 2))
    assert sorted(resource for _, resource, _ in taken.told) == ["alice", "bob"]
    assert configs(engine, 2) == {}


def test_nothing_of_a_missed_scope_changes_appears_or_disappears(engine: Engine) -> None:
    take(engine, saw(USERS, 1, body("alice")), saw(KEYS, 1, body("key")))
    before = everything(engine)
    taken = take(engine, missed(USERS, 2), saw(KEYS, 2, body("key")))
    assert taken.told == [("collection.scope_lost", str(USERS), "")]
    assert taken.steps[USERS].pairs == ()
    assert added(before, everything(engine)) == {
        "snapshot": 1,
        "coverage": 2,
        "miss": 1,
        "change": 1,
        "journal": 1,
    }
    assert configs(engine, 2) == {"alice": {"Name": "alice"}}


def test_a_deletion_on_a_missed_day_is_told_when_the_scope_is_seen_again(engine: Engine) -> None:
    """The window reaches back to the last complete listing: by when, never when."""
    take(engine, saw(USERS, 1, body("alice"), body("bob")))
    take(engine, missed(USERS, 2))
    assert take(engine, missed(USERS, 3)).told == []  # lost is told once
    taken = take(engine, saw(USERS, 4, body("alice")))
    assert taken.told == [
        ("collection.scope_restored", str(USERS), ""),
        ("resource.deleted", "bob", ""),
    ]
    deleted = taken.changes[1]
    assert (deleted.not_before, deleted.not_after) == (at(1), at(4))
    assert (deleted.previous_snapshot, deleted.snapshot) == (1, 4)
    assert [sorted(configs(engine, n)) for n in (1, 2, 3, 4)] == [
        *(["alice", "bob"],) * 3,
        ["alice"],
    ]


def test_a_scope_that_a_snapshot_did_not_plan_is_neither_lost_nor_compared(engine: Engine) -> None:
    take(engine, saw(USERS, 1, body("alice")), saw(KEYS, 1, body("key")))
    take(engine, saw(KEYS, 2, body("key")))
    taken = take(engine, saw(USERS, 3, body("bob")), saw(KEYS, 3, body("key")))
    step = taken.steps[USERS]
    assert (step.lost, step.restored, step.previous_snapshot) == (False, False, 1)
    assert sorted(configs(engine, 2)) == ["alice"]


# ---- part of it out of sight ------------------------------------------------------------------


def test_an_unseen_detail_keeps_its_last_known_value_and_is_no_change(engine: Engine) -> None:
    take(engine, saw(USERS, 1, body("alice", {"Name": "a", "Policy": "p"})))
    before = everything(engine)
    blind = body("alice", {"Name": "a"}, unseen=["Policy"])
    taken = take(engine, saw(USERS, 2, blind))
    assert taken.told == []
    gained = added(before, everything(engine))
    assert gained == {"snapshot": 1, "coverage": 1, "miss": 1, "journal": 1}
    assert configs(engine, 2) == {"alice": {"Name": "a", "Policy": "p"}}


def test_beside_an_unseen_detail_the_rest_is_compared_as_usual(engine: Engine) -> None:
    take(
        engine,
        saw(USERS, 1, body("alice", {"Name": "a", "Policy": "p"}), body("bob"), body("carol")),
    )
    blind = body("alice", {"Name": "b"}, unseen=["Policy"])
    taken = take(engine, saw(USERS, 2, blind, body("bob", {"Name": "other"})))
    assert taken.told == [
        ("resource.attribute_changed", "alice", "Name"),
        ("resource.attribute_changed", "bob", "Name"),
        ("resource.deleted", "carol", ""),
    ]
    assert configs(engine, 2)["alice"] == {"Name": "b", "Policy": "p"}


def test_a_detail_that_changed_while_unseen_is_a_change_once_it_is_seen(engine: Engine) -> None:
    take(engine, saw(USERS, 1, body("alice", {"Policy": "p"})))
    take(engine, saw(USERS, 2, body("alice", {"Other": 1}, unseen=["Policy"])))
    take(engine, saw(USERS, 3, body("alice", {"Other": 1}, unseen=["Policy"])))
    taken = take(engine, saw(USERS, 4, body("alice", {"Other": 1, "Policy": "q"})))
    assert taken.told == [("resource.attribute_changed", "alice", "Policy")]
    assert (taken.changes[0].before, taken.changes[0].after) == ("p", "q")


def test_a_detail_that_is_seen_and_gone_after_it_was_unseen_is_a_change(engine: Engine) -> None:
    """Seen as null is not the same as not seen."""
    take(engine, saw(USERS, 1, body("alice", {"Policy": "p"})))
    take(engine, saw(USERS, 2, body("alice", {"Other": 1}, unseen=["Policy"])))
    taken = take(engine, saw(USERS, 3, body("alice", {"Other": 1, "Policy": None})))
    assert taken.told == [("resource.attribute_changed", "alice", "Policy")]


def test_a_detail_that_was_never_seen_stays_absent_and_is_then_first_observed(
    engine: Engine,
) -> None:
    take(engine, saw(USERS, 1, body("alice", {"Name": "a"}, unseen=["Policy"])))
    take(engine, saw(USERS, 2, body("alice", {"Name": "a"}, unseen=["Policy"])))
    assert configs(engine, 2) == {"alice": {"Name": "a"}}
    taken = take(engine, saw(USERS, 3, body("alice", {"Name": "a", "Policy": "p"})))
    assert taken.told == [("resource.first_observed", "alice", "Policy")]


def test_volatile_values_of_an_unseen_detail_are_kept_with_it(engine: Engine) -> None:
    seen = {"Status": {"LatestDelivery": "2026-03-01"}, "LastUsed": "2026-03-01"}
    take(engine, saw(USERS, 1, body("alice", {"Status": {"On": True}}, observed=seen)))
    moved = {"LastUsed": "2026-03-02"}
    taken = take(engine, saw(USERS, 2, body("alice", {"A": 1}, observed=moved, unseen=["Status"])))
    _, new = only(taken.steps[USERS].pairs)
    assert new is not None
    assert new.observed == {**seen, **moved}


def test_a_new_resource_with_an_unseen_detail_is_created_without_it(engine: Engine) -> None:
    take(engine, saw(USERS, 1, body("alice", {"Policy": "p"})))
    taken = take(
        engine,
        saw(USERS, 2, body("alice", {"Policy": "p"}), body("bob", {"A": 1}, unseen=["Policy"])),
    )
    assert taken.told == [("resource.created", "bob", "")]
    assert configs(engine, 2)["bob"] == {"A": 1}


# ---- the same name for another thing -----------------------------------------------------------


def test_a_new_uid_under_a_known_key_is_a_new_version_even_with_equal_content(
    engine: Engine,
) -> None:
    take(engine, saw(USERS, 1, body("alice", uid="A1")))
    taken = take(engine, saw(USERS, 2, body("alice", uid="A2")))
    assert taken.told == [("resource.recreated", "alice", "")]
    assert [state_at(engine, n)[USERS]["alice"][0] for n in (1, 2)] == ["A1", "A2"]


def test_a_recreated_resource_does_not_inherit_what_it_did_not_show(engine: Engine) -> None:
    """The details of the one before say nothing about this one, nor that it lacks them."""
    take(engine, saw(USERS, 1, body("alice", {"A": 1, "Policy": "admin"}, uid="A1")))
    taken = take(engine, saw(USERS, 2, body("alice", {"A": 1}, uid="A2", unseen=["Policy"])))
    assert taken.told == [("resource.recreated", "alice", "")]
    assert configs(engine, 2) == {"alice": {"A": 1}}
    third = take(engine, saw(USERS, 3, body("alice", {"A": 1, "Policy": "none"}, uid="A2")))
    assert third.told == [("resource.first_observed", "alice", "Policy")]


def test_a_renamed_resource_keeps_what_is_known_of_its_unseen_details(engine: Engine) -> None:
    status = {"Status": {"Last": 1}}
    old = body("alice", {"A": 1, "Policy": "p"}, uid="A1", observed=status)
    take(engine, saw(USERS, 1, old))
    new = body("bob", {"A": 1}, uid="A1", unseen=["Policy", "Status"])
    taken = take(engine, saw(USERS, 2, new))
    assert taken.told == [("resource.renamed", "bob", "")]
    assert configs(engine, 2) == {"bob": {"A": 1, "Policy": "p"}}
    third = take(engine, saw(USERS, 3, body("bob", {"A": 1, "Policy": "q"}, uid="A1")))
    assert third.told == [("resource.attribute_changed", "bob", "Policy")]
    assert windows(third)["Policy"] == (1, 3)


def test_swapped_names_take_what_is_known_with_them(engine: Engine) -> None:
    take(
        engine,
        saw(USERS, 1, body("a", {"Policy": "1"}, uid="1"), body("b", {"Policy": "2"}, uid="2")),
    )
    blind = [body(k, {"A": 1}, uid=uid, unseen=["Policy"]) for k, uid in (("a", "2"), ("b", "1"))]
    taken = take(engine, saw(USERS, 2, *blind))
    assert [kind for kind, _, path in taken.told if not path] == ["resource.renamed"] * 2
    assert {key: config["Policy"] for key, config in configs(engine, 2).items()} == {
        "a": "2",
        "b": "1",
    }


def test_an_id_that_several_share_hands_nothing_on(engine: Engine) -> None:
    take(engine, saw(USERS, 1, body("a", {"Policy": "p"}, uid="1"), body("b", uid="1")))
    take(engine, saw(USERS, 2, body("c", {"A": 1}, uid="1", unseen=["Policy"])))
    assert configs(engine, 2) == {"c": {"A": 1}}


def test_what_reappears_after_its_tombstone_is_created_anew(engine: Engine) -> None:
    take(engine, saw(USERS, 1, body("alice", {"Policy": "p"}), body("bob")))
    take(engine, saw(USERS, 2, body("bob")))
    taken = take(engine, saw(USERS, 3, body("alice", {"A": 1}, unseen=["Policy"]), body("bob")))
    assert taken.told == [("resource.created", "alice", "")]
    assert configs(engine, 3)["alice"] == {"A": 1}  # nothing of before its tombstone
    assert digests(engine, "alice") == [(1, False), (2, True), (3, False)]
    with reading(engine) as connection:
        found = {row.key: row for row in read.resources_at(connection, 3)}
    assert (found["alice"].first_seen, found["alice"].since) == (1, 3)
    assert len(rows(engine, "resource")) == 2


def test_the_same_key_in_two_scopes_is_two_resources(engine: Engine) -> None:
    take(engine, saw(USERS, 1, body("x", {"In": "users"})), saw(KEYS, 1, body("x", {"In": "keys"})))
    take(engine, saw(USERS, 2), saw(KEYS, 2, body("x", {"In": "keys"})))
    assert (configs(engine, 2), configs(engine, 2, KEYS)) == ({}, {"x": {"In": "keys"}})


# ---- volatile values -----------------------------------------------------------------------------


def test_a_volatile_value_that_moves_is_no_version_and_no_change(engine: Engine) -> None:
    take(engine, saw(USERS, 1, body("alice", observed={"LastUsed": "1"}), body("bob")))
    before = everything(engine)
    taken = take(engine, saw(USERS, 2, body("alice", observed={"LastUsed": "2"}), body("bob")))
    old, new = only(taken.steps[USERS].pairs)
    assert old is not None
    assert new is not None
    assert (old.observed, new.observed) == ({"LastUsed": "1"}, {"LastUsed": "2"})
    assert (old.config, old.digest) == (new.config, new.digest)
    assert added(before, everything(engine)) == {
        "snapshot": 1,
        "coverage": 1,
        "blob": 1,
        "journal": 1,
    }


def test_volatile_values_are_compared_with_the_last_complete_listing(engine: Engine) -> None:
    take(engine, saw(USERS, 1, body("alice", observed={"LastUsed": "1"})))
    take(engine, missed(USERS, 2))
    taken = take(engine, saw(USERS, 3, body("alice", {"A": 1}, observed={"LastUsed": "3"})))
    old, new = only(taken.steps[USERS].pairs)
    assert old is not None
    assert new is not None
    assert (old.observed, new.observed) == ({"LastUsed": "1"}, {"LastUsed": "3"})


def test_volatile_values_that_vanish_are_known_to_have_been_there(engine: Engine) -> None:
    take(engine, saw(USERS, 1, body("alice", observed={"LastUsed": "1"})))
    taken = take(engine, saw(USERS, 2, body("alice")))
    old, new = only(taken.steps[USERS].pairs)
    assert old is not None
    assert new is not None
    assert (old.observed, new.observed) == ({"LastUsed": "1"}, {})
    assert take(engine, saw(USERS, 3, body("alice"))).steps[USERS].pairs == ()


def test_volatile_values_that_are_the_first_of_a_scope_have_a_known_time_before(
    engine: Engine,
) -> None:
    take(engine, saw(USERS, 1, body("alice"), body("bob")))
    seen = saw(USERS, 2, body("alice", observed={"LastUsed": "1"}), body("bob"), body("carol"))
    pairs = {pair.key: pair for pair in take(engine, seen).steps[USERS].pairs}
    assert sorted(pairs) == ["alice", "carol"]
    assert pairs["carol"].before is None
    old = pairs["alice"].before
    assert old is not None
    assert old.observed == {}


# ---- who looked --------------------------------------------------------------------------------


def test_a_step_says_when_another_version_of_the_tool_looked_before(engine: Engine) -> None:
    """Compared with who made the last complete listing, not with who failed in between.

    Another version that declares the same is none.
    """
    take(engine, saw(USERS, 1, body("alice")), tool="1.0")
    assert not take(engine, saw(USERS, 2, body("alice")), tool="1.0").steps[USERS].upgraded
    assert take(engine, missed(USERS, 3), tool="2.0").steps[USERS].upgraded
    assert take(engine, saw(USERS, 4, body("alice")), tool="2.0").steps[USERS].upgraded
    assert not take(engine, saw(USERS, 5, body("alice")), tool="2.0").steps[USERS].upgraded
    assert not take(engine, saw(USERS, 6, body("alice")), tool="2.0-1").steps[USERS].upgraded


def test_every_snapshot_can_be_asked_for_as_it_was(engine: Engine) -> None:
    days: list[dict[str, int]] = [{"a": 1}, {"a": 1, "b": 1}, {"a": 2, "b": 1}, {"b": 1}, {"a": 1}]
    for day, there in enumerate(days, start=1):
        take(engine, saw(USERS, day, *(body(k, {"Value": v}) for k, v in there.items())))
    for day, there in enumerate(days, start=1):
        assert configs(engine, day) == {key: {"Value": v} for key, v in there.items()}
        with reading(engine) as connection:
            head = latest.scope_heads(connection, day)[USERS]
            live = {
                k: h for k, h in latest.resource_heads(connection, head.id, day).items() if h.digest
            }
        assert (head.listed, head.as_of, head.outcome) == (day, at(day), Outcome.COMPLETE)
        assert sorted(live) == sorted(there)


# ---- since when ---------------------------------------------------------------------------------


def windows(taken: Taken) -> dict[str, tuple[int, int]]:
    """From which snapshot on each told path may have changed, and by which it had."""
    for change in taken.changes:
        assert (change.not_before, change.not_after) == (
            at(change.previous_snapshot),
            at(change.snapshot),
        )
    return {change.path: (change.previous_snapshot, change.snapshot) for change in taken.changes}


def test_a_detail_may_have_changed_at_any_time_since_it_was_last_seen(engine: Engine) -> None:
    """What was seen in between says nothing of it; the other fields are told more closely."""
    take(engine, saw(USERS, 1, body("alice", {"A": 1, "Policy": "p"})))
    take(engine, saw(USERS, 2, body("alice", {"A": 1, "Policy": "p"})))
    take(engine, saw(USERS, 3, body("alice", {"A": 1}, unseen=["Policy"])))
    take(engine, missed(USERS, 4))
    take(engine, saw(USERS, 5, body("alice", {"A": 1}, unseen=["Policy"])))
    taken = take(engine, saw(USERS, 6, body("alice", {"A": 2, "Policy": "q"})))
    assert windows(taken)["A"] == (5, 6)
    assert windows(taken)["Policy"] == (2, 6)


def test_a_detail_unseen_under_an_old_name_and_a_new_one_was_last_seen_before_both(
    engine: Engine,
) -> None:
    take(engine, saw(USERS, 1, body("alice", {"A": 1, "Policy": "p"}, uid="A1")))
    take(engine, saw(USERS, 2, body("alice", {"A": 1}, uid="A1", unseen=["Policy"])))
    take(engine, saw(USERS, 3, body("bob", {"A": 1}, uid="A1", unseen=["Policy"])))
    taken = take(engine, saw(USERS, 4, body("bob", {"A": 1, "Policy": "q"}, uid="A1")))
    assert windows(taken)["Policy"] == (1, 4)


def test_what_was_unseen_of_one_resource_does_not_blur_the_others(engine: Engine) -> None:
    bob = body("bob", {"Policy": "p"})
    take(engine, saw(USERS, 1, body("alice", {"Policy": "p"}), bob))
    take(engine, saw(USERS, 2, body("alice", {"A": 1}, unseen=["Policy"]), bob))
    taken = take(
        engine, saw(USERS, 3, body("alice", {"A": 1, "Policy": "p"}), body("bob", {"Policy": "q"}))
    )
    assert taken.told == [("resource.attribute_changed", "bob", "Policy")]
    assert windows(taken)["Policy"] == (2, 3)


def test_a_detail_unseen_first_of_one_and_then_of_all_was_last_seen_before_both(
    engine: Engine,
) -> None:
    take(engine, saw(USERS, 1, body("alice", {"A": 1, "Policy": "p"}), body("bob")))
    take(engine, saw(USERS, 2, body("alice", {"A": 1}, unseen=["Policy"]), body("bob")))
    blind = saw(
        USERS, 3, body("alice", {"A": 1}, unseen=["Policy"]), body("bob", unseen=["Policy"])
    )
    of_all = replace(blind.misses[0], resource=None)
    take(engine, replace(blind, misses=(of_all,)))
    taken = take(engine, saw(USERS, 4, body("alice", {"A": 1, "Policy": "q"}), body("bob")))
    assert windows(taken)["Policy"] == (1, 4)
