"""The arguments of a command, as its function declares them: declared once for the parser, the help and the completion.

A parameter before the `/` is an argument, a keyword is an option, and `*words` takes all remaining words. A
`Parameter` in the annotation adds what the signature cannot express; the docstring describes each.
"""

from __future__ import annotations

import datetime
import inspect
import os
import types
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from plandoc.cli.messages import UsageError, whole_number
from plandoc.domain.written_dates import day_in
from plandoc.errors import shorten
from plandoc.frozen import frozen
from plandoc.text import escaping

Convert = Callable[[str, str], Any]

# The parameter for the data folder of a command; not an argument, because all commands accept `--data`.
FOLDER = "folder"


class Parameter:
    """What the annotation of a parameter adds to its type.

    Attributes:
        names: Its names on the command line, when they differ from the name of the parameter: "--from", or "RECIPE".
        at_least_one: Whether `*words` needs at least one word.
        words: The list to complete from, when it differs from the name.
    """

    __slots__ = ("at_least_one", "names", "words")

    def __init__(self, *names: str, at_least_one: bool = False, words: str = "") -> None:
        self.names = names
        self.at_least_one = at_least_one
        self.words = words


# The parameter for --json of a command that does not print JSON of its own.
WHAT_WAS_DONE = "what_was_done"

Text = Annotated[str | None, Parameter(words="TEXT")]


@frozen
class Argument:
    """An argument or an option of a command.

    Attributes:
        parameter: The parameter of the function.
        names: All names of an option; for an argument, its one placeholder.
        is_option: Whether it is given by its name.
        is_flag: Whether it is an option without a value.
        is_repeated: Whether it can be given several times.
        is_required: Whether it must be given.
        default: What the function gets when it is not given.
        choices: The allowed values; empty when any value is allowed.
        convert: Makes the value from the typed text and the label of the argument; None takes the text as it is.
        words: The name of the list to complete from.
    """

    parameter: str
    names: tuple[str, ...]
    is_option: bool
    is_flag: bool
    is_repeated: bool
    is_required: bool
    default: Any
    choices: tuple[str, ...]
    convert: Convert | None
    words: str

    @property
    def label(self) -> str:
        """Its name in messages."""
        return self.names[0]

    @property
    def value(self) -> str:
        """The placeholder for its value in the help, such as FOLDER."""
        if self.choices:
            return "|".join(self.choices)
        return self.words if self.is_option else self.label


_JSON = Argument(
    parameter=WHAT_WAS_DONE,
    names=("--json",),
    is_option=True,
    is_flag=True,
    is_repeated=False,
    is_required=False,
    default=False,
    choices=(),
    convert=None,
    words="",
)


def arguments_of(command: Callable[..., Any]) -> list[Argument]:
    """Return the arguments and options of a command, in the order of its parameters.

    A command that works on a folder and does not print JSON of its own can print what it has done.
    """
    hints = typing.get_type_hints(command, include_extras=True)
    parameters = inspect.signature(command).parameters
    arguments = [_argument(one, hints[one.name]) for one in parameters.values() if one.name != FOLDER]
    return [*arguments, _JSON] if FOLDER in parameters and "json" not in parameters else arguments


def _argument(parameter: inspect.Parameter, hint: Any) -> Argument:
    declared = next((each for each in getattr(hint, "__metadata__", ()) if isinstance(each, Parameter)), Parameter())
    kind, is_list = _kind_of(hint)
    is_option = parameter.kind is parameter.KEYWORD_ONLY
    is_rest = parameter.kind is parameter.VAR_POSITIONAL
    plain = parameter.name.replace("_", "-")
    has_default = parameter.default is not parameter.empty
    choices = typing.get_args(kind) if typing.get_origin(kind) is Literal else ()
    return Argument(
        parameter=parameter.name,
        names=declared.names or ((f"--{plain}",) if is_option else (plain.upper(),)),
        is_option=is_option,
        is_flag=kind is bool,
        is_repeated=is_list or is_rest,
        is_required=declared.at_least_one if is_rest else not has_default,
        default=parameter.default if has_default else None,
        choices=choices,
        convert=_one_of(choices) if choices else _CONVERTERS.get(kind),
        words=declared.words
        or (_WORDS.get(kind, plain.upper()) if is_option or not declared.names else declared.names[0]),
    )


def _kind_of(hint: Any) -> tuple[Any, bool]:
    """Return the type of one value, and whether there may be several."""
    kind = hint.__origin__ if hasattr(hint, "__metadata__") else hint
    if typing.get_origin(kind) in {types.UnionType, typing.Union}:
        (kind,) = (each for each in typing.get_args(kind) if each is not types.NoneType)
    if typing.get_origin(kind) is list:
        return typing.get_args(kind)[0], True
    return kind, False


def _one_of(choices: tuple[str, ...]) -> Convert:
    def convert(text: str, label: str) -> str:
        if text not in choices:
            wanted = f"{' or '.join(choices)} for {label}" if len(choices) > 1 else f"the word {choices[0]}"
            raise UsageError(f"wanted {wanted}, found {shorten(text)}")
        return text

    return convert


def as_text(argument: str) -> str:
    r"""Return an argument as the text that was typed, even if the locale is limited to ASCII.

    >>> as_text("F\udcc3\udcaate"), as_text("F\u00eate")
    ('Fête', 'Fête')
    """
    return escaping.decoded(argument)


def as_path(text: str, label: str = "a path") -> Path:
    """Return the path that a text names, encoded as the file system requires.

    Args:
        text: As it was typed.
        label: The name of the argument in messages.

    Raises:
        UsageError: for empty text: an unset variable in a script must not mean the current folder. Also for a single
            hyphen: no command reads the standard input.
    """
    if not text:
        raise UsageError("wanted a path, found nothing")
    if text == "-":
        raise UsageError(f"wanted a path for {label}, found '-'; for a file of that name write ./-")
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return Path(os.fsdecode(text.encode("utf-8", "surrogateescape")))
    return Path(text)


def _as_day(text: str, label: str) -> datetime.date:
    try:
        return day_in(text)
    except ValueError as error:
        raise UsageError(f"{label}: {error}") from None


_CONVERTERS: dict[Any, Convert] = {Path: as_path, datetime.date: _as_day, int: whole_number}
# The placeholder for the value of an option, which is also the list to complete from.
_WORDS: dict[Any, str] = {Path: "PATH", datetime.date: "DATE", int: "N"}
