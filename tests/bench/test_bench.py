"""A small estate lives for a month: the change log is the whole truth and nothing but it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import event

from driftkeeper.store.database import open_engine, parse_url
from tests.bench.__main__ import main, verdict
from tests.bench.estate import Estate, Plan
from tests.bench.ingest import Score
from tests.bench.year import Year, live

SMALL = Plan(accounts=2, resources=150, days=30, seed=7, changing=0.05, missing=0.02, unseen=0.0)
"""Ten times as busy and as blind as the measured one, so that a month has some of everything."""

KINDS = {
    "aa.finding_resolved",
    "account.region_enabled",
    "cloudtrail.validation_disabled",
    "collection.scope_lost",
    "collection.scope_restored",
    "guardduty.disabled",
    "guardduty.finding_opened",
    "iam.password_policy.weakened",
    "iam.policy.wildcard_added",
    "iam.policy_attached",
    "iam.role.external_principal_added",
    "iam.user.mfa_removed",
    "iam.user.recreated",
    "kms.external_principal_added",
    "kms.rotation_disabled",
    "nacl.public_ingress_opened",
    "prefix_list.public_cidr_added",
    "resource.attribute_changed",
    "s3.external_access_granted",
    "s3.tls_enforcement_removed",
    "sg.public_ingress_added",
    "sg.rule_added",
}

BLIND = replace(SMALL, unseen=0.04)
WHOLE = replace(SMALL, days=40, seed=6, missing=0.0)
QUIET = Plan(accounts=1, resources=30, days=365, seed=6, regions=1, changing=0.0, missing=0.0)

CONCLUDED = {
    "iam.admin_granted",
    "iam.admin_revoked",
    "s3.bucket_became_private",
    "s3.bucket_became_public",
    "sg.ingress_widened",
    "sg.public_ingress_removed",
}
"""What no resource says by itself."""


def lived(url: str, plan: Plan) -> Year:
    engine = open_engine(parse_url(url), create=True)
    if engine.dialect.name == "sqlite":
        # Nothing here is about crashes: the disk need not be waited for.
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
    try:
        return live(engine, plan)
    finally:
        engine.dispose()


@pytest.mark.slow
def test_log_is_the_whole_truth(db_url):
    """Each edit is told once, by its name, at its path, in the window in which it happened."""
    year = lived(db_url, SMALL)
    assert year.score.wrong == []
    assert (year.score.precision, year.score.recall) == (1.0, 1.0)
    # Not empty talk: a month has some of everything.
    assert year.score.true > 300
    assert len(year.kinds) >= 85
    assert set(year.kinds) >= KINDS


@pytest.mark.slow
def test_log_is_the_whole_truth_with_details_unseen(tmp_path):
    """What changed in a detail while it was refused is told when it is seen again, and since when."""
    year = lived(f"sqlite:///{tmp_path / 'x.db'}", BLIND)
    assert year.score.wrong == []
    assert (year.score.precision, year.score.recall) == (1.0, 1.0)
    assert "resource.first_observed" in year.kinds


def test_same_seed_gives_the_same_estate():
    """What was measured once can be measured again."""

    def lives(plan):
        return [repr(day) for day in Estate(plan).days()]

    plan = replace(SMALL, days=6)
    assert lives(plan) == lives(plan) != lives(replace(plan, seed=2))


@pytest.mark.slow
def test_log_is_the_whole_truth_of_what_follows_too(tmp_path):
    """An administrator by a group, a bucket that no block holds back, a port that two halves open."""
    year = lived(f"sqlite:///{tmp_path / 'x.db'}", WHOLE)
    assert year.score.wrong == []
    assert (year.score.precision, year.score.recall) == (1.0, 1.0)
    assert set(year.kinds) >= CONCLUDED


def test_quiet_days_tell_nothing(tmp_path):
    """Uses, deliveries, counts, shuffled lists and policies in other spellings are no changes."""
    quiet = replace(SMALL, days=8, changing=0.0, missing=0.0, moving=0.5, respelled=0.5)
    year = lived(f"sqlite:///{tmp_path / 'x.db'}", quiet)
    assert set(year.kinds) == {"collection.baseline_established"}


@pytest.mark.slow
def test_log_of_a_quiet_year_is_empty(tmp_path):
    """But for the baselines of the first day."""
    year = lived(f"sqlite:///{tmp_path / 'x.db'}", replace(QUIET, respelled=0.05))
    assert set(year.kinds) == {"collection.baseline_established"}
    assert sum(year.kinds.values()) == year.took[0].changes


def test_score_sees_what_is_lost_and_what_is_made_up():
    day = next(iter(Estate(replace(SMALL, days=1)).days()))
    told, *rest = day.truth
    score = Score()
    score.compare(rest, day.truth)
    assert score.precision == 1.0 > score.recall
    assert score.wrong == [("not told", told)]
    assert verdict(score) == 1

    score = Score()
    score.compare([*day.truth, told], day.truth)
    assert score.precision < 1.0 == score.recall
    assert verdict(score) == 1

    score = Score()
    score.compare([told._replace(not_before=told.not_before.replace(year=2020)), *rest], day.truth)
    assert (score.precision, score.recall) == (1.0, 1.0)
    assert [what for what, _ in score.wrong] == ["wrong window"]


@pytest.mark.slow
def test_everything_is_measured(capsys):
    """The program itself prints every ratio, and ends well when the log is the truth."""
    assert main(["--accounts", "1", "--resources", "40", "--days", "4"]) == 0
    printed = capsys.readouterr().out
    for name in (
        "precision",
        "recall",
        "a day ÷ hashing",
        "bytes, all days ÷ day 1",
        "changed in the last quarter",
        "state as of day 2",
        "DeepDiff of two raw days",
        "driftkeeper --help",
    ):
        assert name in printed


def test_used_database_is_refused(tmp_path, capsys):
    url = f"sqlite:///{tmp_path / 'x.db'}"
    lived(url, replace(SMALL, days=1))
    assert main(["--db", url, "--days", "1"]) != 0
    assert "name an empty one" in capsys.readouterr().err
