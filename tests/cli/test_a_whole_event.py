"""A whole event by the command alone, from an empty folder to the copy for the next year."""

import json
import re
import shlex

import plandoc
from tests.cli.conftest import shown
from tests.docs.examples import REPOSITORY, blocks, commands, is_as_shown

TUTORIAL = REPOSITORY / "docs" / "tutorial.md"


def until_python():
    """The blocks of the tutorial before the first of Python."""
    for block in blocks(TUTORIAL):
        if block.language == "python":
            return
        yield block


def test_a_baker_needs_no_more_than_the_command(call, folder, tmp_path):
    said = {}
    for block in until_python():
        if block.language == "csv":
            (tmp_path / block.file).write_text(block.text, "utf-8")
            continue
        for command in commands(block.text):
            ended = call(*shlex.split(command.line)[1:])
            # The tutorial names the folder, also where a server replaces it.
            printed = (ended.out + ended.err).replace(shown(folder), folder.name)
            assert ended.status == command.status, command.line
            assert is_as_shown(command.expected or "...", printed), command.line
            said[command.line] = ended.out

    progress = json.loads(call("progress", "summer-fete", "--json").out)
    catalog = json.loads(call("good", "list", "--json").out)

    assert len(json.loads(call("recipe", "list", "--json").out)) == 6
    assert len(catalog) == 8
    assert any(part["finished_good_id"] for good in catalog for part in good["components"])
    assert progress["overall"] == "complete"
    assert [(one["made"], one["lost"]) for one in progress["units"]][0] == (160, 16)
    # The batch after the lost tray was not bought for.
    assert "not in the stock: " in said["plandoc bake summer-fete lemon-bar 5"]
    assert plandoc.check(folder) == []


def test_the_tutorial_says_where_python_begins_and_needs_none_before():
    languages = [block.language for block in blocks(TUTORIAL)]

    assert "python" not in languages[: languages.index("python")]
    assert re.search(r"^## With Python$", TUTORIAL.read_text("utf-8"), re.MULTILINE)
