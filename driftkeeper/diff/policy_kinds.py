"""The kinds that policy documents have in common, whatever they are attached to.

That a policy came, went or was edited, what an edit does to access, that somebody whom it names was
deleted, and whom of outside it lets in: said of trust policies, managed and inline policies, and the
policies of keys and buckets, with the names, weights and words of each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from driftkeeper.diff.policies import document, effect, orphaned, orphans_in_place
from driftkeeper.diff.spec import ChangeKind, Difference, Test, appeared, replaced, vanished
from driftkeeper.diff.statements import as_answered, statements
from driftkeeper.domain.types import Direction, Json, Severity
from driftkeeper.semantics.policy_difference import spelling
from driftkeeper.semantics.policy_effect import Effect
from driftkeeper.semantics.policy_public import external_accounts, is_public, verdict

DIRECTIONS = {
    Effect.WIDENED: Direction.WEAKENED,
    Effect.NARROWED: Direction.STRENGTHENED,
    Effect.CHANGED: Direction.NEUTRAL,
    Effect.COSMETIC: Direction.NEUTRAL,
}
"""What a change of what is allowed does to security."""

Accounts = Callable[[Mapping[str, Json], str], frozenset[str]]
"""Returns the accounts other than one's own that a canonical document lets in."""

_DOCUMENT = "PolicyDocument"
_ENDINGS = {
    Effect.WIDENED: ("widened", "allows more than before"),
    Effect.NARROWED: ("narrowed", "allows less than before"),
    Effect.CHANGED: ("changed", "allows other things than before"),
    Effect.COSMETIC: ("rewritten", "is worded differently and allows the same as before"),
}
_TRIGGERS = {
    Effect.WIDENED: "was edited and allows something that it did not, or denies less",
    Effect.NARROWED: "was edited and allows less than it did, or denies more",
    Effect.CHANGED: "was edited and allows some things that it did not, and others no more",
    Effect.COSMETIC: "was edited, and allows and denies what it did",
}
_MEANS = {
    Effect.WIDENED: "More than before can {grants}, or can do so in more ways.",
    Effect.NARROWED: "Fewer than before can {grants}, or can do so in fewer ways.",
    Effect.CHANGED: "Whether more or fewer can {grants} is not told by the documents alone.",
    Effect.COSMETIC: "Nobody gained or lost access, but somebody has edited who can {grants}.",
}
_ADVICE = {
    Effect.WIDENED: "Match what was added with an approved request; take out what nobody asked for.",
    Effect.NARROWED: "Nothing is to be done; keep it as evidence that access is being reduced.",
    Effect.CHANGED: "Read which statements came and went, and match each with an approved request.",
    Effect.COSMETIC: "Nothing is to be done but to match the edit with its change ticket.",
}


@dataclass(frozen=True)
class Policy:
    """A sort of policy document: where it lies, and what is to be said of it.

    `name` is how the names of its kinds begin, `noun` what it is called in sentences, `who` what any of
    them is, with a capital, and `grants` what those can do whom it lets in. `severities` are by
    effect, and so are `means`, where `grants` does not say it.
    """

    evidence: str
    path: str
    name: str
    noun: str
    who: str
    criteria: tuple[str, ...]
    grants: str = ""
    severities: Mapping[Effect, Severity] = field(default_factory=dict)
    means: Mapping[Effect, str] = field(default_factory=_MEANS.copy)
    explains: tuple[str, ...] = ()


def edited(policy: Policy, when: Test | None = None) -> tuple[ChangeKind, ...]:
    """Return a kind for each effect that an edit has on access; `when` says of which edits to tell.

    A document that is there at one sight only says nothing of what it was.
    """

    def has(effect_of: Effect) -> Test:
        return lambda d: (when is None or when(d)) and _effect(d) is effect_of

    return tuple(
        ChangeKind(
            name=f"{policy.name}_{_ENDINGS[found][0]}",
            evidence=policy.evidence,
            path=policy.path,
            when=has(found),
            direction=DIRECTIONS[found],
            severity=policy.severities[found],
            criteria=policy.criteria,
            says=f"{policy.noun} {_ENDINGS[found][1]}",
            adds=None if found is Effect.COSMETIC else statements,
            explains=policy.explains,
            trigger=f"{policy.who} {_TRIGGERS[found]}",
            means=policy.means[found].format(grants=policy.grants),
            advice=_ADVICE[found],
        )
        for found in Effect
    )


def _effect(d: Difference) -> Effect | None:
    """Return what an edit does to access; None if nobody edited it, but somebody it names was deleted."""
    if orphaned(d.before, d.after):
        return None
    return effect(d.before, d.after) if replaced(d) else Effect.CHANGED


def principal_orphaned(policy: Policy, criteria: tuple[str, ...]) -> ChangeKind:
    """Return the kind that tells of a deleted user or role whose id AWS wrote in place of the name."""
    return ChangeKind(
        name=f"{policy.name}_principal_orphaned",
        evidence=policy.evidence,
        path=policy.path,
        when=lambda d: orphaned(d.before, d.after),
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=criteria,
        says=f"a user or role that {policy.noun} names was deleted",
        adds=lambda d: orphans_in_place(d.before, d.after),
        trigger=f"{policy.who} has a unique id where it had the ARN of a user or role",
        means=(
            "Nobody edited the policy: AWS no longer knows the name, and whoever is created anew under it"
            " is not let in."
        ),
        advice="Take the id out of the policy, for it lets in nobody ever again.",
    )


