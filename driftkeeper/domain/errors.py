"""Everything a user can run into, each with its exit code.

The message of an error says the thing, the cause and the next step, in one line. Exit codes are the
table of `docs/exit-codes.md`; a code belongs to exactly one class and its subclasses.

    DriftkeeperError            1  failed
    ├── UsageError              2  wrong arguments or configuration
    │   ├── ConfigError            the configuration file
    │   ├── CredentialsError       no usable AWS credentials
    │   ├── RecordingError         recorded answers missing or unreadable
    │   └── ResourceNameError      a RESOURCE that names nothing, or several things
    ├── StoreError              1  the database cannot be read or written
    ├── IntegrityError          5  a digest, link or signature does not match
    ├── SchemaError             6  no database, or not at the expected schema
    └── LockedError             7  another collector holds the lock
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    MISSED = 3
    FOUND = 4
    INTEGRITY = 5
    SCHEMA = 6
    LOCKED = 7


class DriftkeeperError(Exception):
    """Base of all errors that are shown to a person as one line."""

    exit_code = Exit.FAILED


class UsageError(DriftkeeperError):
    """What was asked for makes no sense."""

    exit_code = Exit.USAGE


class ConfigError(UsageError):
    """The configuration file is missing, unreadable or says something unknown."""


class CredentialsError(UsageError):
    """AWS credentials are missing, expired, or belong to another account."""


class RecordingError(UsageError):
    """Recorded answers are missing, unreadable or do not fit the call."""


class ResourceNameError(UsageError):
    """A RESOURCE names nothing, or more than one thing."""


class StoreError(DriftkeeperError):
    """The database cannot be opened, read or written."""


class IntegrityError(DriftkeeperError):
    """Stored evidence does not match its digest, link or signature."""

    exit_code = Exit.INTEGRITY


class SchemaError(DriftkeeperError):
    """There is no database yet, or it is not at the schema this version expects."""

    exit_code = Exit.SCHEMA


class LockedError(DriftkeeperError):
    """Another collector is at work on the same store."""

    exit_code = Exit.LOCKED
