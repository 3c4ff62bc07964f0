"""A case: what AWS answered before and now, and every change that is to be told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeAlias

from driftkeeper.collect.body import make_body
from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.spec import Item, Reach
from driftkeeper.derive.spec import Known
from driftkeeper.diff.gaps import gaps
from driftkeeper.diff.ties import tied
from driftkeeper.domain.types import GLOBAL_REGION, Body, Change, Pair, Scope, Step
from driftkeeper.workflow.naming import Naming
from tests.cases.answers import ACCOUNT, AS_OF, REGION, SINCE

Row: TypeAlias = tuple[str, str, str, str]
"""Kind, path, direction and severity of a change."""

Answers: TypeAlias = Item | Sequence[Item] | None


@dataclass(frozen=True)
class Case:
    """A scope at two sights. `expect` is every change, `near` the kinds that are nearly but not told.

    `late` says that nobody looked for days. `unseen` names details that could not be read before. `beside`
    has other scopes of the account at both sights, by evidence type.
    """

    evidence: str
    before: Answers
    after: Answers
    expect: tuple[Row, ...] = ()
    near: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    upgraded: bool = False
    baseline: bool = False
    lost: bool = False
    restored: bool = False
    late: bool = False
    beside: Mapping[str, tuple[Answers, Answers]] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """A world that is all in memory, and all in sight."""

    bodies: Mapping[Scope, Mapping[str, Body]]

    def scopes(self, evidence: str) -> list[Scope]:
        """Every scope of an evidence type."""
        return sorted(scope for scope in self.bodies if scope.evidence == evidence)

    def was_listed(self, scope: Scope) -> bool:
        """Whether it was ever seen."""
        return scope in self.bodies

    def resources(self, scope: Scope) -> dict[str, Known]:
        """The resources of a scope by key."""
        return {
            key: Known(scope, key, body.config, frozenset(body.unseen))
            for key, body in self.bodies[scope].items()
        }


def scope_of(evidence: str) -> Scope:
    """The scope in which the sample of an evidence type lives."""
    is_regional = evidence_types()[evidence].reach is Reach.REGION
    return Scope(ACCOUNT, REGION if is_regional else GLOBAL_REGION, evidence)


def body_of(evidence: str, answer: Item, unseen: tuple[str, ...] = ()) -> Body:
    """The body that the real declaration makes of an answer, without the details not seen."""
    seen = {name: value for name, value in answer.items() if name not in unseen}
    return make_body(evidence_types()[evidence], scope_of(evidence), "aws", seen, unseen)


def bodies_of(evidence: str, answers: Answers, unseen: tuple[str, ...] = ()) -> dict[str, Body]:
    """The bodies of a whole sight, by key."""
    found = [answers] if isinstance(answers, dict) else answers or []
    bodies = (body_of(evidence, answer, unseen) for answer in found)
    return {body.key: body for body in bodies}


def step_between(evidence: str, before: dict[str, Body], after: dict[str, Body]) -> Step:
    """The step from one sight of a scope to the next: a pair for each resource that is not the same."""
    scope = scope_of(evidence)
    pairs = tuple(
        Pair(scope, key, before.get(key), after.get(key))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    )
    return Step(scope, AS_OF, SINCE, 1, pairs)


def step_of(case: Case) -> Step:
    """The step that a case is."""
    before = bodies_of(case.evidence, case.before, case.unseen)
    step = step_between(case.evidence, before, bodies_of(case.evidence, case.after))
    if case.baseline:
        step = replace(step, since=None, previous_snapshot=None)
    if case.late:
        step = replace(step, since=AS_OF - timedelta(days=3))
    return replace(
        step,
        baseline=case.baseline,
        lost=case.lost,
        restored=case.restored,
        upgraded=case.upgraded,
    )


def told(case: Case) -> list[Change]:
    """Every change of a case, of its resources and of the facts about them, in order."""
    step = step_of(case)
    steps = [step]
    before = {step.scope: bodies_of(case.evidence, case.before, case.unseen)}
    after = {step.scope: bodies_of(case.evidence, case.after)}
    for evidence, answers in case.beside.items():
        old, new = (bodies_of(evidence, answer) for answer in answers)
        steps.append(step_between(evidence, old, new))
        before[steps[-1].scope], after[steps[-1].scope] = old, new
    taken = {1: AS_OF - timedelta(days=3 if case.late else 1), 2: AS_OF}
    return [*tied(gaps(steps, 2, taken)), *Naming(Shown(before), Shown(after)).named(steps, 2)]


def named(step: Step, number: int) -> list[Change]:
    """Every change of a step of which nothing else is known than what it holds."""
    before = {pair.key: pair.before for pair in step.pairs if pair.before is not None}
    after = {pair.key: pair.after for pair in step.pairs if pair.after is not None}
    worlds = Shown({step.scope: before}), Shown({step.scope: after})
    return Naming(*worlds).named([step], number)


def changes_between(evidence: str, before: Answers, after: Answers) -> list[Change]:
    """Every change between two answers of one evidence type."""
    return told(Case(evidence, before, after))


def row(change: Change) -> Row:
    """The change as a row of a table of cases."""
    return change.kind, change.path, str(change.direction), str(change.severity)
