"""A real shell at a terminal, in which somebody types and presses TAB."""

import os
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import plandoc

from .terminals import take_the_terminal

TAB = "\t"
SHELLS = ("bash", "zsh", "fish")
_SECONDS = 60
_STARTED = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source <(plandoc completion bash)"),
    "zsh": (["zsh", "-f", "-i"], "autoload -U compinit; compinit -u -D; source <(plandoc completion zsh)"),
    "fish": (["fish", "--no-config", "-i"], "plandoc completion fish | source"),
}


def is_there(shell):
    return os.name == "posix" and shutil.which(shell) is not None


class Shell:
    """Types command lines into a shell whose `plandoc` is the one that is tested."""

    def __init__(self, shell, folder):
        self._shell = shell
        self._folder = folder
        programs = folder / "bin"
        programs.mkdir()
        package = Path(plandoc.__file__).parents[1]
        program = programs / "plandoc"
        program.write_text(f'#!/bin/sh\nPYTHONPATH="{package}" exec "{sys.executable}" -m plandoc "$@"\n')
        program.chmod(0o755)
        self._environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}} | {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "TERM": "xterm",
        }

    def type(self, typed):
        """Type a command line into a new shell; return what the command printed, and all that was on the screen."""
        import pty
        import termios

        ours, theirs = pty.openpty()
        import fcntl

        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        command, prepare = _STARTED[self._shell]
        process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=self._folder, env=self._environment,
            start_new_session=True, preexec_fn=take_the_terminal,
        )  # fmt: skip
        os.close(theirs)
        try:
            self._until(ours, f"{prepare}; echo r''eady\r", "ready")
            screen = self._until(ours, f"{typed} >printed 2>&1; echo e''nded\r", "ended")
            return (self._folder / "printed").read_text("utf-8"), screen
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
            os.close(ours)

    def _until(self, terminal, typed, wanted):
        os.write(terminal, typed.encode())
        shown = ""
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end:
            if select.select([terminal], [], [], 1)[0]:
                shown += os.read(terminal, 65536).decode("utf-8", "replace")
                if re.search(rf"(?<!'){wanted}\r?\n", shown):
                    return shown
        raise TimeoutError(f"the shell did not answer; it showed: {shown}")
