"""How differences become changes: what causes what, what an upgrade explains, which id they have."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from driftkeeper.collect.catalog import shapes
from driftkeeper.diff.catalog import declared
from driftkeeper.diff.engine import changes_of
from driftkeeper.domain.types import Change, Step
from tests.cases.answers import (
    AS_OF,
    GONE,
    OTHER_ACCOUNT,
    SINCE,
    allow,
    basic,
    credential,
    granted,
    group,
    key,
    kms_key,
    root,
    trail,
    user,
)
from tests.cases.border_answers import bucket
from tests.cases.case import Answers, Case, changes_between, named, row, scope_of, step_of, told
from tests.cases.tables import CASES

ECHOES = {kind.name for kind in declared() if kind.echo is not None}


def causes(changes: list[Change]) -> list[tuple[str, str, str | None]]:
    """Each change as kind, path, and the path of what caused it."""
    paths = {change.id: change.path for change in changes}
    return [(c.kind, c.path, c.caused_by and paths[c.caused_by]) for c in changes]


# ---- causes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_cause_is_told_in_the_same_snapshot_and_has_no_cause(case: Case) -> None:
    changes = told(case)
    by_id = {change.id: change for change in changes}

    for change in changes:
        if change.caused_by is not None:
            cause = by_id[change.caused_by]
            assert cause.caused_by is None
            assert cause.resource == change.resource or case.beside or change.kind in ECHOES
            assert changes.index(cause) < changes.index(change) or change.kind in ECHOES


def test_what_is_drawn_from_a_difference_is_caused_by_it() -> None:
    found = changes_between("kms.key", kms_key(), kms_key({"Policy": granted("*")}))

    assert causes(found) == [
        ("kms.policy_widened", "Policy", None),
        ("kms.policy_public", "Policy", "Policy"),
    ]


def test_what_a_named_change_explains_is_caused_by_it_and_nothing_else_is() -> None:
    disabled = {
        "KeyMetadata.KeyState": "Disabled",
        "KeyMetadata.Enabled": False,
        "KeyMetadata.Description": "invoices",
    }

    assert causes(changes_between("kms.key", kms_key(), kms_key(disabled))) == [
        ("kms.key_disabled", "KeyMetadata/KeyState", None),
        ("resource.attribute_changed", "KeyMetadata/Description", None),
        ("resource.attribute_changed", "KeyMetadata/Enabled", "KeyMetadata/KeyState"),
    ]


def test_a_second_reading_of_one_difference_is_caused_by_the_first() -> None:
    before = trail({"Selectors.EventSelectors": basic(DataResources=[_objects("arn:aws:s3")])})
    after = trail({"Selectors.EventSelectors": basic(ReadWriteType="WriteOnly")})

    assert causes(changes_between("cloudtrail.trail", before, after)) == [
        ("cloudtrail.management_events_reduced", "Selectors", None),
        ("cloudtrail.data_events_reduced", "Selectors", "Selectors"),
    ]


def _objects(value: str) -> dict[str, object]:
    return {"Type": "AWS::S3::Object", "Values": [value]}


def test_an_exposure_is_caused_by_the_rule_that_opened_it_and_not_by_its_neighbour() -> None:
    after = group(
        allow("tcp", 10, "10.0.0.0/8"),
        allow("tcp", 22, "0.0.0.0/0", "1.1.1.1/32"),
        allow("tcp", 443, "::/0"),
        egress=(allow("tcp", 22, "0.0.0.0/0"),),
    )

    found = changes_between("ec2.security_group", group(), after)

    assert [each for each in causes(found) if each[2]] == [
        ("sg.public_ingress_added", "ingress/ipv4/tcp/22", "IpPermissions/tcp/22/0.0.0.0/0"),
        ("sg.public_ingress_added", "ingress/ipv6/tcp/443", "IpPermissions/tcp/443/::/0"),
        ("sg.egress_opened", "egress/ipv4/tcp/22", "IpPermissionsEgress/tcp/22/0.0.0.0/0"),
    ]


def test_an_exposure_that_grows_is_caused_by_what_came_and_not_by_what_went() -> None:
    before = group(allow("tcp", (20, 25), "8.8.8.8/32"))
    after = group(allow("tcp", (22, 30), "0.0.0.0/0"))

    found = changes_between("ec2.security_group", before, after)
    by_path = {path: cause for _, path, cause in causes(found)}

    assert by_path["ingress/ipv4/tcp/20-21"] == "IpPermissions/tcp/20-25/8.8.8.8/32"
    assert by_path["ingress/ipv4/tcp/22-25"] == "IpPermissions/tcp/22-30/0.0.0.0/0"


def test_a_group_that_comes_open_or_goes_open_is_the_cause_of_its_exposure() -> None:
    is_open = group(allow("tcp", 22, "0.0.0.0/0"))

    for before, after in ((None, is_open), (is_open, None)):
        _, exposed = causes(changes_between("ec2.security_group", before, after))
        assert exposed[2] == ""


def test_a_rotation_is_caused_by_the_new_key() -> None:
    old, new = "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"

    found = changes_between("iam.credential", credential(**key(1, old)), credential(**key(2, new)))

    assert ("iam.access_key.rotated", f"access_keys/{new}", f"access_keys/{new}") in causes(found)


def test_what_a_resource_comes_with_is_caused_by_its_creation() -> None:
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    policies = [{"PolicyName": "AdministratorAccess", "PolicyArn": admin}]
    found = changes_between("iam.user", None, user({"AttachedManagedPolicies": policies}))

    assert causes(found) == [
        ("iam.user.created", "", None),
        ("iam.policy_attached", f"AttachedManagedPolicies/{admin}", ""),
    ]


def test_what_a_detail_first_seen_holds_is_caused_by_its_being_seen() -> None:
    seen = kms_key({"Policy": granted("*")})
    found = told(Case("kms.key", kms_key(), seen, unseen=("Policy", "Tags")))

    assert causes(found) == [
        ("resource.first_observed", "Policy", None),
        ("resource.first_observed", "Tags", None),
        ("kms.policy_public", "Policy", "Policy"),
    ]


# ---- upgrades -----------------------------------------------------------------------------------


def upgraded(evidence: str, before: Answers, after: Answers) -> list[tuple[str, str, bool]]:
    found = told(Case(evidence, before, after, upgraded=True))
    return [(change.kind, change.path, change.tool_upgrade) for change in found]


def test_a_field_that_no_kind_knows_and_that_comes_with_an_upgrade_is_the_upgrades() -> None:
    assert upgraded("iam.user", user(), user({"Tier": "x"})) == [
        ("resource.attribute_changed", "Tier", True)
    ]


def test_a_field_that_a_kind_knows_is_the_customers_even_on_the_day_of_an_upgrade() -> None:
    without = trail({"KmsKeyId": GONE})

    assert upgraded("cloudtrail.trail", without, trail()) == [
        ("cloudtrail.encryption_added", "KmsKeyId", False)
    ]


def test_a_tag_that_comes_on_the_day_of_an_upgrade_is_the_customers() -> None:
    more = user({"Tags": [*user()["Tags"], {"Key": "new", "Value": "1"}]})

    assert upgraded("iam.user", user(), more) == [("resource.attribute_changed", "Tags/new", False)]


def test_a_value_that_differs_on_the_day_of_an_upgrade_is_the_customers() -> None:
    assert upgraded("kms.key", kms_key(), kms_key({"KeyMetadata.Description": "x"})) == [
        ("resource.attribute_changed", "KeyMetadata/Description", False)
    ]


def test_a_detail_first_seen_after_an_upgrade_is_the_upgrades() -> None:
    case = Case("kms.key", kms_key(), kms_key(), unseen=("Tags",), upgraded=True)

    assert [(change.kind, change.tool_upgrade) for change in told(case)] == [
        ("resource.first_observed", True)
    ]


def test_a_detail_that_was_missed_before_an_upgrade_is_not_the_upgrades() -> None:
    case = Case("kms.key", kms_key(), kms_key(), unseen=("Tags",), upgraded=True)
    step = step_of(case)
    missed = replace(step, blind={(step.pairs[0].key, "Tags"): None})

    assert [(c.kind, c.tool_upgrade) for c in named(missed, 2)] == [
        ("resource.first_observed", False)
    ]


def test_a_new_field_that_a_named_change_explains_is_the_customers() -> None:
    pending = {
        "KeyMetadata.KeyState": "PendingDeletion",
        "KeyMetadata.DeletionDate": "2026-04-01T00:00:00Z",
    }

    assert upgraded("kms.key", kms_key(), kms_key(pending)) == [
        ("kms.deletion_scheduled", "KeyMetadata/KeyState", False),
        ("resource.attribute_changed", "KeyMetadata/DeletionDate", False),
    ]


def test_a_field_that_is_only_observed_since_an_upgrade_is_the_upgrades() -> None:
    step = replace(step_of(Case("iam.user", user({"Tier": "x"}), user())), upgraded=True)
    (pair,) = step.pairs
    assert pair.after is not None
    moved = replace(pair, after=replace(pair.after, observed={"Tier": "x"}))

    for pairs, is_of_the_tool in (((moved,), True), ((pair,), False)):
        (change,) = named(replace(step, pairs=pairs), 2)
        assert (change.kind, change.path) == ("resource.attribute_changed", "Tier")
        assert change.tool_upgrade is is_of_the_tool


def test_without_an_upgrade_nothing_is_the_upgrades() -> None:
    assert not any(change.tool_upgrade for case in CASES.values() for change in told(case))


# ---- ids and windows ----------------------------------------------------------------------------


def test_naming_the_same_step_again_gives_the_same_changes() -> None:
    for case in CASES.values():
        assert told(case) == told(case)


def test_ids_of_one_step_are_distinct() -> None:
    """Many resources at once, a resource with two keys of one second, and facts of both families."""
    twins = {
        **key(1, "2026-03-01T00:00:00Z"),
        **key(2, "2026-03-01T00:00:00Z", active="false"),
    }
    peers = [{"GroupId": "sg-9", "UserId": OTHER_ACCOUNT, "Description": text} for text in "ab"]
    everywhere = ("0.0.0.0/0", "::/0")
    rules = (allow("tcp", port, *everywhere, *peers) for port in range(20, 60, 2))
    for found in (
        changes_between("iam.credential", credential(), credential(**twins)),
        changes_between("ec2.security_group", group(), group(*rules)),
        changes_between("iam.user", [], [_user(number) for number in range(200)]),
    ):
        assert len({change.id for change in found}) == len(found) >= 2


def _user(number: int) -> dict[str, object]:
    name = f"user{number}"
    return user({"UserName": name, "Arn": f"arn:aws:iam::1:user/{name}", "UserId": name})


def test_a_scope_lost_and_restored_twice_as_of_one_report_has_four_changes() -> None:
    """AWS answers with one credential report for hours, so two sights can be as of one time."""
    scope = scope_of("iam.credential")
    steps = [
        (Step(scope, AS_OF, SINCE, 1, lost=True), 2),
        (Step(scope, AS_OF, SINCE, 1, restored=True), 3),
        (Step(scope, AS_OF, AS_OF, 3, lost=True), 4),
        (Step(scope, AS_OF, AS_OF, 3, restored=True), 5),
    ]
    found = [change for step, number in steps for change in named(step, number)]

    assert len({change.id for change in found}) == 4


def test_a_change_lies_between_the_last_complete_listing_and_this_one() -> None:
    (change,) = changes_between("iam.user", user(), None)

    assert (change.not_before, change.not_after) == (SINCE, AS_OF)
    assert (change.previous_snapshot, change.snapshot) == (1, 2)


def test_a_removal_found_as_a_scope_returns_lies_after_the_last_complete_listing() -> None:
    case = Case("iam.user", user(), None, restored=True)
    step = replace(step_of(case), previous_snapshot=4)

    back, gone = changes_of(step, shapes()["iam.user"], 9)

    assert (back.kind, gone.kind) == ("collection.scope_restored", "iam.user.deleted")
    assert (gone.not_before, gone.not_after) == (SINCE, AS_OF)
    assert (gone.previous_snapshot, gone.snapshot) == (4, 9)


def test_a_deed_that_came_to_light_late_is_not_said_to_lie_after_the_last_look() -> None:
    late = root(password_last_used="2026-02-20T10:00:00Z")
    (use,) = changes_between("iam.credential", root(), late)

    assert use.not_before == datetime(2026, 2, 20, 10, tzinfo=UTC) < SINCE
    assert use.not_after == AS_OF


def test_an_answer_older_than_the_one_before_gives_no_window_that_ends_before_it_begins() -> None:
    case = Case("iam.user", user(), None)
    step = replace(step_of(case), since=AS_OF + timedelta(hours=1))

    (change,) = changes_of(step, shapes()["iam.user"], 9)

    assert change.not_before == change.not_after == AS_OF


def test_a_baseline_has_no_time_before() -> None:
    (change,) = told(Case("iam.user", None, user(), baseline=True))

    assert change.not_before == change.not_after == AS_OF
    assert change.previous_snapshot == 0


def test_a_baseline_tells_nothing_of_what_it_exposes() -> None:
    case = Case("ec2.security_group", None, group(allow("tcp", 22, "0.0.0.0/0")), baseline=True)

    assert [row(change)[0] for change in told(case)] == ["collection.baseline_established"]


# ---- nonsense -----------------------------------------------------------------------------------


def test_what_no_kind_understands_is_told_by_none_and_costs_nothing_else() -> None:
    """AWS never answers so; if it does, the snapshot is taken all the same, and hides nothing."""
    step = step_of(Case("s3.bucket", [bucket(), bucket(Name="logs")], None))
    odd, sound = step.pairs
    assert odd.before is not None
    nonsense = replace(odd, before=replace(odd.before, config={"Name": "logs", "Tags": "none"}))
    found = named(replace(step, pairs=(nonsense, sound)), 2)

    assert {change.resource: change.kind for change in found} == {
        odd.key: "resource.deleted",
        sound.key: "s3.bucket_deleted",
    }
