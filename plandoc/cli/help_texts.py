"""The text of help: the groups of commands, and for one command what its docstring says."""

from __future__ import annotations

import inspect
import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from plandoc.cli import wrapping
from plandoc.cli.arguments import WHAT_WAS_DONE, arguments_of
from plandoc.cli.command_table import GROUPS, SECTIONS, Command, commands_of
from plandoc.frozen import frozen

_MAX_WIDTH = 100
_INDENT = 14
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"

_INTRODUCTION = """\
Plan a bakery's events in a folder of JSON files; each command saves all of its changes or none.

The data folder is given by --data, by the environment variable PLANDOC_DATA, or defaults to ./data. It can also be a store on a PostgreSQL server: postgresql://USER@HOST/DATABASE.

For EVENT, RECIPE, GOOD and UNIT, give the short name that the lists show (chocolate-chip-cookies) or the number.

To try it, run 'plandoc demo': it builds a small bakery in a new folder and starts production of an event.
"""
_OPTIONS = (
    ("--data FOLDER", "The data folder; can be given before or after the command."),
    ("--help, -h", "Show this help, or the help of a command."),
    ("--version", "Show the version of plandoc."),
)
# What parameters of these names are in every command whose docstring does not say otherwise.
_SHARED: Mapping[str, str] = MappingProxyType(
    {
        WHAT_WAS_DONE: "Print what was done as JSON.",
        "event": "The event, by its short name or number.",
        "yes": "Do not ask for confirmation; for scripts.",
        "reason": "Why the plan changes; it is kept permanently.",
        "notes": "Anything to remember.",
        "verbose": "Show what becomes of each row.",
        "everything": "List each mistake, also those of one kind.",
        "strict_columns": "Refuse other columns, instead of leaving them out.",
        "dry_run": "Only show what would be imported; change nothing.",
    }
)


@frozen
class Described:
    """What the docstring of a command says.

    Attributes:
        purpose: What the command does, in paragraphs.
        arguments: The description of each parameter.
        examples: Command lines that can be pasted.
    """

    purpose: str
    arguments: Mapping[str, str]
    examples: tuple[str, ...]


def described(command: Callable[..., Any]) -> Described:
    """Return what the docstring of a command, in Google's style, says of it and of its parameters."""
    parts: dict[str, list[str]] = {"": []}
    part = ""
    for line in inspect.cleandoc(command.__doc__ or "").splitlines():
        if line in {"Args:", "Examples:"}:
            part = line
        parts.setdefault(part, []).append(line)
    examples = tuple(line.strip() for line in parts.get("Examples:", [])[1:] if line.strip())
    shared = {one.parameter: _SHARED.get(one.parameter, "") for one in arguments_of(command)}
    arguments = {**shared, **_arguments(parts.get("Args:", [])[1:])}
    return Described("\n".join(parts[""]).strip(), arguments, examples)


def _arguments(lines: Iterable[str]) -> dict[str, str]:
    """Return the description of each parameter; lines that are indented further belong to the one above."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in textwrap.dedent("\n".join(lines)).splitlines():
        words = line
        if line and not line.startswith(" "):
            name, _, words = line.partition(":")
        found.setdefault(name, []).append(words.strip())
    return {name: " ".join(words).strip() for name, words in found.items()}


def of_everything() -> str:
    """Return the help of plandoc itself: all commands, by topic."""
    parts = [_usage("COMMAND [ARGUMENTS]"), wrapped(_INTRODUCTION)]
    for title, commands in SECTIONS:
        firsts = dict.fromkeys(one.words[0] for one in commands)
        parts.append(_table(title, [(first, _purpose(first, commands)) for first in firsts]))
    parts += [_table("Options", _OPTIONS), "'plandoc COMMAND --help' shows the arguments and examples of a command."]
    return "\n\n".join(parts)


def first_words() -> list[tuple[str, str]]:
    """Return the words that a command line can begin with, each with its purpose."""
    return [
        (first, _purpose(first, commands))
        for _, commands in SECTIONS
        for first in dict.fromkeys(one.words[0] for one in commands)
    ]


def of_group(group: str) -> str:
    """Return the help of a group of commands."""
    rows = [(" ".join(one.words), one.purpose) for one in commands_of(group)]
    return "\n\n".join([_usage(f"{group} COMMAND [ARGUMENTS]"), wrapped(f"{GROUPS[group]}."), _table("Commands", rows)])


def _purpose(first: str, commands: Iterable[Command]) -> str:
    named = [one for one in commands if one.words[0] == first]
    if first not in GROUPS:
        return named[0].purpose
    return f"{GROUPS[first]}: {', '.join(one.words[1] for one in named)}"


def _usage(rest: str) -> str:
    return usage(f"plandoc [--data FOLDER] {rest}")


def usage(text: str) -> str:
    """Return a usage line in the width of the terminal; it is not broken at no-break spaces."""
    filled = textwrap.fill(f"Usage: {text}", width(), subsequent_indent=" " * 15, break_on_hyphens=False)
    return filled.replace("\xa0", " ")


def _table(title: str, rows: Iterable[tuple[str, str]]) -> str:
    rows = list(rows)
    indent = max(_INDENT, *(len(name) + 4 for name, _ in rows))
    lines = [f"{title}:"]
    for name, purpose in rows:
        text = f"  {name:<{indent - 2}}{purpose}"
        lines.append(textwrap.fill(text, width(), subsequent_indent=" " * indent, break_on_hyphens=False))
    return "\n".join(lines)


def wrapped(text: str) -> str:
    """Return paragraphs in the width of the terminal."""
    paragraphs = text.strip().split("\n\n")
    return "\n\n".join(textwrap.fill(one, width(), break_on_hyphens=False) for one in paragraphs)


def width() -> int:
    """Return how wide help may be."""
    return min(wrapping.width(), _MAX_WIDTH)


def show(text: str) -> None:
    """Print help; on a terminal with bold headings, unless NO_COLOR is set."""
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        text = "\n".join(f"{_BOLD}{line}{_PLAIN}" if _is_heading(line) else line for line in text.splitlines())
    print(text)


def _is_heading(line: str) -> bool:
    return line.endswith(":") and not line.startswith(" ")
