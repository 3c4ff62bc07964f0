"""How much of what can be read has a kind of change of its own, and that this is counted honestly."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.fields import Field, Role, fields_of
from driftkeeper.collect.made import Made
from driftkeeper.collect.no_setting import EVERYWHERE, reason
from driftkeeper.diff.catalog import declared as declared_kinds
from driftkeeper.diff.reach import names
from driftkeeper.diff.spec import ChangeKind, Lifecycle
from driftkeeper.domain.shape import Document, matches
from driftkeeper.domain.types import Json
from driftkeeper.store.unnamed import Counted
from driftkeeper.workflow.named_share import (
    Standing,
    declared,
    is_no_setting,
    pattern_of,
    recorded,
    share_of,
    standing_of,
)
from tests.cases.case import bodies_of, told
from tests.cases.tables import CASES

LIMIT = 1.0

MADE = {name: spec.made for name, spec in evidence_types().items() if spec.made != Made()}
OF_TYPE = {name: spec.no_setting for name, spec in evidence_types().items() if spec.no_setting}
OF_BODIES = [
    kind
    for kind in declared_kinds()
    if kind.evidence in evidence_types() and kind.on in (Lifecycle.ATTRIBUTE, Lifecycle.ACT)
]
each_type = pytest.mark.parametrize("evidence", list(evidence_types()))


@cache
def _fields(evidence: str) -> tuple[Field, ...]:
    return fields_of(evidence_types()[evidence])


# ---- the rate -----------------------------------------------------------------------------------


def test_each_setting_has_a_kind_of_its_own_but_for_one_in_a_hundred() -> None:
    share = share_of(declared())

    assert share.of > 200
    assert share.percent <= LIMIT


@each_type
def test_no_evidence_type_is_unnamed_as_a_whole(evidence: str) -> None:
    """Unless it has only one setting, which then counts in the rate above."""
    share = share_of(path for path in declared() if path.evidence == evidence)

    assert share.unnamed <= 1


def test_a_setting_that_no_kind_names_is_counted() -> None:
    """A rate that cannot rise would say nothing."""
    trail = [path for path in declared() if path.evidence == "cloudtrail.trail"]
    standing = {path.path: path.standing for path in trail}

    assert standing["Status.IsLogging"] is Standing.NAMED
    assert standing["CloudWatchLogsRoleArn"] is Standing.EXPLAINED
    assert standing["HomeRegion"] is Standing.NO_SETTING
    assert standing["Status.LatestDeliveryTime"] is Standing.OBSERVED
    assert standing["TrailARN"] is Standing.IDENTITY
    unheard = standing_of("cloudtrail.trail", Field("Unheard", Role.CONFIGURATION))
    assert unheard.standing is Standing.UNNAMED
    assert share_of(trail).unnamed == 0
    assert share_of([*trail, unheard]).unnamed == 1


# ---- what can be read is what is read -----------------------------------------------------------


def _values(path: tuple[str, ...], value: Json) -> Iterator[tuple[str, ...]]:
    """Yield the path of every plain value inside a keyed configuration."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _values((*path, name), inner)
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from _values((*path, str(number)), inner)
    elif isinstance(value, Document) or value not in (None, {}, []):
        yield path


@cache
def _seen(evidence: str) -> frozenset[tuple[str, ...]]:
    """The path of every value in any body of any case."""
    shape = evidence_types()[evidence].shape
    return frozenset(
        path
        for case in CASES.values()
        if case.evidence == evidence
        for answers in (case.before, case.after)
        for body in bodies_of(evidence, answers, case.unseen).values()
        for path in _values((), shape.keyed(body.config))
    )


def _is_known(evidence: str, path: tuple[str, ...]) -> bool:
    return any(
        matches(field.path, path)
        or (field.role is Role.IDENTITY and matches(field.path, path[: len(field.names)]))
        for field in _fields(evidence)
    )


@each_type
def test_every_value_in_a_body_lies_at_a_path_that_is_known(evidence: str) -> None:
    assert [path for path in _seen(evidence) if not _is_known(evidence, path)] == []


@pytest.mark.parametrize("evidence", [*MADE])
def test_a_set_whose_elements_are_named_by_fields_of_theirs_is_named_by_a_function(
    evidence: str,
) -> None:
    """A set that is keyed by a field says so already; one by a function must tell which they are."""
    sets = evidence_types()[evidence].sets
    assert all(callable(sets[path]) for path in MADE[evidence].named_by)


@each_type
def test_what_names_the_elements_of_a_set_is_known(evidence: str) -> None:
    spec = evidence_types()[evidence]
    by_function = {path for path, key in spec.sets.items() if callable(key)}
    assert by_function == spec.made.named_by.keys()


@cache
def _top_level(evidence: str) -> frozenset[str]:
    """The name of every field, of configuration or only observed, in any body of any case."""
    cases = [case for case in CASES.values() if case.evidence == evidence]
    bodies = [
        body
        for case in cases
        for answers in (case.before, case.after)
        for body in bodies_of(evidence, answers, case.unseen).values()
    ]
    return frozenset(name for body in bodies for name in (*body.config, *body.observed))


@pytest.mark.parametrize("evidence", [*MADE])
def test_what_functions_make_is_in_the_bodies(evidence: str) -> None:
    made = MADE[evidence]

    assert {*made.fields, *made.single} - _top_level(evidence) == set()
    assert _top_level(evidence).isdisjoint(made.without)


# ---- what is no setting -------------------------------------------------------------------------


@pytest.mark.parametrize("evidence", [*OF_TYPE])
def test_each_reason_of_a_type_is_needed_for_some_path(evidence: str) -> None:
    left_out = [p.path for p in declared() if p.evidence == evidence and p.why is not None]
    unused = [
        pattern
        for pattern in OF_TYPE[evidence]
        if not any(matches(pattern, tuple(path.split("."))) for path in left_out)
    ]
    assert unused == []


