"""Recorded answers lie where their format says, and the newest layer of a story wins file by file."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from driftkeeper.collect.recording import (
    NotRecordedError,
    Recording,
    file_name,
    open_recording,
    story_days,
)
from driftkeeper.domain.errors import RecordingError
from tests.aws import ACCOUNT, NOW, REGION

OTHER = "444455556666"


def _write(folder: Path, **answers: Any) -> None:
    """Write answers, named `region__file` with dots as they are."""
    for name, answer in answers.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(answer if isinstance(answer, str) else json.dumps(answer))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    _write(
        tmp_path,
        **{
            f"{ACCOUNT}/{REGION}/kms.ListKeys.json": {"Keys": []},
            f"{ACCOUNT}/{REGION}/kms.DescribeKey.json": {"which": "any"},
            f"{ACCOUNT}/{REGION}/kms.DescribeKey~KeyId=a.json": {"which": "a"},
            f"{ACCOUNT}/us-east-1/kms.ListKeys.json": {"Keys": ["us"]},
            f"{ACCOUNT}/aws-global/iam.ListUsers.json": {"Users": []},
            "notes/readme.json": "not an account",
        },
    )
    return tmp_path


class TestNames:
    @pytest.mark.parametrize(
        ("params", "name"),
        [
            ({}, "kms.X.json"),
            ({"KeyId": "a"}, "kms.X~KeyId=a.json"),
            ({"B": "2", "A": "1"}, "kms.X~A=1,B=2.json"),
            ({"Name": "arn:aws:x/y z"}, "kms.X~Name=arn%3Aaws%3Ax%2Fy%20z.json"),
            ({"All": True, "N": 7}, "kms.X~All=true,N=7.json"),
            ({"Filter": ["User"]}, "kms.X~Filter=%5B%22User%22%5D.json"),
            ({"A": "b,C=d"}, "kms.X~A=b%2CC%3Dd.json"),
        ],
    )
    def test_a_file_is_named_after_its_call(self, params: dict[str, Any], name: str):
        assert file_name("kms", "X", params) == name

    def test_a_long_name_is_hashed_and_stays_distinct(self):
        one, two = (file_name("kms", "X", {"A": "x" * 200 + end}) for end in "12")
        assert one != two
        assert len(one) == len(two) == len("kms.X~.json") + 32


class TestAnswers:
    def _answer(
        self, folder: Path, region: str, service: str, operation: str, **params: Any
    ) -> Any:
        return open_recording(folder, None).answer(ACCOUNT, region, service, operation, params)

    def test_an_answer_is_found_by_account_region_and_call(self, folder: Path):
        assert self._answer(folder, REGION, "kms", "ListKeys") == {"Keys": []}
        assert self._answer(folder, "us-east-1", "kms", "ListKeys") == {"Keys": ["us"]}

    def test_an_answer_for_these_parameters_goes_before_one_for_any(self, folder: Path):
        assert self._answer(folder, REGION, "kms", "DescribeKey", KeyId="a") == {"which": "a"}
        assert self._answer(folder, REGION, "kms", "DescribeKey", KeyId="b") == {"which": "any"}

    def test_an_account_wide_service_is_the_same_from_every_region(self, folder: Path):
        assert self._answer(folder, "us-east-1", "iam", "ListUsers") == {"Users": []}

    def test_a_call_without_an_answer_says_which_file_it_misses(self, folder: Path):
        with pytest.raises(
            NotRecordedError, match=rf"expected {ACCOUNT}/{REGION}/kms\.Nothing\.json"
        ):
            self._answer(folder, REGION, "kms", "Nothing")

    @pytest.mark.parametrize(
        ("text", "why"), [("{", "is broken"), ("[1]", "is not a JSON object"), ("", "is broken")]
    )
    def test_a_broken_file_is_told_by_its_name(self, folder: Path, text: str, why: str):
        _write(folder, **{f"{ACCOUNT}/{REGION}/kms.ListKeys.json": text})
        with pytest.raises(RecordingError, match=rf"kms\.ListKeys\.json {why}"):
            self._answer(folder, REGION, "kms", "ListKeys")


class TestAccounts:
    def test_accounts_are_the_folders_named_like_one(self, folder: Path):
        _write(folder, **{f"{OTHER}/{REGION}/x.json": {}})
        assert open_recording(folder, None).accounts == [ACCOUNT, OTHER]

    def test_regions_are_the_folders_but_for_the_account_wide_one(self, folder: Path):
        assert open_recording(folder, None).regions(ACCOUNT) == [REGION, "us-east-1"]

    def test_regions_are_those_that_the_meta_file_names(self, folder: Path):
        _write(folder, **{f"{ACCOUNT}/meta.json": {"regions": ["z", "a"], "name": "prod"}})
        recording = open_recording(folder, None)
        assert recording.regions(ACCOUNT) == ["a", "z"]
        assert recording.meta(ACCOUNT)["name"] == "prod"

    def test_a_meta_file_of_the_whole_holds_for_every_account(self, folder: Path):
        _write(folder, **{"meta.json": {"taken_at": "2026-07-01T00:00:00Z"}})
        assert open_recording(folder, None).meta(ACCOUNT)["taken_at"] == "2026-07-01T00:00:00Z"

    @pytest.mark.parametrize("make", [True, False])
    def test_a_folder_without_an_account_is_refused(self, tmp_path: Path, make: bool):
        place = tmp_path / "place"
        if make:
            (place / "notes").mkdir(parents=True)
        with pytest.raises(RecordingError, match="no recorded answers"):
            open_recording(place, None)


class TestStories:
    def _story(self, tmp_path: Path) -> Path:
        _write(
            tmp_path,
            **{
                f"base/{ACCOUNT}/{REGION}/kms.ListKeys.json": {"day": 0},
                f"base/{ACCOUNT}/{REGION}/kms.ListAliases.json": {"day": 0},
                f"days/2026-07-02/{ACCOUNT}/{REGION}/kms.ListKeys.json": {"day": 2},
                f"days/2026-07-04/{ACCOUNT}/{REGION}/kms.ListKeys.json": {"day": 4},
                f"days/2026-07-04/{OTHER}/{REGION}/kms.ListKeys.json": {"day": 4},
            },
        )
        return tmp_path

    def _day(self, recording: Recording, operation: str) -> Any:
        return recording.answer(ACCOUNT, REGION, "kms", operation, {})["day"]

    @pytest.mark.parametrize(("day", "keys"), [(1, 0), (2, 2), (3, 2), (4, 4), (9, 4)])
    def test_the_newest_day_not_after_the_asked_one_wins_file_by_file(
        self, tmp_path: Path, day: int, keys: int
    ):
        at = datetime(2026, 7, day, 3, tzinfo=UTC)
        recording = open_recording(self._story(tmp_path), at)
        assert (self._day(recording, "ListKeys"), self._day(recording, "ListAliases")) == (keys, 0)

    def test_without_a_time_the_last_day_counts(self, tmp_path: Path):
        recording = open_recording(self._story(tmp_path), None)
        assert self._day(recording, "ListKeys") == 4
        assert recording.accounts == [ACCOUNT, OTHER]

    def test_an_account_that_joins_later_is_not_there_before(self, tmp_path: Path):
        assert open_recording(self._story(tmp_path), NOW).accounts == [ACCOUNT]

    def test_the_days_of_a_story_are_in_order(self, tmp_path: Path):
        assert story_days(self._story(tmp_path)) == [date(2026, 7, 2), date(2026, 7, 4)]

    def test_a_day_with_another_name_is_refused(self, tmp_path: Path):
        (self._story(tmp_path) / "days" / "friday").mkdir()
        with pytest.raises(RecordingError, match="name its folders YYYY-MM-DD"):
            open_recording(tmp_path, None)
