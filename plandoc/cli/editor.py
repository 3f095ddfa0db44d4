"""Changing a text in an editor, again and again until what is made of it is sound or the person gives up."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from plandoc.cli import printing
from plandoc.cli.asking import is_interactive, is_wanted
from plandoc.errors import PlandocError, ValidationError, hints
from plandoc.exchange.tabular.table_files import read_text

T = TypeVar("T")

_USUAL = ("nano", "vi", "notepad")


def edited(text: str, name: str, apply: Callable[[str], T], *, after: ValidationError | None = None) -> T:
    """Open a text in the editor of this person, and return what is made of it then.

    Mistakes are shown, and on a terminal the same text can be edited again; a text that is refused is kept.

    Args:
        text: The text.
        name: The name of the file that the editor shows.
        apply: Makes something of the text; what it refuses as wrong can be edited again.
        after: What is wrong with the text as it is; then the first question comes before the editor.

    Raises:
        PlandocError: when there is no editor, it fails, or the person gives up; it says where the text is kept.
    """
    command = _editor()
    folder = Path(tempfile.mkdtemp(prefix="plandoc-"))
    file = folder / name
    # Editors show the line ends of CSV as characters of their own.
    file.write_text(text.replace("\r\n", "\n"), encoding="utf-8")
    wrong = after
    while True:
        if wrong is not None:
            _ask_to_go_on(wrong, file, "Correct it in an editor?" if wrong is after else "Edit it again?")
        try:
            _open(command, file)
            made = apply(read_text(file))
        except ValidationError as error:
            wrong = error
        except PlandocError as error:
            raise _with_place(error, file) from error
        else:
            shutil.rmtree(folder, ignore_errors=True)
            return made


def _ask_to_go_on(wrong: ValidationError, file: Path, question: str) -> None:
    if not is_interactive():
        raise _with_place(wrong, file) from wrong
    printing.complain(hints.for_command(wrong.args[0]))
    if not is_wanted(question):
        raise PlandocError(f"nothing was changed; the text is kept in {file}")


def _with_place(error: PlandocError, file: Path) -> PlandocError:
    # Some editors rename a file, or remove it.
    kept = f"; the text is kept in {file}" if file.exists() else ""
    return PlandocError(hints.joined("\n", [error.args[0], f"nothing was changed{kept}"]))


def _editor() -> list[str]:
    for variable in ("VISUAL", "EDITOR"):
        if os.environ.get(variable, "").strip():
            return shlex.split(os.environ[variable], posix=os.name == "posix")
    for usual in _USUAL:
        if is_interactive() and shutil.which(usual):
            return [usual]
    raise PlandocError(
        "there is no editor: name one in the environment variable EDITOR, or change a table of 'plandoc export-csv' and "
        "import it"
    )


def _open(command: list[str], file: Path) -> None:
    try:
        # The editor of this person, as the environment names it.
        status = subprocess.call([*command, str(file)])  # noqa: S603
    except OSError as error:
        raise PlandocError(f"cannot run the editor {command[0]}: {error.strerror}") from error
    if status != 0:
        raise PlandocError(f"the editor {command[0]} ended with status {status}")
    sys.stdout.flush()
