"""The process of a command ends at once, and everything that others wait for at its end happens before."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.costly


def ended(*arguments, code=None):
    command = [sys.executable, *(["-c", code] if code else []), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


RUN = "import sys, plandoc.cli; plandoc.cli.run()"


def test_the_status_is_that_of_the_command_and_the_output_is_complete():
    assert ended("-m", "plandoc", "--version")[0] == 0
    assert ended("-m", "plandoc", "bake")[0] == 2
    status, out, _ = ended("-m", "plandoc", "--help")
    assert (status, out.splitlines()[-1]) == (0, ended("--help", code=RUN)[1].splitlines()[-1])


def test_what_others_have_left_for_the_end_is_done():
    code = f"import atexit; atexit.register(print, 'the end')\n{RUN}"

    status, out, err = ended("--version", code=code)

    assert (status, out.splitlines()[-1], err) == (0, "the end", "")


def test_nothing_is_collected_on_the_way_to_the_end():
    watched = "gc.collect(); gc.callbacks.append(lambda *_: collections.append(1))"
    code = f"import atexit, gc, plandoc.cli\ncollections = []\n{watched}\natexit.register(lambda: print(len(collections)))\n{RUN}"

    assert ended("--help", code=code)[1].splitlines()[-1] == "0"


def test_a_thread_that_still_works_is_waited_for():
    last = "threading.main_thread().join(); print('the end')"
    code = f"import threading\ndef work(): {last}\nthreading.Thread(target=work).start()\n{RUN}"

    assert ended("--version", code=code)[1].splitlines()[-1] == "the end"


def test_a_profiler_sees_the_end():
    status, out, _ = ended("-m", "cProfile", "-m", "plandoc", "--version")

    assert (status, "function calls" in out) == (0, True)


def test_missing_standard_streams_do_not_matter():
    closed = f"import os; os.close(1); os.close(2)\n{RUN}"
    done = subprocess.run(
        [sys.executable, "-c", closed, "--version"], stdin=subprocess.DEVNULL, timeout=60, check=False
    )

    assert done.returncode == 1, "nothing could be shown"


def test_a_store_that_is_still_open_is_closed(tmp_path):
    opened = f"store = plandoc.open_store({os.fspath(tmp_path / 'data')!r}, create=True)"
    changed = "with store.session() as session: session.add(plandoc.Ingredient('Rye'))"

    code = f"import plandoc\n{opened}\n{changed}\n{RUN}"
    assert ended("--version", code=code)[0] == 0
    assert (tmp_path / "data" / "journal.jsonl").read_bytes() == b""
