"""The sections of the configuration file that say which accounts are read, and how they are reached."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

_ACCOUNT_ID = r"^\d{12}$"
_ROLE_ARN = r"^arn:[\w-]+:iam::\d{12}:role/.+$"
_UNIT = r"^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$"
ROLE_NAME = r"^([\w+=,.@-]+/)*[\w+=,.@-]{1,64}$"
"""The name of a role, after its path where it has one."""
WRITTEN = r"\S"
"""A reason that says something."""


class Section(BaseModel):
    """A section of the file: it has no key that is not declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def once(noun: str, words: list[str], key: str) -> None:
    """Raise `ValueError` when a list of exclusions names something twice."""
    twice = sorted({word for word in words if words.count(word) > 1})
    if twice:
        raise ValueError(f"{noun} {twice[0]} is in {key} twice; keep one of the two reasons")


class AccountConfig(Section):
    """One `[[accounts]]` entry: an account and how to reach it."""

    id: Annotated[str, Field(pattern=_ACCOUNT_ID)]
    name: str = ""
    profile: str | None = None
    role_arn: Annotated[str, Field(pattern=_ROLE_ARN)] | None = None
    external_id: str | None = None
    regions: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _external_id_needs_role(self) -> AccountConfig:
        if self.external_id and not self.role_arn:
            raise ValueError("external_id only makes sense together with role_arn")
        return self


class OrganizationExclude(Section):
    """One `[[organization.exclude]]` entry: an account that is not read, and why."""

    id: Annotated[str, Field(pattern=_ACCOUNT_ID)]
    reason: Annotated[str, Field(pattern=WRITTEN)]


class OrganizationConfig(Section):
    """`[organization]`: every account of the organisation is read, or those chosen here."""

    role: Annotated[str, Field(pattern=ROLE_NAME)]
    profile: str | None = None
    role_arn: Annotated[str, Field(pattern=_ROLE_ARN)] | None = None
    external_id: str | None = None
    units: tuple[Annotated[str, Field(pattern=_UNIT)], ...] = ()
    tags: dict[str, str] = {}
    exclude: tuple[OrganizationExclude, ...] = ()

    @model_validator(mode="after")
    def _excluded_once(self) -> OrganizationConfig:
        once("account", [entry.id for entry in self.exclude], "exclude")
        return self
