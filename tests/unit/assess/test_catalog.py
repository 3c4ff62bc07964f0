"""Controls are found by name, and a name that is none is answered with what it resembles."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from driftkeeper.assess.catalog import bears, control, controls, controls_of, kinds_for
from driftkeeper.assess.spec import SLA_DAYS, Control
from driftkeeper.domain.errors import UsageError
from driftkeeper.domain.types import Change, Direction, Scope, Severity


def _control(severity: Severity, sla: int | None = None) -> Control:
    return Control(
        name="x",
        title="x",
        criteria=("CC6.1",),
        severity=severity,
        item=1,
        fails_when="x",
        remediate="x",
        limits="x",
        sla=sla,
    )


def test_controls_are_in_order_of_their_names() -> None:
    assert list(controls()) == sorted(controls())
    assert all(control(name) is each for name, each in controls().items())


def test_the_kinds_of_a_control_are_globs_over_what_can_open_or_close_a_deviation() -> None:
    assert kinds_for("iam-access-key-rotated-90") == ("iam.access_key.*",)
    assert kinds_for("evidence-chain-intact") == ()


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("root-mfa", "root-mfa-enabled"),
        ("kms-rotation", "kms-rotation-enabled"),
        ("sg-no-public-shh", "sg-no-public-ssh"),
        ("change-authorized", "change-authorised"),
    ],
)
def test_a_name_that_is_nearly_one_is_answered_with_it(name: str, near: str) -> None:
    with pytest.raises(UsageError, match=f"no control '{name}'; did you mean .*{near}"):
        kinds_for(name)


@pytest.mark.parametrize("name", ["", "zzz", "IAM"])
def test_a_name_that_is_like_none_is_answered_with_where_to_look(name: str) -> None:
    with pytest.raises(
        UsageError, match=f"no control '{name}'; see `driftkeeper catalog controls`"
    ):
        control(name)


def test_the_controls_of_a_criterion_are_those_that_name_it_wherever() -> None:
    assert [each.name for each in controls_of("CC8.1")] == ["change-authorised"]
    assert [each.name for each in controls_of("CC7.1")] == ["change-authorised"]
    assert controls_of("CC6.4") == ()


@pytest.mark.parametrize(
    ("severity", "days"),
    [
        (Severity.CRITICAL, 7),
        (Severity.HIGH, 30),
        (Severity.MEDIUM, 60),
        (Severity.LOW, 90),
    ],
)
def test_a_deviation_must_be_gone_the_sooner_the_more_severe(severity: Severity, days: int) -> None:
    assert _control(severity).sla_days == SLA_DAYS[severity] == days


def test_a_control_may_ask_for_less_time_than_its_severity() -> None:
    assert _control(Severity.HIGH, sla=1).sla_days == 1
    assert controls()["iam-terminated-user-disabled"].sla_days == 1


def _change(
    kind: str, path: str = "", evidence: str = "ec2.exposure", direction: str = "weakened"
) -> Change:
    return Change(
        id="x",
        kind=kind,
        direction=Direction(direction),
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        scope=Scope("111122223333", "eu-west-1", evidence),
        resource="r",
        path=path,
        before=None,
        after=None,
        not_before=datetime(2026, 3, 1, tzinfo=UTC),
        not_after=datetime(2026, 3, 2, tzinfo=UTC),
        snapshot=2,
        previous_snapshot=1,
        says="",
    )


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("sg-no-public-ssh", "ingress/ipv4/tcp/22", True),
        ("sg-no-public-ssh", "ingress/ipv6/tcp/20-25", True),
        ("sg-no-public-ssh", "ingress/ipv4/tcp/5432", False),
        ("sg-no-public-ssh", "ingress/ipv4/all/0-65535", True),
        ("sg-no-public-rdp", "ingress/ipv4/udp/3389", True),
        ("sg-no-public-database", "ingress/ipv4/tcp/5432", True),
        ("sg-no-public-database", "ingress/ipv4/tcp/443", False),
        ("sg-no-public-all-traffic", "ingress/ipv4/all/0-65535", True),
        ("sg-no-public-all-traffic", "ingress/ipv4/tcp/22", False),
        ("sg-public-ports-authorized", "ingress/ipv4/tcp/22", True),
    ],
)
def test_a_change_of_exposure_bears_on_the_controls_of_its_ports(
    name: str, path: str, *, expected: bool
) -> None:
    assert bears([name], _change("sg.public_ingress_added", path)) is expected


def test_what_cannot_be_told_from_a_change_bears_on_a_control() -> None:
    assert bears(["sg-no-public-ssh"], _change("sg.created", "", "ec2.security_group"))
    assert not bears(["sg-no-public-ssh"], _change("iam.user.created"))
    assert bears(["iam-user-console-mfa", "sg-no-public-ssh"], _change("iam.user.mfa_removed"))


def test_what_could_not_be_seen_needs_no_ticket() -> None:
    assert bears(["change-authorised"], _change("iam.user.mfa_removed"))
    assert not bears(
        ["change-authorised"], _change("iam.user.mfa_enabled", direction="strengthened")
    )
    assert not bears(["change-authorised"], _change("collection.scope_lost"))
