"""Examines an installation end to end, and says what to do about everything that is not as it should be.

First the machine's own side (`doctor_checks.py`), then each account, in which every IAM action is tried
(`doctor_accounts.py`). Nothing is changed anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from driftkeeper.collect.probe import Tried
from driftkeeper.domain.errors import Exit
from driftkeeper.workflow.doctor_accounts import accounts
from driftkeeper.workflow.doctor_checks import CHECKS, Check, Patient, Verdict


@dataclass(frozen=True)
class Diagnosis:
    """All that was found: the checks in order, and what came of each action in each account."""

    checks: tuple[Check, ...]
    actions: tuple[Tried, ...] = ()

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks after which something must be done."""
        return tuple(check for check in self.checks if check.state is Verdict.FAILED)

    @property
    def exit(self) -> Exit:
        """The exit code: done, something must be fixed, or the configuration is wrong."""
        if any(check.misused for check in self.checks):
            return Exit.USAGE
        return Exit.FAILED if self.failed else Exit.DONE


def examine(patient: Patient, told: Callable[[str], None] = lambda _: None) -> Diagnosis:
    """Return what was found; `told` hears which account is being looked at, since that takes a while.

    Accounts are left alone when the configuration is wrong.
    """
    checks = [found for check in CHECKS for found in check(patient)]
    tried: list[Tried] = []
    if not any(check.misused for check in checks):
        for found, actions in accounts(patient, told):
            checks += found
            tried += actions
    return Diagnosis(tuple(checks), tuple(tried))
