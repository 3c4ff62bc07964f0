"""What an option says about the sights that the changes could be from."""

from __future__ import annotations

from driftkeeper.cli.filters import _evidence_of

STOPPED = "cloudtrail.logging_stopped"


def test_kinds_are_about_the_evidence_that_they_are_declared_for() -> None:
    assert _evidence_of((STOPPED,)) == ("cloudtrail.trail",)


def test_what_a_kind_of_an_older_version_was_about_nobody_knows_so_no_gap_is_left_out() -> None:
    assert _evidence_of((STOPPED, "of.an_older_version")) == ()
