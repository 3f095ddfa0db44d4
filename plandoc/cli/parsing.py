"""Reading a command line with argparse: the data folder, the command, its arguments and options, or help."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NoReturn, cast

from plandoc.cli import command_table, help_texts, program
from plandoc.cli.arguments import FOLDER, WHAT_WAS_DONE, Argument, Convert, arguments_of, as_path
from plandoc.cli.command_table import Call, Command
from plandoc.cli.data_folder import Folder, Place, as_place, shown
from plandoc.cli.messages import UsageError
from plandoc.cli.work_log import WorkLog
from plandoc.errors import shorten
from plandoc.frozen import frozen
from plandoc.storage.version import __version__

_NUMBER = re.compile(r"-\d+(\.\d*)?|-\.\d+")
_INDENT = 28


class _Parser(argparse.ArgumentParser):
    """A parser that raises what it refuses, and accepts no abbreviations: a new option would change their meaning."""

    def __init__(self, width: int = 80) -> None:
        # With the width, because argparse imports a lot to determine it, even if no help is shown.
        formatter = partial(argparse.HelpFormatter, max_help_position=_INDENT, width=width)
        super().__init__(
            usage=argparse.SUPPRESS,
            formatter_class=cast("Any", formatter),
            add_help=False,
            allow_abbrev=False,
            exit_on_error=False,
        )

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        try:
            return super().parse_known_args(args, namespace)
        except argparse.ArgumentError as error:
            raise UsageError(_in_our_words(error)) from None


def _in_our_words(error: argparse.ArgumentError) -> str:
    if error.message.startswith("expected "):
        return (
            f"{error.argument_name} needs a {'folder' if error.argument_name == '--data' else 'value'}, found nothing"
        )
    if error.message.startswith("ignored explicit argument "):
        return f"{error.argument_name} takes no value"
    return f"{error.argument_name}: {error.message}"


class _HelpWanted(Exception):  # noqa: N818  (not an error)
    """The command line contains --help; everything else in it is ignored."""


class _Help(argparse.Action):
    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        raise _HelpWanted


class _Once(argparse.Action):
    """Takes the value of an option, which may be given only once: of two values, it is unclear which was meant."""

    def __call__(self, _: Any, namespace: argparse.Namespace, value: Any, option: str | None = None) -> None:
        before = getattr(namespace, self.dest)
        if before is not None:
            both = f", {shown(before)!r} and {shown(value)!r}" if self.nargs != 0 else ""
            raise UsageError(f"{option} is given twice{both}; leave one of them out")
        setattr(namespace, self.dest, self.const if self.nargs == 0 else value)


@frozen
class ParsedCommand:
    """What a command line describes.

    Attributes:
        call: Calls the command, or what shows help.
        command: The name of the command; blank when help is shown.
        wants_json: Whether to print what was done as JSON.
    """

    call: Call
    command: str = ""
    wants_json: bool = False


def read(tokens: Sequence[str], work_log: WorkLog) -> ParsedCommand:
    """Return the call that a command line describes: of a command, or of what shows help.

    Args:
        tokens: The command line.
        work_log: Where the command records what it has done.

    Raises:
        UsageError: when the command line cannot be understood.
    """
    try:
        before, rest = _before_the_command(tokens)
    except _HelpWanted:
        return ParsedCommand(partial(help_texts.show, help_texts.of_everything()))
    if before.version:
        return ParsedCommand(partial(print, __version__))
    if not rest:
        if before.data:
            raise UsageError("wanted a command after --data")
        return ParsedCommand(partial(help_texts.show, help_texts.of_everything()))
    if rest[0] in command_table.GROUPS and {"--help", "-h"} & set(rest[1:2]):
        return ParsedCommand(partial(help_texts.show, help_texts.of_group(rest[0])))
    command, words = command_table.find(rest)
    try:
        return _call(command, words, before.data, work_log)
    except UsageError as error:
        error.command = command.name
        raise


def _before_the_command(tokens: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return the options before the command, and the command with all that follows."""
    parser = _Parser()
    _add_common(parser)
    parser.add_argument("--version", action="store_true")
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    before, unknown = parser.parse_known_args(tokens)
    if unknown:
        raise UsageError(_unknown(unknown[0], ["--data", "--help", "--version"]))
    if before.rest[:1] == ["--"]:
        raise UsageError("wanted a command, found '--'")
    return before, before.rest


