import json
import os
import subprocess
import sys

import attrs
import pytest

from plandoc.cli import data_folder, main, sample
from plandoc.storage import address
from tests.builders import folder_bytes, made_once


@attrs.frozen
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


def named(folder):
    """Return the environment that names the store of a test to a command in a process of its own."""
    on_server = address.address_of(folder)
    return {} if on_server is None else {"PLANDOC_DATA": on_server}


def shown(folder):
    """How messages name the store of a test: as a folder, or with its address on a server."""
    return data_folder.shown(address.address_of(folder) or folder)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PLANDOC_DATA", raising=False)
    return tmp_path / "data"


@pytest.fixture
def bakery(folder):
    return made_once(folder, sample.write)


@pytest.fixture
def kitchen(folder):
    """The bakery of the sample, with its event in production."""
    return made_once(folder, in_production)


def in_production(folder):
    sample.write(folder)
    done(folder, ("lock", "1", "--yes"), ("start", "1", "--yes"))


def done(folder, *commands):
    """Do some commands, which must succeed."""
    for words in commands:
        assert main(["--data", str(folder), *words]) == 0, words


@pytest.fixture
def call(capsys, folder):
    def called(*arguments):
        capsys.readouterr()
        status = main(list(arguments))
        out, err = capsys.readouterr()
        return Ended(status, out, err)

    return called


@pytest.fixture
def run(folder):
    def ran(*arguments, **variables):
        ended = subprocess.run(
            [sys.executable, "-m", "plandoc", *arguments],
            capture_output=True,
            cwd=folder.parent,
            env=os.environ | named(folder) | variables,
            timeout=60,
            encoding="utf-8",
            check=False,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    return ran


def added(ended, table):
    """The one record of a table that a command with --json says it has added."""
    [record] = [
        one["record"] for one in json.loads(ended.out)["changes"] if (one["change"], one["table"]) == ("added", table)
    ]
    return record


def contents(folder):
    """The bytes of all documents of a folder, by their paths."""
    if address.address_of(folder) is not None:
        return folder_bytes(folder)
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".plandoc" not in path.parts
    }
