"""Command lines of plain words, such as `plandoc start easter`: they need no parser."""

from __future__ import annotations

import inspect
from functools import partial

from plandoc.cli.command_table import Call, Called
from plandoc.cli.data_folder import Folder

# How a parameter is annotated that takes a word as it was typed: in text, for the command's modules postpone annotations,
# until the parser has read them.
_AS_TYPED = ("str", str)


def read(called: Called, folder: Folder) -> Call | None:
    """Return the call that a command line stands for, when its words are all of it, each taken as it was typed.

    None means that the parser has to look: at options, numbers and paths, at too few words or too many.
    """
    if any(word.startswith("-") for word in called.words):
        return None
    parameters = dict(inspect.signature(called.command).parameters)
    named = {"folder": folder} if parameters.pop("folder", None) else {}
    by_place = [each for each in parameters.values() if each.kind is each.POSITIONAL_ONLY]
    given, left = by_place[: len(called.words)], by_place[len(called.words) :]
    others = [each for each in parameters.values() if each.kind is not each.POSITIONAL_ONLY]
    if len(given) < len(called.words) or any(each.annotation not in _AS_TYPED for each in given):
        return None
    if any(each.default is each.empty for each in [*left, *others]):
        return None
    return partial(called.command, *called.words, **named)
