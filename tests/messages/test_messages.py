"""The words of the package in one file, so that a change of them is seen and reviewed as a diff."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.messages.collecting import every_message, messages_in

SNAPSHOT = Path(__file__).parent / "messages.txt"


def test_every_message_of_the_package_is_as_in_the_reviewed_snapshot(pytestconfig):
    found = every_message()
    if pytestconfig.getoption("renew_messages"):
        SNAPSHOT.write_text(found, "utf-8")

    assert found.splitlines() == SNAPSHOT.read_text("utf-8").splitlines(), (
        "the messages changed: run 'pytest tests/messages --renew-messages' and review the diff of messages.txt"
    )


@pytest.mark.parametrize(
    ("source", "messages"),
    [
        pytest.param('raise E("no such thing")', [("", "no such thing")], id="a plain string"),
        pytest.param('def f(x):\n    g(f"{x} is {len(x)} long")', [("f", "{x} is {len()} long")], id="values"),
        pytest.param(
            'class C:\n    def f(self):\n        m = ("one part "\n             f"and {self.it}")',
            [("C.f", "one part and {self.it}")],
            id="parts",
        ),
        pytest.param("f\"{n} {'is' if n == 1 else 'are'} left\"", [("", "{n} {'is' | 'are'} left")], id="a choice"),
        pytest.param('"""Two words."""\ndef f():\n    """Two words."""', [], id="docstrings"),
        pytest.param('re.compile("a b c ab cd")', [], id="a pattern"),
        pytest.param('row["event_id"] = "slug"', [], id="keys"),
    ],
)
def test_a_message_is_a_string_that_reads_as_words(source, messages):
    assert list(messages_in(source)) == messages
