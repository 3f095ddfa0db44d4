"""The standard streams: output errors are kept apart from errors of the data folder, and no file gets their descriptors."""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn, TextIO, cast


class OutputError(Exception):
    """Something could not be printed.

    Attributes:
        is_closed_pipe: Whether the reader of a pipe has closed it.
    """

    def __init__(self, error: OSError | ValueError) -> None:
        self.is_closed_pipe = isinstance(error, BrokenPipeError)
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        super().__init__(f"the output could not be written: {reason.lower()}")


@contextmanager
def _output_errors() -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise OutputError(error) from error


class _Output:
    """The standard output, whose errors are `OutputError`s; missing output also raises them."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream or _Nowhere()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        with _output_errors():
            return self._stream.write(text)

    def write_bytes(self, content: bytes) -> None:
        """Write text encoded as UTF-8, so that a pipe gets that encoding whatever the terminal uses."""
        self.flush()
        with _output_errors():
            if hasattr(self._stream, "buffer"):
                self._stream.buffer.write(content)
            else:
                self._stream.write(content.decode())

    def keep_line_ends(self) -> None:
        """Write line ends as they are from here on."""
        self.flush()
        if isinstance(self._stream, io.TextIOWrapper):
            self._stream.reconfigure(newline="")

    def flush(self) -> None:
        with _output_errors():
            self._stream.flush()


class _Nowhere(io.StringIO):
    """Replaces a missing standard output."""

    def write(self, _: str) -> NoReturn:
        raise OSError(errno.EBADF, "there is no standard output")


@contextmanager
def guarded() -> Iterator[None]:
    """Turn errors of the standard output into `OutputError`s, and let the streams take any character."""
    before = sys.stdout, sys.stderr
    out, err = (stream if _is_open(stream) else None for stream in before)
    _occupy_numbers()
    for stream in (out, err):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.stdout = cast("TextIO", _Output(out))
    # Python cannot prompt without an error stream.
    sys.stderr = err or io.StringIO()
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _is_open(stream: TextIO | None) -> bool:
    if stream is None or stream.closed:
        return False
    try:
        number = stream.fileno()
    except OSError:
        # Not a file, as in tests.
        return True
    return _is_taken(number)


def _is_taken(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def write_bytes(content: bytes) -> None:
    """Write text that is encoded as UTF-8 to the standard output."""
    cast("_Output", sys.stdout).write_bytes(content)


def begins_a_file() -> bool:
    """Return whether the standard output is a file in which nothing is yet."""
    sys.stdout.flush()
    try:
        found = os.fstat(sys.stdout.fileno())
    except OSError:
        # Not a file, as in tests.
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == 0


def keep_line_ends() -> None:
    """Write line ends to the standard output as they are from here on."""
    cast("_Output", sys.stdout).keep_line_ends()


def complain(text: str) -> None:
    """Write a message to the error stream; a missing or full one is not a reason to fail."""
    try:
        print(text, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        silence(sys.stderr)


def overwrite(text: str) -> None:
    """Write a text over the last line of the error stream that is not finished; a missing or full one is not a reason to fail."""
    try:
        sys.stderr.write(f"\r{text}")
        sys.stderr.flush()
    except (OSError, ValueError):
        silence(sys.stderr)


def silence(stream: Any) -> None:
    """Close off a stream that failed; otherwise the interpreter reports the same error again at exit."""
    with suppress(OSError, ValueError):
        number = stream.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)


def _occupy_numbers() -> None:
    """Keep files of the data folder off the descriptors of closed standard streams: other code writes to those blindly."""
    for number in (0, 1, 2):
        if not _is_taken(number):
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)
