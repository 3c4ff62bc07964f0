"""Changes made by hand, and what is printed of them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from driftkeeper.cli.change_log import Teller
from driftkeeper.cli.output import Output
from driftkeeper.domain.types import Change, Direction, Scope, Severity

PLAIN = Output(json=False, quiet=False, no_color=False)
NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
GROUP = "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1"
STYLE = re.compile(r"\x1b\[[0-9]*m")


def change(name: str = "1", **more: Any) -> Change:
    """One change of a security group on 5 March, with whatever the test is about."""
    fields: dict[str, Any] = {
        "kind": "sg.rule_added",
        "direction": Direction.NEUTRAL,
        "severity": Severity.LOW,
        "criteria": ("CC6.6",),
        "scope": Scope("111122223333", "eu-west-1", "ec2.security_group"),
        "resource": GROUP,
        "path": "IpPermissions/tcp/22",
        "before": None,
        "after": None,
        "not_before": NOON - timedelta(days=1),
        "not_after": NOON,
        "snapshot": 4,
        "previous_snapshot": 3,
        "says": f"sentence {name}.",
    }
    return Change(id=f"id-{name}", **{**fields, **more})


class Terminal(io.StringIO):
    """A stream at which a person looks."""

    def isatty(self) -> bool:
        return True


def printed(act: Callable[[], None], stream: io.StringIO | None = None) -> str:
    """Return what is printed, into a pipe if no other stream is given."""
    out = stream or io.StringIO()
    with redirect_stdout(out):
        act()
    return out.getvalue()


def told(*changes: Change, verbose: bool = False, stream: io.StringIO | None = None) -> str:
    """Return the change log of these changes, as people read it."""
    teller = Teller(PLAIN, UTC, {"111122223333": "production"}, verbose)
    return printed(lambda: teller.days(changes), stream)


_LEAVES = st.none() | st.booleans() | st.integers(-9, 99) | st.text(max_size=12)
VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)
"""Any JSON value that may stand in a configuration."""


@st.composite
def days(draw: st.DrawFn) -> list[Change]:
    """Draw the changes of one day: causes anywhere among them, even in circles, hostile words, any values."""
    number = draw(st.integers(1, 9))
    names = st.sampled_from([None, *(f"id-{i}" for i in range(number)), "id-elsewhere"])
    keys = st.sampled_from([GROUP, f"{GROUP}/rule/tcp/22", "arn:aws:iam::111122223333:user/eve"])
    kinds = st.sampled_from(["sg.rule_added", "resource.created", "collection.scope_lost"])
    return [
        change(
            str(i),
            kind=draw(kinds),
            direction=draw(st.sampled_from(Direction)),
            severity=draw(st.sampled_from(Severity)),
            resource=draw(keys),
            before=draw(VALUES),
            after=draw(VALUES),
            path=draw(st.sampled_from(["", "Tags/Owner/Value"])),
            caused_by=draw(names),
        )
        for i in range(number)
    ]
