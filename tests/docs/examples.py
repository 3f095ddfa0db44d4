"""The examples of a Markdown page: what stands between the fences, and running it as a reader would."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

REPOSITORY = Path(__file__).resolve().parents[2]

# What a block needs and not every machine has is named behind its language.
_FENCE = re.compile(r"^```(\w*)(?: needs (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_STATUS = re.compile(r"\s+# exit status (\d+)$")
_TABLE = re.compile(r"`([\w-]+\.csv)`")
_LOOSE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@attrs.frozen
class Block:
    """One fenced block of a page.

    Attributes:
        line: Where its content starts in the page, counted from 1.
        needs: The library or program that it needs beside plandoc; "" when it needs none.
        file: The last table that the text above it names; a csv block is what that file holds.
    """

    language: str
    text: str
    line: int
    needs: str
    file: str = ""


@attrs.frozen
class Command:
    """One line of a console block with what is said to follow it.

    Attributes:
        expected: The output shown below the line; "" when none is shown.
    """

    line: str
    status: int
    expected: str


def pages() -> list[Path]:
    return sorted([REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")])


def all_pages() -> list[Path]:
    return sorted({*pages(), *REPOSITORY.glob("*.md")})


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text("utf-8")
    for match in _FENCE.finditer(text):
        named = _TABLE.findall(text, 0, match.start())
        line = text.count("\n", 0, match.start(3)) + 1
        yield Block(match[1], match[3], line, match[2] or "", named[-1] if named else "")


def commands(text: str) -> Iterator[Command]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, _, expected = part.partition("\n")
        status = _STATUS.search(line)
        yield Command(_STATUS.sub("", line), int(status[1]) if status else 0, expected)


def run_page(page: Path, folder: Path, *, with_need: str = "") -> int:
    """Run every python and console block of a page in order in a folder; return how many there were.

    Those that need something are left out, but for that which is there.
    """
    names: dict[str, Any] = {"__name__": "example"}
    count = 0
    for block in blocks(page):
        if block.needs not in {"", with_need}:
            continue
        if block.language == "python":
            run_python(page, block, names)
        elif block.language == "console":
            run_console(page, block, folder)
        elif block.language == "sh" and block.needs:
            run_shell(page, block, folder)
        elif block.language == "csv":
            (folder / block.file).write_text(block.text, "utf-8")
        count += block.language in {"python", "console"}
    return count


def run_python(page: Path, block: Block, names: dict[str, Any]) -> None:
    # Blank lines in front, so that a traceback names the line of the page.
    source = "\n" * (block.line - 1) + block.text
    exec(compile(source, str(page), "exec"), names)


def run_console(page: Path, block: Block, folder: Path) -> None:
    for command in commands(block.text):
        program, *arguments = shlex.split(command.line)
        place = f"{page.name}:{block.line}: $ {command.line}"
        assert program == "plandoc", f"{place}: only plandoc is run; write other programs in a sh block"

        done = run_plandoc(arguments, folder)

        assert done.returncode == command.status, f"{place}\n{done.stdout}"
        if command.expected:
            assert is_as_shown(command.expected, done.stdout), f"{place}\n{done.stdout}"


def run_shell(page: Path, block: Block, folder: Path) -> None:
    """Run the lines of a block; what follows "# " below a line is what it prints."""
    plandoc = folder / "plandoc"
    plandoc.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m plandoc "$@"\n', "utf-8")
    plandoc.chmod(0o755)
    for line, output in re.findall(r"^(?!# )(.+)\n((?:# .*\n)*)", block.text, re.MULTILINE):
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=folder,
            env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(REPOSITORY)},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
        assert done.stdout == re.sub(r"^# ", "", output, flags=re.MULTILINE), f"{page.name}: {line}\n{done.stderr}"


def is_as_shown(expected: str, output: str) -> bool:
    return doctest.OutputChecker().check_output(expected, output, _LOOSE)


def run_plandoc(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PLANDOC_DATA"}
    done = subprocess.run(
        [sys.executable, "-m", "plandoc", *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    # A reader has plandoc on the path, and messages name it as it was called.
    done.stdout = done.stdout.replace(f"{shlex.quote(sys.executable)} -m plandoc", "plandoc")
    return done