def came_and_went(
    policy: Policy, severity: Severity, when_gone: Callable[[Json], Direction]
) -> tuple[ChangeKind, ...]:
    """Return the two kinds of a policy that came and that went; the latter's direction as is given."""
    kind = partial(ChangeKind, evidence=policy.evidence, path=policy.path, criteria=policy.criteria)
    return (
        kind(
            name=f"{policy.name}_added",
            when=appeared,
            direction=lambda d: DIRECTIONS[effect(None, _inner(d).after)],
            severity=severity,
            says=f"{policy.noun} was added",
            adds=lambda d: statements(_inner(d)),
            trigger=f"{policy.who} is there that was not",
            means="What it allows and what it denies holds from now on.",
            advice="Match the policy with an approved request, and read what it allows to whom.",
        ),
        kind(
            name=f"{policy.name}_removed",
            when=vanished,
            direction=lambda d: when_gone(_inner(d).before),
            severity=severity,
            says=f"{policy.noun} was removed",
            adds=lambda d: statements(_inner(d)),
            trigger=f"{policy.who} is gone that was there",
            means="What it allowed is allowed no more, and what it denied may be open by another policy.",
            advice="If it denied something, check that nobody has it now; else keep this as evidence.",
        ),
    )


def opened(policy: Policy, criteria: tuple[str, ...]) -> tuple[ChangeKind, ...]:
    """Return the two kinds of a policy that lets in everyone, and that does so no longer."""
    kind = partial(ChangeKind, evidence=policy.evidence, path=policy.path, criteria=criteria)
    return (
        kind(
            name=f"{policy.name}_public",
            when=lambda d: _public(d.after) and not _public(d.before),
            born=lambda d: _public(d.after),
            direction=Direction.WEAKENED,
            severity=Severity.CRITICAL,
            says=f"{policy.noun} lets in everyone",
            adds=_how_it_is_open,
            claims=False,
            trigger=f"{policy.who} allows something to everyone, and no condition keeps strangers out",
            means=f"Anybody with an AWS account of their own can {policy.grants}.",
            advice=(
                "Name the principals, or add a condition on the organisation, now; then look in CloudTrail"
                " for use by other accounts since it was opened."
            ),
        ),
        kind(
            name=f"{policy.name}_private",
            when=lambda d: _public(d.before) and not _public(d.after),
            direction=Direction.STRENGTHENED,
            severity=Severity.CRITICAL,
            says=f"{policy.noun} no longer lets in everyone",
            adds=_how_it_is_closed,
            claims=False,
            trigger=f"{policy.who} let in everyone and does so no longer",
            means=f"Strangers could {policy.grants} until now.",
            advice="Record how long it was open, and look in CloudTrail for use by other accounts.",
        ),
    )


def outsiders(
    policy: Policy,
    names: tuple[str, str],
    severities: tuple[Severity, Severity],
    criteria: tuple[str, ...],
    accounts: Accounts = external_accounts,
) -> tuple[ChangeKind, ...]:
    """Return the two kinds, of these names, of an account of others that is let in, and no longer."""
    kind = partial(ChangeKind, evidence=policy.evidence, path=policy.path, criteria=criteria)

    def beyond(some: Json, others: Json, own: str) -> list[str]:
        found, known = (document(each) for each in (some, others))
        left = accounts(found, own) if found else frozenset()
        return sorted(left - accounts(known, own) if known else left)

    def gained(d: Difference) -> list[str]:
        return beyond(d.after, d.before, d.scope.account)

    def lost(d: Difference) -> list[str]:
        """Return those let in no more, unless all that was theirs is deleted: nobody took it away."""
        is_orphan = orphaned(d.before, d.after)
        return [] if is_orphan else beyond(d.before, d.after, d.scope.account)

    return (
        kind(
            name=names[0],
            when=lambda d: bool(gained(d)),
            born=lambda d: bool(gained(d)),
            direction=Direction.WEAKENED,
            severity=severities[0],
            says=f"{policy.noun} lets in another account",
            adds=lambda d: f": {', '.join(gained(d))}",
            claims=False,
            trigger=f"{policy.who} now names another account as principal",
            means=f"Whoever runs that account decides who of its users can {policy.grants}.",
            advice="Check that the account is a known partner's or your own, and that this was approved.",
        ),
        kind(
            name=names[1],
            when=lambda d: bool(lost(d)),
            direction=Direction.STRENGTHENED,
            severity=severities[1],
            says=f"{policy.noun} no longer lets in another account",
            adds=lambda d: f": {', '.join(lost(d))}",
            claims=False,
            trigger=f"{policy.who} no longer names another account that it named",
            means=f"Nobody of that account can {policy.grants} any more, as far as this policy goes.",
            advice="Keep it as evidence that the partner's access has ended.",
        ),
    )


def _inner(d: Difference) -> Difference:
    """Return the difference of the documents, where it is one of whole rows that hold them."""
    rows = [value for value in (d.before, d.after) if isinstance(value, dict)]
    if not any(_DOCUMENT in row for row in rows):
        return d
    before, after = (value and value.get(_DOCUMENT) for value in (d.before, d.after))
    return replace(d, before=before, after=after, path=(*d.path, _DOCUMENT))


def _public(policy: Json) -> bool:
    found = document(policy)
    return found is not None and is_public(found)


def _how_it_is_open(d: Difference) -> str:
    return f": {_reason(d).removeprefix('everyone is let in: ')}"


def _how_it_is_closed(d: Difference) -> str:
    return "" if d.after is None else f": {_reason(d)}"


def _reason(d: Difference) -> str:
    """Say why the policy lets in everyone, or does not; one that cannot be read is said to be so."""
    found = document(d.after)
    if found is None:
        return "the document now cannot be read"
    return verdict(found, spelling(as_answered(d))).reason