def test_each_reason_that_holds_everywhere_is_needed_somewhere() -> None:
    left_out = [tuple(p.path.split(".")) for p in declared() if p.why is not None]

    assert all(any(matches(pattern, path) for path in left_out) for pattern in EVERYWHERE)


def test_a_view_whose_coming_and_going_is_not_named_is_told_by_another_type() -> None:
    own = {kind.evidence for kind in declared_kinds() if kind.on is Lifecycle.CREATED}
    views = {name for name, spec in evidence_types().items() if spec.no_event}

    assert views
    assert views.isdisjoint(own)


def test_a_reason_is_given_in_words() -> None:
    reasons = {*EVERYWHERE.values(), *(why for rows in OF_TYPE.values() for why in rows.values())}

    assert all(len(why.split()) >= 5 and not why.endswith(".") for why in reasons)
    assert len(reasons) < 15, "reasons are reasons, and not an excuse for each path"


def test_what_switches_protection_on_and_off_is_a_setting() -> None:
    for evidence, path in (
        ("cloudtrail.trail", "IsOrganizationTrail"),
        ("ec2.network_interface", "Association.PublicIp.X"),
        ("kms.key", "Policy"),
        ("iam.user", "MFADevices.*"),
        ("s3.bucket", "Encryption.BucketKeyEnabled"),
    ):
        own = evidence_types()[evidence].no_setting
        assert reason(own, tuple(path.split("."))) is None


# ---- where kinds look ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", OF_BODIES, ids=lambda kind: f"{kind.name}-{kind.evidence}")
def test_a_kind_of_an_evidence_type_says_where_in_its_bodies_it_looks(kind: ChangeKind) -> None:
    """A test of a difference cannot be asked which paths it would accept."""
    assert kind.whole or kind.looks_at
    assert not (kind.path and kind.paths)
    assert not (kind.whole and kind.paths)


@cache
def _told() -> frozenset[tuple[str, str, str]]:
    """Kind, evidence type and path, as a pattern, of every change in any case."""
    return frozenset(
        (change.kind, change.scope.evidence, pattern_of(change.scope.evidence, change.path))
        for case in CASES.values()
        for change in told(case)
        if change.path and change.scope.evidence in evidence_types()
    )


@pytest.mark.parametrize(
    "kind",
    [kind for kind in OF_BODIES if kind.paths],
    ids=lambda kind: f"{kind.name}-{kind.evidence}",
)
def test_of_several_paths_each_is_one_at_which_something_is_told(kind: ChangeKind) -> None:
    """By the kind itself, or by its mirror, which looks at the same paths."""
    alike = {
        other.name
        for other in OF_BODIES
        if (other.evidence, {*other.paths}) == (kind.evidence, {*kind.paths})
    }
    found = {path for name, of, path in _told() if name in alike and of == kind.evidence}

    assert found == {*kind.paths}


def test_a_kind_with_a_path_looks_there() -> None:
    kind = next(kind for kind in declared_kinds() if kind.name == "kms.rotation_enabled")

    assert kind.looks_at == ("Rotation.KeyRotationEnabled",)
    assert names(kind, ("Rotation", "KeyRotationEnabled"))
    assert not names(kind, ("Rotation",))


# ---- recorded changes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("evidence", "path", "pattern"),
    [
        ("iam.user", "Tags/cost/center/Value", "Tags.*.Value"),
        ("iam.user", "Tags/team", "Tags.*"),
        ("s3.bucket", "Logging/LoggingEnabled", "Logging.LoggingEnabled"),
        ("ec2.security_group", "IpPermissions/tcp/22/0.0.0.0/0", "IpPermissions.*"),
        ("s3.bucket", "Unheard/Of", "Unheard/Of"),
        ("ec2.exposure", "ingress/unresolved/pl-1", "ingress/unresolved/pl-1"),
        ("iam.user", "", ""),
    ],
)
def test_a_recorded_path_is_known_by_its_pattern(evidence: str, path: str, pattern: str) -> None:
    assert pattern_of(evidence, path) == pattern


def test_a_path_is_no_setting_when_nothing_below_it_is_one() -> None:
    assert is_no_setting("iam.user", "Tags")
    assert is_no_setting("iam.user", "Tags.*.Value")
    assert not is_no_setting("s3.bucket", "Logging.LoggingEnabled")
    assert not is_no_setting("s3.bucket", "Unheard/Of")


def _row(kind: str, path: str = "", *, caused: bool = False, upgrade: bool = False) -> Counted:
    return Counted(kind, "iam.user", path, caused, upgrade, 2)


def test_only_what_is_generic_unexplained_and_a_setting_counts_as_unnamed() -> None:
    raw = "resource.attribute_changed"
    found = recorded(
        [
            _row("iam.user.mfa_removed"),
            _row(raw, "Tags/team/Value"),
            _row(raw, "Unheard"),
            _row(raw, "Unheard", caused=True),
            _row(raw, "Unheard", upgrade=True),
            _row("resource.first_observed", "MFADevices"),
            _row("resource.recreated"),
            Counted(
                "resource.created",
                "iam.credential",
                "",
                caused=False,
                tool_upgrade=False,
                changes=5,
            ),
        ]
    )
    assert (found.changes, found.no_setting) == (19, 7)
    assert {(row.kind, row.path, row.changes) for row in found.unnamed} == {
        (raw, "Unheard", 2),
        ("resource.recreated", "", 2),
    }
    assert (found.share.of, found.share.unnamed, found.share.percent) == (12, 4, 33.3)
    assert recorded([]).share.percent == 0
