"""Completions for a command line: commands, options, and names in the data folder.

The scripts in `completions/` ask with `plandoc __complete`. Errors are never shown: a message in the middle of a
command line would only disturb.
"""

from __future__ import annotations

import contextlib
import io
import shlex
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from plandoc.cli import command_table, help_texts, streams
from plandoc.cli.arguments import Argument, arguments_of, as_path
from plandoc.cli.messages import UsageError

# The answer where a file is wanted: shells complete files themselves.
_FILES = ":files"
_COMMON = (
    ("--data", "the data folder"),
    ("--help", "show help"),
)
_MAX_CANDIDATES = 1000


class Candidate(NamedTuple):
    """A word that can complete the command line.

    Attributes:
        word: The whole word, even if a part of it is typed already.
        what: What it is, for shells that show it.
    """

    word: str
    what: str = ""


def answer(asked: Sequence[str]) -> int:
    """Print the words that can complete a command line, one on each line; return the exit status.

    Args:
        asked: "words" and the words after `plandoc`, the last as far as it is typed; or "line" and the whole line.
    """
    with warnings.catch_warnings(), streams.guarded(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            how, *rest = asked
            for line in _lines(_divided(rest[0]) if how == "line" else rest):
                print(line)
            sys.stdout.flush()
        except Exception:  # noqa: BLE001  (a damaged folder is shown by commands, never by the TAB key)
            streams.silence(sys.stdout)
    return 0


def _divided(line: str) -> list[str]:
    words = shlex.split(line)[1:]
    return [*words, ""] if line[-1:].isspace() or not words else words


def _lines(words: Sequence[str]) -> Iterator[str]:
    for candidate in candidates(words)[:_MAX_CANDIDATES]:
        yield f"{candidate.word}\t{candidate.what}" if candidate.what else candidate.word


def candidates(words: Sequence[str]) -> list[Candidate]:
    """Return the completions of the last word of a command line, which may be incomplete."""
    *before, typed = words
    data, rest = _without_data(before)
    if before[-1:] == ["--data"]:
        return [Candidate(_FILES)]
    found = _of_the_command(rest, typed, data)
    return [one for one in found if one.word == _FILES or one.word.startswith(typed)]


def _without_data(words: Sequence[str]) -> tuple[str | None, list[str]]:
    rest: list[str] = []
    data = None
    remaining = iter(words)
    for word in remaining:
        name, equals, value = word.partition("=")
        if name == "--data" and "--" not in rest:
            data = value if equals else next(remaining, "")
        else:
            rest.append(word)
    return data, rest


def _of_the_command(words: Sequence[str], typed: str, data: str | None) -> Iterable[Candidate]:
    if not words:
        return [Candidate(*each) for each in (_COMMON if typed.startswith("-") else help_texts.first_words())]
    if len(words) == 1 and (group := command_table.commands_of(words[0])):
        return [Candidate(command.words[1], command.purpose) for command in group]
    try:
        command, rest = command_table.find(words)
    except UsageError:
        return []
    function = command.load()
    return _of_arguments(_TypedLine(arguments_of(function), help_texts.described(function), data), rest, typed)


class _TypedLine(NamedTuple):
    """What is known about a command line.

    Attributes:
        arguments: Those of its command.
        description: The help of its command.
        data: The data folder in it; None when it has none.
    """

    arguments: Sequence[Argument]
    description: help_texts.Described
    data: str | None


def _of_arguments(line: _TypedLine, words: Sequence[str], typed: str) -> Iterable[Candidate]:
    options = {name: one for one in line.arguments if one.is_option for name in one.names}
    placed: list[str] = []
    given: set[str] = set()
    waiting: Argument | None = None
    is_over = False
    for word in words:
        name, equals, _ = word.partition("=")
        if waiting is not None:
            waiting = None
        elif word == "--" and not is_over:
            is_over = True
        elif name in options and not is_over:
            given.add(options[name].parameter)
            waiting = None if equals or options[name].is_flag else options[name]
        elif is_over or not word.startswith("-"):
            placed.append(word)
    if waiting is not None:
        return _values(waiting, placed, line.data)
    name, equals, _ = typed.partition("=")
    if equals and name in options and not is_over:
        return [one._replace(word=f"{name}={one.word}") for one in _values(options[name], placed, line.data)]
    if typed.startswith("-") and not is_over:
        return _options(line, given)
    return _of_place(line, placed)


def _options(line: _TypedLine, given: set[str]) -> Iterator[Candidate]:
    for one in line.arguments:
        if one.is_option and (one.is_repeated or one.parameter not in given):
            yield Candidate(one.label, line.description.arguments.get(one.parameter, ""))
    yield from (Candidate(*each) for each in _COMMON)


def _of_place(line: _TypedLine, placed: Sequence[str]) -> Iterable[Candidate]:
    arguments = [one for one in line.arguments if not one.is_option]
    if len(placed) < len(arguments):
        wanted = arguments[len(placed)]
    elif arguments and arguments[-1].is_repeated:
        wanted = arguments[-1]
    else:
        return []
    taken = {word.partition("=")[0] for word in placed} if wanted.is_repeated else set()
    return [one for one in _values(wanted, placed, line.data) if one.word.rstrip("=") not in taken]


def _values(argument: Argument, placed: Sequence[str], data: str | None) -> list[Candidate]:
    """Return the values that an argument can have, as far as they are known."""
    if argument.choices:
        return [Candidate(choice) for choice in argument.choices]
    if argument.convert is as_path or argument.words == "FILE":
        return [Candidate(_FILES)]
    name, equals, _ = argument.words.partition("=")
    from plandoc.cli import stored_names  # noqa: PLC0415  (90 ms of the store, which commands and options do not need)

    return [Candidate(word + equals, what) for word, what in stored_names.of(name, placed, data)]
