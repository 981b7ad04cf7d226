"""What can go wrong when the directory is asked, in one small family."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, NoSuchTableError
from sqlalchemy.exc import TimeoutError as PoolTimeout

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class DirectoryError(Exception):
    """Something about the directory that we answer with an apology and a phone number."""


class LookupUnavailable(DirectoryError):
    """The database did not answer."""


class InvalidFile(DirectoryError):
    """A data file cannot be read at all; the message names the file, the line and the reason."""


@contextmanager
def asking() -> Iterator[None]:
    """Turn every failure of the database into LookupUnavailable, without what was asked."""
    try:
        yield
    except (DBAPIError, NoSuchTableError, PoolTimeout) as error:
        raise LookupUnavailable(f"the directory did not answer: {type(error).__name__}") from error


def answers(function: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Let *function* raise LookupUnavailable where the database fails it."""

    @wraps(function)
    def asked(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        with asking():
            return function(*args, **kwargs)

    return asked
