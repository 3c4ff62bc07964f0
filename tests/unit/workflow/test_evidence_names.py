"""After `--evidence` stand names of evidence types and facts, and globs over both."""

from __future__ import annotations

import pytest

from driftkeeper.domain.errors import UsageError
from driftkeeper.workflow.evidence_names import EvidenceNames, named


def test_types_and_facts_are_told_apart() -> None:
    assert named(["iam.rights", "kms.key"]) == EvidenceNames(("kms.key",), ("iam.rights",))
    assert named([]) == EvidenceNames()


def test_a_glob_stands_for_all_that_fit_it_each_once() -> None:
    found = named(["iam.r*", "iam.role"])
    assert found == EvidenceNames(("iam.role", "iam.root"), ("iam.rights",))


def test_a_fact_leads_to_what_it_is_about() -> None:
    assert named(["kms.rotation"]).bases == ("kms.key",)
    assert set(named(["iam.rights", "iam.user"]).bases) == {"iam.user", "iam.group", "iam.role"}
    assert named([]).bases == ()


@pytest.mark.parametrize(
    ("word", "near"),
    [("iam.right", "iam.rights"), ("kms.keys", "kms.key"), ("s3.bukcet", "s3.bucket")],
)
def test_the_nearest_of_both_is_proposed(word: str, near: str) -> None:
    with pytest.raises(UsageError, match=f"fact '{word}'; did you mean '{near}'"):
        named([word])


def test_a_glob_that_fits_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown evidence type or fact 'nothing"):
        named(["kms.key", "nothing.*"])
