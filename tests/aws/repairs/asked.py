"""The words in which repairs are written: a call that was made, and what an account has beside moto's state.

An answer is given before moto is asked; it is `None` where moto shall answer. A mend changes the answer
that was given. Both may be an `Error` instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.backends import get_backend

from driftkeeper.domain.clock import SystemClock
from tests.aws.script import Error

Row = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """One call: the parameters as the caller gave them."""

    operation: str
    region: str
    params: Mapping[str, Any]


@dataclass
class Root:
    """The root user. `mfa` is `none`, `virtual` or `hardware`; `keys` says of each key if it is active."""

    mfa: str = "hardware"
    password: bool = True
    password_last_used: str = "no_information"
    keys: tuple[bool, ...] = ()


@dataclass
class State:
    """What an account has that moto has no place for. Dictionaries are by region where not said.

    `analyzers` and `detected` hold rows as AWS answers them: `rules` by analyzer name, `findings` by
    analyzer ARN, `detected` the GuardDuty findings. `features` are the organisation's features; None is
    an account that is not to see them. One that `leaks` answers the seeds of devices, as moto does and
    AWS never. `periods` and `mfa_delete` are by KMS key and by bucket.
    """

    account: str
    now: Callable[[], datetime] = SystemClock().now
    root: Root = field(default_factory=Root)
    features: list[str] | None = None
    leaks: bool = False
    report: tuple[datetime, bytes] | None = None
    periods: dict[str, int] = field(default_factory=dict)
    mfa_delete: dict[str, str] = field(default_factory=dict)
    service_credentials: list[Row] = field(default_factory=list)
    analyzers: dict[str, list[Row]] = field(default_factory=dict)
    rules: dict[str, list[Row]] = field(default_factory=dict)
    findings: dict[str, list[Row]] = field(default_factory=dict)
    detected: dict[str, list[Row]] = field(default_factory=dict)
    events: dict[str, list[Row]] = field(default_factory=dict)
    public_keys: dict[str, list[Row]] = field(default_factory=dict)
    block_public_access: dict[str, str] = field(default_factory=dict)

    def backend(self, service: str, region: str = "aws") -> Any:
        """Return what moto itself knows of a service in a region."""
        backends: Any = get_backend(service)  # type: ignore[call-overload]
        return backends[self.account][region]


Answer = Callable[[State, Asked], "Row | Error | None"]
Mend = Callable[[State, Asked, Row], "Row | Error"]
