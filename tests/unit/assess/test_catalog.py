"""Controls are found by name, and a name that is none is answered with what it resembles."""

from __future__ import annotations

import pytest

from driftkeeper.assess.catalog import control, controls, controls_of, kinds_for
from driftkeeper.assess.spec import SLA_DAYS, Control
from driftkeeper.domain.errors import UsageError
from driftkeeper.domain.types import Severity


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
