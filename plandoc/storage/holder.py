"""Who holds the lock: the note that a holder leaves for those who wait, and how they read it."""

from __future__ import annotations

import datetime
import functools
import os
import sys
from typing import Any

import orjson

from plandoc.frozen import frozen
from plandoc.text.escaping import decoded

# The same size for every holder: overwritten in place, the file never needs new blocks, so writing it adds nothing to the
# commit's sync.
NOTE_SIZE = 512

_SHOWN = ("pid", "host", "since", "action")
_LONGEST_SHOWN = 80


@frozen
class Holder:
    """Who holds the lock, as far as known.

    Attributes:
        facts: What the holder left; empty when it left nothing that can be understood.
        timestamp: When somebody asked, for the age; None leaves the age out.
    """

    facts: dict[str, Any]
    timestamp: datetime.datetime | None = None

    @classmethod
    def from_note(cls, left: bytes, timestamp: datetime.datetime | None) -> Holder:
        """Return the holder that a note describes, whatever it contains; any program can have written it."""
        try:
            facts = orjson.loads(left)
        except orjson.JSONDecodeError:
            return cls({})
        sound = type(facts) is dict and all(key in facts for key in _SHOWN)
        return cls(facts if sound else {}, timestamp)

    def __str__(self) -> str:
        if not self.facts:
            return "an unidentified process"
        pid, host, since, action = (_shown(self.facts[key]) for key in _SHOWN)
        same = " (this very process)" if self.facts["pid"] == os.getpid() else ""
        command = f" ({_shown(self.facts['command'])})" if self.facts.get("command") else ""
        return f"process {pid}{same} on {host}, since {since}{self._age}: {action}{command}"

    @property
    def _age(self) -> str:
        try:
            age = self.timestamp - datetime.datetime.fromisoformat(self.facts["since"]) if self.timestamp else None
        except (TypeError, ValueError, OverflowError):
            age = None
        # The clocks of two machines may differ, and one may have been set back.
        if age is None or age < datetime.timedelta(0):
            return ""
        return f" ({str(age).partition('.')[0]} ago)"


def note(action: str, timestamp: datetime.datetime) -> bytes:
    """Return the note that this process leaves: what it is doing, and since when."""
    return _rendered({**_this_process(os.getpid()), "since": timestamp.isoformat(), "action": action})


def this_host() -> str:
    """Return this machine's name."""
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")


@functools.cache
def _this_process(pid: int) -> dict[str, Any]:
    """Return what identifies this process: the same for each lock that it takes."""
    command = " ".join(map(str, getattr(sys, "argv", ())))
    return {"pid": pid, "host": this_host(), "command": decoded(command)}


def _rendered(facts: dict[str, Any]) -> bytes:
    """Return the facts as JSON, with texts shortened if they would not fit or cannot be in JSON."""
    try:
        rendered = orjson.dumps(facts)
    except TypeError:
        rendered = b""
    for longest in (100, 40, 10):
        if rendered and len(rendered) < NOTE_SIZE:
            break
        rendered = orjson.dumps({name: _shortened(fact, longest) for name, fact in facts.items()})
    return rendered.ljust(NOTE_SIZE - 1) + b"\n"


def _shortened(fact: Any, longest: int) -> Any:
    return str(fact)[:longest].encode("utf-8", "backslashreplace").decode() if type(fact) is not int else fact


def _shown(fact: Any) -> str:
    """Return a fact as messages show it: short and on one line, because anybody could have written the file."""
    text = str(fact) if type(fact) in (str, int) else repr(fact)
    plain = text if text.isprintable() else ascii(text)[1:-1]
    return plain if len(plain) <= _LONGEST_SHOWN else f"{plain[:_LONGEST_SHOWN]}..."
