"""What every kind of change says of itself for people: when it fires, what it means, what to do."""

from __future__ import annotations

import dataclasses
import re

import pytest

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.fields import fields_of
from driftkeeper.derive.catalog import facts
from driftkeeper.diff.catalog import declared
from driftkeeper.diff.spec import ChangeKind
from driftkeeper.domain.types import Change

KINDS = declared()
TEXTS = ("trigger", "means", "advice")
LONGEST = 300

_MACHINE = re.compile(
    r"[{}]|->|==|\b(?:None|null|NULL|True|False|undefined|boolean|bool|dict|tuple|regex|lambda|TODO)\b"
)
_SPELLED_SO = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b|\b[a-z]+(?:\.[a-z_]+)+\b")
"""A name that only makes sense when it is that of something a reader meets: a field, a kind."""

_DOUBLED = re.compile(r"[.,;!?]\s*[.,:;!?]|:\s+:|\s[.,:;!?](?:\s|$)|  |\b(\w+) \1\b")

NAMES = {
    *(kind.name for kind in KINDS),
    *evidence_types(),
    *facts(),
    *(name for spec in evidence_types().values() for f in fields_of(spec) for name in f.names),
    *(field.name for field in dataclasses.fields(Change)),
    "hardware_or_fido",  # a kind of MFA, as iam.root shows it
}


def _machine_words(text: str) -> list[str]:
    """What only a programmer would understand, or no reader could look up."""
    spelled = [word for word in _SPELLED_SO.findall(text) if word not in NAMES]
    return [*_MACHINE.findall(text), *(word for word in spelled if not _is_host(word))]


def _is_host(word: str) -> bool:
    return word.endswith((".com", ".org"))


each_kind = pytest.mark.parametrize(
    "kind", KINDS, ids=[f"{kind.name}-{kind.evidence}" for kind in KINDS]
)
each_text = pytest.mark.parametrize("which", TEXTS)


@each_text
@each_kind
def test_it_has_the_text_short_and_trimmed(kind: ChangeKind, which: str) -> None:
    text: str = getattr(kind, which)
    assert text == text.strip() != ""
    assert len(text) <= LONGEST


@each_text
@each_kind
def test_it_begins_with_a_capital(kind: ChangeKind, which: str) -> None:
    first = getattr(kind, which)[:1]
    assert first == first.upper()


@each_kind
def test_its_trigger_is_a_clause_and_the_others_are_sentences(kind: ChangeKind) -> None:
    """So `Fires when: …` and a paragraph can be made of them without doubling the full stop."""
    assert not kind.trigger.endswith((".", ",", ";", ":", "!", "?"))
    for text in (kind.means, kind.advice):
        assert text.endswith(".")


@each_text
@each_kind
def test_it_is_written_for_people(kind: ChangeKind, which: str) -> None:
    text = getattr(kind, which)
    assert _machine_words(text) == []
    assert _DOUBLED.search(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("it was {before}", "d.after is new", "is_admin is off", "it went to None"),
        *("a -> b", "the flag is True", "a null value"),
    ],
)
def test_machine_words_are_noticed(text: str) -> None:
    assert _machine_words(text)


@pytest.mark.parametrize("text", ["it is gone..", "gone , and", "the the key", "two  spaces"])
def test_doubled_punctuation_is_noticed(text: str) -> None:
    assert _DOUBLED.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "by iam.user.mfa_removed",
        "it is mfa_active",
        "0.0.0.0/0 or ::/0",
        "the policy AWS:SourceArn, of S3.",
        "sts:ExternalId",
    ],
)
def test_ordinary_text_is_not_taken_for_it(text: str) -> None:
    assert _machine_words(text) == []
    assert _DOUBLED.search(text) is None


def test_no_two_kinds_fire_on_the_same() -> None:
    """Kinds of one name may: they are the same in several evidence types."""
    by_trigger: dict[str, set[str]] = {}
    for kind in KINDS:
        by_trigger.setdefault(kind.trigger.lower(), set()).add(kind.name)

    assert [names for text, names in by_trigger.items() if text and len(names) > 1] == []
