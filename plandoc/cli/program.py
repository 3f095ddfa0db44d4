"""How plandoc was called, so that a command line in a message can be pasted as it is."""

from __future__ import annotations

import functools
import re
import shlex
import shutil
import sys
from contextvars import ContextVar
from pathlib import Path

from plandoc.text.escaping import escape_control_characters

_NAME = "plandoc"
# Only in quotes: elsewhere it is the name of the program in a sentence.
_LINE = re.compile(rf"'{_NAME} ([^']*)")
# What means something to a shell even in double quotes.
_SPECIAL = frozenset('"$`\\!')


@functools.cache
def called() -> str:
    """Return what a person types to call plandoc: its name where the shell finds it, else its path as it was typed."""
    first = sys.argv[0] if sys.argv else ""
    if Path(first).name == "__main__.py" and Path(first).parent.name == _NAME:
        return f"{shlex.quote(sys.orig_argv[0])} -m {_NAME}"
    if Path(first).stem != _NAME or not Path(first).exists():
        # Called from Python, as by tests.
        return _NAME
    found = shutil.which(_NAME)
    return _NAME if found is not None and Path(found).samefile(first) else shlex.quote(first)


def quoted(text: str) -> str:
    """Return a text as one argument of a command line.

    With double quotes where they will do: the command lines of messages are in single ones, and those do not nest.

    >>> print(quoted("box"), quoted("Tea box"), quoted("Jo's $5 box"))
    box "Tea box" 'Jo'"'"'s $5 box'
    """
    plain = shlex.quote(text)
    return plain if plain == text or _SPECIAL & set(text) else f'"{text}"'


_folder: ContextVar[str] = ContextVar("folder", default="")


def name_folder(given: str | None) -> None:
    """Name a data folder in command lines from here on, as it was named for this command; None when it was not."""
    # A name with control characters cannot be pasted anyway, and must not steer the terminal.
    _folder.set("" if given is None else f"--data {quoted(escape_control_characters(given))} ")


def as_called(text: str) -> str:
    """Return a message with its command lines in quotes as they are typed here.

    >>> as_called("see 'plandoc lock --help', or 'plandoc check'")
    "see 'plandoc lock --help', or 'plandoc check'"
    """
    return _LINE.sub(_line, text) if _NAME in text else text


def _line(found: re.Match[str]) -> str:
    rest = found[1]
    # Help is the same for every folder.
    folder = "" if {"--help", "--data"} & set(rest.rstrip("'").split()) else _folder.get()
    return f"'{called()} {folder}{rest}"
