"""A real terminal of 80 columns, in which the command runs and somebody types."""

import codecs
import os
import re
import select
import signal
import struct
import subprocess
import sys
import time

import attrs
import pytest

from plandoc.storage import address

needs_a_terminal = pytest.mark.skipif(os.name != "posix", reason="terminals are made otherwise there")
QUESTION = "[y/N] "
INTERRUPT = "\x03"
END_OF_INPUT = "\x04"
_SECONDS = 60


@attrs.frozen
class Seen:
    """What was on the screen when the command ended.

    Attributes:
        screen: All that was shown, with the styles.
        text: The same without the styles.
    """

    status: int
    screen: str

    @property
    def text(self):
        return re.sub(r"\x1b\[[0-9;]*m", "", self.screen.replace("\r\n", "\n"))

    @property
    def widest(self):
        return max(len(line.rstrip()) for line in self.text.splitlines())


def take_the_terminal():
    """Make Ctrl-C reach the command, also where the tests run in the background."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """Runs the command; each answer is typed when the next question is shown."""

    def __init__(self, folder, columns=80):
        self._folder = folder
        self._columns = columns

    def run(self, *arguments, answers=(), before_answering=(), questions=(QUESTION,), **variables):
        import fcntl
        import pty
        import termios

        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, self._columns, 0, 0))
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "plandoc",
                "--data",
                address.address_of(self._folder) or str(self._folder),
                *arguments,
            ],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
            | {"TERM": "xterm-256color"}
            | variables,
            start_new_session=True,
            preexec_fn=take_the_terminal,
        )
        os.close(theirs)
        try:
            screen = self._talk(ours, list(answers), list(before_answering), questions)
            return Seen(process.wait(_SECONDS), screen)
        finally:
            os.close(ours)
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()

    def _talk(self, ours, answers, before_answering, questions):
        shown = typed = ""
        decoder = codecs.getincrementaldecoder("utf-8")()
        answered = 0
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end:
            if not select.select([ours], [], [], 1)[0]:
                # Python overlooks one that comes in the moment before it begins to wait; a person tries again.
                if typed == INTERRUPT:
                    os.write(ours, typed.encode())
                continue
            try:
                more = os.read(ours, 65536)
            except OSError:
                return shown
            if not more:
                return shown
            shown += decoder.decode(more)
            if len(shown) > answered and shown.endswith(questions):
                answered = len(shown)
                if before_answering:
                    before_answering.pop(0)()
                typed = answers.pop(0)
                os.write(ours, typed.encode())
        raise TimeoutError(f"the command did not end; it showed: {shown}")
