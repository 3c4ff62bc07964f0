"""What a shell may complete after an option: names straight from the declarations."""

from __future__ import annotations


def evidence(incomplete: str) -> list[str]:
    """Return the evidence types that begin so."""
    from driftkeeper.collect.catalog import evidence_types

    return [name for name in evidence_types() if name.startswith(incomplete)]


def evidence_and_facts(incomplete: str) -> list[str]:
    """Return the evidence types and the facts that begin so."""
    from driftkeeper.derive.catalog import facts

    return [*evidence(incomplete), *(name for name in facts() if name.startswith(incomplete))]


def kinds(incomplete: str) -> list[str]:
    """Return the kinds of change that begin so."""
    from driftkeeper.diff.catalog import kinds as known

    return [name for name in known() if name.startswith(incomplete)]
