"""Asking at a terminal: for yes or no, or for what is missing on the command line."""

from __future__ import annotations

import sys

from plandoc.cli import printing
from plandoc.cli.wrapping import width, wrapped

_YES = frozenset({"y", "yes"})
_NO = frozenset({"n", "no"})


def is_interactive() -> bool:
    """Return whether there is somebody to ask."""
    if printing.is_collecting():
        return False
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def is_confirmed(question: str) -> bool:
    """Return whether the answer is yes; anything else is no."""
    return (_answer(wrapped(f"{question} [y/N]", width() - 2) + " ") or "").lower() in _YES


def is_wanted(question: str) -> bool:
    """Return whether the answer is not no; the end of the input is."""
    try:
        return input(f"{question} [Y/n] ").strip().lower() not in _NO
    except EOFError:
        printing.say()
        return False
    except KeyboardInterrupt:
        printing.say()
        raise


def ask(question: str) -> str:
    """Return the answer, without the blanks around it; blank when there is none.

    Raises:
        KeyboardInterrupt: at the end of the input, too: who leaves so has not answered anything.
    """
    answer = _answer(wrapped(f"{question}:", width() - 2) + " ")
    if answer is None:
        raise KeyboardInterrupt
    return answer


def _answer(prompt: str) -> str | None:
    """Return the answer; None at the end of the input."""
    try:
        return input(prompt).strip()
    except EOFError:
        # The cursor is still on the line of the question.
        printing.say()
        return None
    except KeyboardInterrupt:
        printing.say()
        raise
