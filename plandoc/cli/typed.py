"""What was typed for an event, a good and so on, so that the way out of a refusal can be pasted as it is."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from plandoc.cli.command_table import Call
from plandoc.cli.messages import as_said_here
from plandoc.errors import PlandocError

# The words in a way out, by the parameters of the commands that they mean.
_WORDS = {"event": "EVENT", "good": "GOOD", "unit": "UNIT", "run": "RUN", "quantity": "QUANTITY", "batches": "BATCHES"}
# So many are packed now; how many are wanted is another number.
_NOT_OF_PACK = frozenset({"QUANTITY"})


@contextmanager
def put_in(call: Call) -> Iterator[None]:
    """Say an error of a command in the command's words, with what was typed instead of EVENT and so on."""
    try:
        yield
    except PlandocError as error:
        error.args = (as_said_here(str(error), _typed_in(call)), *error.args[1:])
        raise


def _typed_in(call: Call) -> dict[str, str]:
    if not isinstance(call, partial):
        return {}
    given = inspect.signature(call.func).bind_partial(*call.args, **call.keywords).arguments
    words = {_WORDS[name]: str(value) for name, value in given.items() if name in _WORDS and value is not None}
    without = _NOT_OF_PACK if call.func.__name__ == "pack" else frozenset()
    return {word: shlex.quote(value) for word, value in words.items() if word not in without}