def _call(command: Command, words: Sequence[str], data: Place | None, work_log: WorkLog) -> ParsedCommand:
    function = command.load()
    arguments = arguments_of(function)
    options = [one for one in arguments if one.is_option]
    ahead, behind = _divided(words)
    parser = _parser(options)
    _add_common(parser)
    try:
        given, plain = parser.parse_known_args(ahead)
    except _HelpWanted:
        return ParsedCommand(partial(help_texts.show, _help_of(command, function, arguments)))
    _refuse_options(plain, options)
    if data is not None and given.data is not None:
        raise UsageError(f"--data is given twice, {shown(data)!r} and {shown(given.data)!r}; leave one of them out")
    by_place = [one for one in arguments if not one.is_option]
    placed = _placed([*plain, *behind], by_place)
    named = {one.parameter: _value(given, one) for one in options}
    wants_json = named.pop(WHAT_WAS_DONE, False)
    if FOLDER in function.__annotations__:
        place = data or given.data
        named[FOLDER] = Folder(place, work_log)
        program.name_folder(None if place is None else shown(place))
    return ParsedCommand(partial(function, *placed, **named), command.name, wants_json)


def _divided(words: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return the words that may contain options, and the words after a `--`."""
    if "--" not in words:
        return words, ()
    end = words.index("--")
    return words[:end], words[end + 1 :]


def _placed(words: Sequence[str], arguments: Sequence[Argument]) -> list[Any]:
    """Return the values of the positional arguments."""
    given, unknown = _parser(arguments).parse_known_args(["--", *words] if arguments else [])
    if not arguments:
        unknown = list(words)
    if unknown:
        wanted = " ".join(one.label for one in arguments) or "no arguments"
        raise UsageError(f"unexpected argument {shorten(unknown[-1])}; wanted {wanted}")
    values: list[Any] = []
    for one in arguments:
        value = getattr(given, one.parameter)
        values.extend(value) if one.is_repeated else values.append(value)
    return values


def _value(given: argparse.Namespace, option: Argument) -> Any:
    value = getattr(given, option.parameter)
    return option.default if value is None else value


def _refuse_options(words: Iterable[str], options: Iterable[Argument]) -> None:
    for word in words:
        if word.startswith("-") and word != "-" and " " not in word and not _NUMBER.fullmatch(word):
            known = [name for one in options for name in one.names]
            raise UsageError(_unknown(word, [*known, "--data", "--help"]))


def _unknown(word: str, known: Iterable[str]) -> str:
    name = word.partition("=")[0]
    near = command_table.did_you_mean(name, known)
    return f"unknown option {name}{near or '; to pass it as an argument, put it after --'}"


def _parser(arguments: Iterable[Argument]) -> _Parser:
    parser = _Parser()
    _add(parser, arguments, {})
    return parser


def _add(group: argparse._ActionsContainer, arguments: Iterable[Argument], purposes: Mapping[str, str]) -> None:
    for one in arguments:
        group.add_argument(*(one.names if one.is_option else [one.parameter]), **_settings(one, purposes))


def _settings(one: Argument, purposes: Mapping[str, str]) -> dict[str, Any]:
    settings: dict[str, Any] = {"help": purposes.get(one.parameter, "").replace("%", "%%")}
    if one.convert is not None:
        settings["type"] = partial(_converted, one.convert, one.label)
    if not one.is_option:
        nargs = ("+" if one.is_required else "*") if one.is_repeated else (None if one.is_required else "?")
        return {**settings, "metavar": one.value, "nargs": nargs, "default": one.default}
    if one.is_flag:
        return {**settings, "action": _Once, "nargs": 0, "const": True, "dest": one.parameter}
    action = "append" if one.is_repeated else _Once
    return {**settings, "action": action, "metavar": one.value, "dest": one.parameter, "required": one.is_required}


def _converted(convert: Convert, label: str, text: str) -> Any:
    return convert(text, label)


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", action=_Once, type=_data_folder)
    parser.add_argument("--help", "-h", action=_Help, nargs=0)


def _data_folder(text: str) -> Place:
    if not text:
        # An unset variable in a script must not mean ./data.
        raise UsageError("--data needs a folder, found nothing")
    place = as_place(text)
    return place if isinstance(place, str) else as_path(text, "--data")


def _help_of(command: Command, function: Callable[..., Any], arguments: Sequence[Argument]) -> str:
    description = help_texts.described(function)
    parser = _Parser(help_texts.width())
    for title, is_option in (("Arguments", False), ("Options", True)):
        group = parser.add_argument_group(title)
        _add(group, (one for one in arguments if one.is_option is is_option), description.arguments)
    # The groups as argparse formats them, without the rest of its help.
    usage = help_texts.usage(
        " ".join(["plandoc", command.name, *(_in_usage(one).replace(" ", "\xa0") for one in arguments)])
    )
    parts = [usage, help_texts.wrapped(description.purpose), parser.format_help().strip()]
    examples = "\n".join(["Examples:", *(f"  {example}" for example in description.examples)])
    return "\n\n".join(part for part in [*parts, examples] if part)


def _in_usage(one: Argument) -> str:
    text = f"{one.label} {one.value}" if one.is_option and not one.is_flag else one.label
    if one.is_repeated:
        text += "..." if one.is_required else "]..."
        return text if one.is_required else f"[{text}"
    return text if one.is_required else f"[{text}]"
