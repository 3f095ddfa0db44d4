"""The page of bad inputs, made from the tables that the tests run: `python -m tests.trust.bad_inputs_page` writes it anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.trust.bad_inputs import Row, Way
from tests.trust.processes import ROOT

PAGE = ROOT / "docs/bad-inputs.md"

# The list of bad inputs: what each is, and what plandoc answers.
LIST: tuple[tuple[str, str], ...] = (
    ("a document of 0 bytes", 'refused: "the file is empty; a document never is"; never taken for a new one'),
    ("a document that is `null`, a list or a number", "refused with line and column"),
    ("JSON that was cut off", "refused with line and column; the command that restores the document from a backup is named"),
    ("something behind the end, a comma too many", "refused with line and column"),
    ("a file of NUL bytes", 'refused: "it looks like a lost write"'),
    ("a key twice in one object", "refused by the name of the key"),
    ("`NaN`, `Infinity`, `1e999`", "refused with line and column"),
    ("an integer of 5 000 digits", "refused as out of range"),
    ("nesting 100 000 deep", "refused as nested too deep"),
    ("a byte order mark", "read; gone from what is next written"),
    ("CR LF", "read; gone from what is next written"),
    ("another encoding", "refused: not UTF-8, with the byte and its place"),
    ("a byte that is not UTF-8", "refused with the byte and its place"),
    ("half a surrogate pair", "refused in reading and in writing"),
    ("control characters", "taken in texts, and spelled out where they are shown; refused in slugs"),
    ("an unknown field or table", "refused by name, with the nearest known one"),
    ("a missing field", "refused by file, table, row and field"),
    ("`null` for text", "refused by file, table, row and field"),
    ("a number for text", "refused by file, table, row and field"),
    ("text for a whole number, digits of another script", "refused; nothing is converted"),
    ("a fraction or `true` for a whole number", "refused; nothing is converted"),
    ("a wrong state, or one in capital letters", "refused with those that there are"),
    ("quantities of zero, below zero, of 10^18", "refused in reading and in writing"),
    ("0.1 + 0.2", "exact as a decimal number; a binary float is refused"),
    ("30 February, 24:00, a time without its offset", "refused with a good one"),
    ("an id twice", "refused, or found by the check with both places"),
    ("an id that is not a whole number above 0", "refused by table"),
    ("a snapshot without its event, or of another", "refused by file and table"),
    ("a started plan without a snapshot", "read; found by the check; not started again"),
    ("two snapshots of an event", "found by the check, with both rows"),
    ("recipes in a circle", "refused, or found by the check, with the way round"),
    ("a newer format", "refused with both numbers and how to upgrade; nothing is written"),
    ("an older format", "read as it is; a backup is made before the first change in the new one"),
    ("a format that is missing, text or below 1", "refused"),
    ("files of two folders in one", 'refused: "belongs to another folder", or by the name that the file gives itself'),
    ("a document of an earlier time", "found by the check where references or counters show it"),
    ("no folder, a file for a folder, no marker, no catalog", "refused by path; made only by `plandoc init`, and not over documents"),
    ("a folder, pipe or socket in the place of a document", 'refused: "wanted a plain file"; nothing waits'),
    ("a link in the place of a document", "refused: never read or written through"),
    ("the folder through a link", "works, with the same lock"),
    ("a document with a second name", "works; the other name keeps the old content"),
    ("a folder that may only be read", "read; refused to writers before anything is made"),
    ("a document that may only be read", 'refused: "give it write permission"; not saved'),
    ("a folder that may not be listed or entered", "refused with the path: permission denied"),
    ("a full disk", "not saved, and said so; works when there is room again"),
    ("a limit of the size of files", "not saved, and said so; the process goes on"),
    ("a document that cannot be read", "refused: input/output error; never taken as absent"),
    ("no more open files", "not saved, and said so; works when there are some again"),
    ("a lock that is held", "waits, then says who has it and what for"),
    ("a lock of a process that died", "taken at once"),
    ("a lock file taken away while it is held", "nothing is saved, and said so"),
    ("a lock that is a folder, link or pipe", "refused: never followed or cut off"),
    ("threads, processes and sessions inside each other", "one writes at a time; a session within a session is refused"),
    ("unfinished files of a crash", "not read; swept by the next writer; files of others stay"),
    ("files of other programs, second versions of a document", "left alone; second versions are found by the check"),
    ("a document edited during a change", "`ConflictError`; nothing is lost"),
    ("a folder moved during a change", "refused; not made anew in the old place"),
    ("names and slugs that lead out of the folder", "refused as slugs; as names they are only text"),
    ("names that differ by case or form", "one rule for slugs; a number is added"),
    ("clocks that go backwards, 1970, 9999", "order and ids do not depend on them"),
    ("two changes of one moment", "both are kept"),
    ("a start of what has started", "`PlanStateError`; not a byte changes"),
    ("what changes after it was given, what is no JSON", "stored as it was given; refused before a byte is written"),
    ("an interruption, SIGTERM", "all or nothing; the lock is free"),
    ("20 000 events in 100 megabytes", "works (by hand: `-m slow`)"),
    ("a locale without umlauts", "the same bytes"),
    ("a file system without locks", 'refused: "use a local disk"; not saved'),
    ("folders that cannot be synced, or fail to be", "a warning where it cannot be; an error where it failed"),
)  # fmt: skip


def page(tried: Sequence[Row], kinds: Mapping[str, Iterable[Row]]) -> str:
    """Return the page.

    Args:
        tried: The cases of the list, and others beside them.
        kinds: Those that are not in the list.
    """
    others = {"beside the list": [row for row in tried if row.number == 0]}
    return "\n".join([*_head(), *_list(tried), *_more({**kinds, **others})]) + "\n"


def _head() -> Iterator[str]:
    yield "# Bad inputs"
    yield ""
    yield "How plandoc answers bad files, values and surroundings. Each input of the list is tried by the library *and* by the command. A refusal is"
    yield "held against the class of the error; a message with file, table, row and field where they are known, and the way out; an exit status that"
    yield "is not 0; no traceback, and nothing that steers a terminal; every byte as before, and every mode and time where something only reads; and"
    yield "that nothing waits."
    yield ""
    yield "```sh"
    yield "pytest tests/trust/test_bad_inputs.py -k '38'      # a number of the list, or a word of a name"
    yield "pytest tests/trust/test_more_bad_inputs.py"
    yield "```"
    yield ""
    yield "This page is made from the tables that these tests run, by `python -m tests.trust.bad_inputs_page`; a test compares the two."


def _list(tried: Sequence[Row]) -> Iterator[str]:
    yield from (
        "",
        "## The list",
        "",
        "| # | input | answer | library | command | cases |",
        "|---|---|---|---|---|---|",
    )
    for number, (what, answer) in enumerate(LIST, start=1):
        rows = [row for row in tried if row.number == number]
        by_library, by_command = (_calls(rows, way) for way in Way)
        cases = "; ".join(dict.fromkeys(row.name for row in rows if not row.name.endswith(_FURTHER)))
        yield f"| {number} | {what} | {answer} | {by_library} | {by_command} | {_plain(cases)} |"


# The same inputs once more, in other calls.
_FURTHER = (", checked", ", written", ", written by the command", ", by the command", ", by the library")


def _more(kinds: Mapping[str, Iterable[Row]]) -> Iterator[str]:
    yield from ("", "## Not in the list")
    yield from ("", "What people do by hand, what programs do to files, and what is typed.")
    for kind, rows in kinds.items():
        names = dict.fromkeys(row.name for row in rows)
        yield from ("", f"**{kind[0].upper()}{kind[1:]}** ({len(names)}): {_plain('; '.join(names))}.")


def _calls(rows: Iterable[Row], way: Way) -> int:
    return sum(call.way is way for row in rows for call in row.calls)


def _plain(text: str) -> str:
    # Nothing of what is odd in a name is to do anything on the page.
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;").replace("_", "\\_")


if __name__ == "__main__":
    from tests.trust.test_bad_inputs import ROWS
    from tests.trust.test_more_bad_inputs import KINDS

    PAGE.write_text(page(ROWS, KINDS), "utf-8")
