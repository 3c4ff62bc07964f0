"""Parting a body loses nothing, and neither order nor what is volatile reaches its configuration."""

from __future__ import annotations

from typing import Any

from hypothesis import given, strategies as st

from driftkeeper.domain.canonical import encode
from driftkeeper.domain.shape import Document, SetKey, Shape, restored

FIELDS = ("A", "B", "C", "AB")
PATHS = ("A", "B", "A.B", "A.B.C", "B.A", "C.A.B", "A*", "*", "A.*", "*.B", "*.*", "AB.C")

scalars = st.sampled_from([None, True, False, 0, 1, "", "x", "y", "x#2", "1"])
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=3)
    ),
    max_leaves=14,
)
bodies = st.dictionaries(st.sampled_from(FIELDS), values, max_size=4)
paths = st.sampled_from(PATHS)
keys: st.SearchStrategy[SetKey] = st.sampled_from([None, "A", "B", ("A", "B")])
sets = st.dictionaries(paths, keys, max_size=3)
observed = st.lists(paths, max_size=3).map(tuple)

NOTHING: Any = object()


def joined(config: Any, volatile: Any) -> Any:
    """Put the halves of a body together again, where no list is a set."""
    if volatile is NOTHING:
        return config
    if config is NOTHING:
        return volatile
    if isinstance(config, list):
        return [joined(item, volatile.get(str(n), NOTHING)) for n, item in enumerate(config)]
    return {
        name: joined(config.get(name, NOTHING), volatile.get(name, NOTHING))
        for name in config.keys() | volatile.keys()
    }


@given(bodies, observed, observed)
def test_configuration_and_observation_together_are_the_body(
    body: dict[str, Any], volatile: tuple[str, ...], acts: tuple[str, ...]
) -> None:
    config, rest = Shape(observed=volatile, acts=acts).split(body)
    assert encode(joined(config, rest)) == encode(body)


# ---- sets ----------------------------------------------------------------------------------

SETS = tuple(".".join("*" * depth) for depth in range(1, 7))


def flat(value: Any) -> Any:
    """The same value without lists in lists, of which only the outer one can be declared a set."""
    if isinstance(value, dict):
        return {name: flat(item) for name, item in value.items()}
    if isinstance(value, list):
        return [flat(item) for item in value if not isinstance(item, list)]
    return value


def turned(value: Any) -> Any:
    """The same value with everything in the other order, and the first of each list twice."""
    if isinstance(value, dict):
        return {name: turned(item) for name, item in reversed(value.items())}
    if isinstance(value, list):
        items = [turned(item) for item in reversed(value)]
        return [*items, *items[:1]]
    return value


@given(bodies.map(flat), st.sampled_from([(), ("*.*",), ("*.*.*",)]), keys)
def test_neither_order_nor_repetition_in_a_set_matters(
    body: dict[str, Any], volatile: tuple[str, ...], key: SetKey
) -> None:
    shape = Shape(observed=volatile, sets=dict.fromkeys(SETS, key))
    assert encode(shape.split(turned(body))[0]) == encode(shape.split(body)[0])


things = st.lists(
    st.fixed_dictionaries({"Id": st.sampled_from("abc"), "Port": st.integers(0, 1)}), max_size=5
)
used = st.lists(st.sampled_from(["monday", "tuesday", None]), min_size=5, max_size=5)


@given(things, used, used, st.booleans(), keys)
def test_what_is_volatile_never_reaches_the_configuration(
    elements: list[dict[str, Any]],
    before: list[str | None],
    after: list[str | None],
    is_set: bool,
    key: SetKey,
) -> None:
    """Not even whether it makes two elements of a set differ that are otherwise the same."""
    shape = Shape(observed=("Things.Used", "Seen"), sets={"Things": key} if is_set else {})
    halves = [
        shape.split(
            {
                "Things": [{**e, "Used": u} for e, u in zip(elements, moment, strict=False)],
                "Seen": moment,
            }
        )
        for moment in (before, after)
    ]
    assert encode(halves[0][0]) == encode(halves[1][0])
    assert halves[0][1]["Seen"] == before


@given(bodies, observed, sets, st.lists(paths, max_size=2).map(tuple))
def test_keyed_configuration_holds_all_of_it(
    body: dict[str, Any],
    volatile: tuple[str, ...],
    sets: dict[str, SetKey],
    policies: tuple[str, ...],
) -> None:
    """Elements of equal name too: the second gets another name, and no two share one."""
    shape = Shape(observed=volatile, sets=sets, policies=policies)
    config, _ = shape.split(body)
    keyed = shape.keyed(config)
    assert holds(config, keyed)
    assert holds(config, restored(keyed))


def holds(value: Any, keyed: Any) -> bool:
    """Whether a keyed value holds each part of a value; sets keep the order of their elements."""
    if isinstance(keyed, Document):
        return encode(value).decode() == keyed
    if isinstance(value, dict):
        return value.keys() == keyed.keys() and all(holds(value[k], keyed[k]) for k in value)
    if isinstance(value, list):
        items = [*keyed.values()] if isinstance(keyed, dict) else keyed
        return len(value) == len(items) and all(map(holds, value, items))
    return type(value) is type(keyed) and bool(value == keyed)


@given(bodies, observed, sets)
def test_parting_a_configuration_again_changes_nothing(
    body: dict[str, Any], volatile: tuple[str, ...], sets: dict[str, SetKey]
) -> None:
    shape = Shape(observed=volatile, sets=sets)
    config, _ = shape.split(body)
    again, rest = shape.split(config)
    assert (encode(again), rest) == (encode(config), {})
