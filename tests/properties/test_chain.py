"""Nothing can be done to a chain, but to its end, without breaking a link."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import assume, given, strategies as st

from driftkeeper.domain.chain import JournalEntry, broken_links, link

AT = datetime(2026, 3, 1, tzinfo=UTC)
digests = st.text("0123456789abcdef", min_size=64, max_size=64)


@st.composite
def chains(draw: st.DrawFn, smallest: int = 0) -> list[JournalEntry]:
    entries: list[JournalEntry] = []
    for n, payload in enumerate(draw(st.lists(digests, min_size=smallest, max_size=6))):
        last = entries[-1] if entries else None
        entries.append(link(last, "snapshot", AT + timedelta(days=n), payload))
    return entries


@given(chains())
def test_a_chain_as_it_was_linked_is_whole_and_so_is_any_beginning_of_it(
    entries: list[JournalEntry],
) -> None:
    for length in range(len(entries) + 1):
        assert list(broken_links(entries[:length])) == []


@given(chains(smallest=2), st.data())
def test_leaving_an_entry_out_breaks_it(entries: list[JournalEntry], data: st.DataObject) -> None:
    """Any but the last: a cut-off end is only seen by who kept the last digest."""
    del entries[data.draw(st.integers(0, len(entries) - 2))]
    assert list(broken_links(entries))


@given(chains(smallest=2), st.data())
def test_another_order_breaks_it(entries: list[JournalEntry], data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(entries))
    assume(mixed != entries)
    assert list(broken_links(mixed))


@given(chains(smallest=1), st.data())
def test_altering_any_sealed_value_of_any_entry_breaks_it(
    entries: list[JournalEntry], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    entry = entries[place]
    other: dict[str, Any] = data.draw(
        st.sampled_from(
            [
                {"number": entry.number + 1},
                {"kind": "export"},
                {"at": entry.at + timedelta(microseconds=1)},
                {"payload": entry.payload[::-1] + "0"},
                {"previous": "f" * 64},
                {"digest": "f" * 64},
            ]
        )
    )
    entries[place] = replace(entry, **other)
    assert any(f"entry {entries[place].number}" in line for line in broken_links(entries))


@given(chains(smallest=2), st.data(), digests)
def test_an_entry_linked_anew_breaks_the_one_after_it(
    entries: list[JournalEntry], data: st.DataObject, payload: str
) -> None:
    place = data.draw(st.integers(0, len(entries) - 2))
    entry = entries[place]
    assume(payload != entry.payload)
    previous = entries[place - 1] if place else None
    entries[place] = link(previous, entry.kind, entry.at, payload)
    assert list(broken_links(entries)) == [
        f"journal entry {place + 2}: does not follow the entry before it"
    ]
