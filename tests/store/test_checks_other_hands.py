"""A document that other hands have changed since plandoc wrote it: allowed, noted, and a finding for who asks for it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil

import attrs
import pytest

import plandoc
from plandoc.cli import main
from plandoc.errors import Problem
from plandoc.records import FinishedUnit
from tests.builders import a_plan, folder_bytes

NAMES = ["catalog.json", "stock.json", "events/1.json"]


@pytest.fixture(scope="module")
def good_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good") / "data"
    with plandoc.open_store(folder, create=True) as store:
        a_plan(store)
    return folder


@pytest.fixture
def folder(good_folder, tmp_path):
    return shutil.copytree(good_folder, tmp_path / "data")


def flip(path, old, new):
    content = path.read_bytes()
    assert content.count(old) >= 1
    path.write_bytes(content.replace(old, new, 1))


def noted(folder):
    assert plandoc.check(folder) == []
    return plandoc.check(folder, strict=True)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("catalog.json", b'"items_per_batch":24', b'"items_per_batch":25'),
        ("stock.json", b'"quantity":"5.5"', b'"quantity":"5.7"'),
        ("events/1.json", b'"quantity":10', b'"quantity":11'),
        ("events/1.json", b'"event_recipes":3', b'"event_recipes":9'),
    ],
)
def test_a_digit_that_is_another_in_a_closed_folder_is_noted_with_its_file_and_its_writer(folder, name, old, new):
    flip(folder / name, old, new)

    (problem,) = plandoc.check(folder, strict=True)
    assert problem.file == name
    assert problem.message == f"was changed by another program since plandoc {plandoc.__version__} wrote it"
    assert problem.hint


def test_nothing_is_noted_of_a_folder_that_plandoc_alone_has_changed(folder):
    assert noted(folder) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "touch",
    [
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: b"\xef\xbb\xbf" + content.rstrip(),
        lambda content: json.dumps(json.loads(content), indent=4).encode(),
    ],
    ids=["crlf", "bom", "indented"],
)
def test_white_space_that_an_editor_adds_is_not_a_change(folder, name, touch):
    (folder / name).write_bytes(touch((folder / name).read_bytes()))

    assert noted(folder) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_document_without_a_digest_was_written_by_other_hands(folder, name):
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(re.sub(rb',"written_by":"[^"]*","digest":"[^"]*"', b"", content))

    (problem,) = noted(folder)
    assert problem == Problem("was changed by another program since plandoc wrote it", file=name, hint=problem.hint)


def test_a_field_given_twice_is_noted_although_somebody_renewed_the_digest(folder):
    content = (folder / "stock.json").read_bytes().replace(b'"unit":', b'"unit":"kg","unit":', 1)
    unsealed = re.sub(rb',"digest":"[0-9a-f]{64}"', b"", content, count=1)
    seal = hashlib.sha256(unsealed).hexdigest().encode()
    (folder / "stock.json").write_bytes(re.sub(rb'"digest":"[0-9a-f]{64}"', b'"digest":"%b"' % seal, content, count=1))

    assert [problem.file for problem in noted(folder)] == ["stock.json"]


def test_an_edit_by_hand_is_taken_up_and_the_next_change_by_plandoc_makes_it_plandocs(folder):
    flip(folder / "catalog.json", b'"items_per_batch":24', b'"items_per_batch":25')
    with plandoc.open_store(folder) as store, store.session("rename") as session:
        unit = session.get(FinishedUnit, 1)
        session.replace(attrs.evolve(session.get(plandoc.Recipe, 2), name="Icing"))

    assert unit.items_per_batch == 25
    assert noted(folder) == []


def test_a_damaged_row_is_a_finding_beside_the_note(folder):
    flip(folder / "stock.json", b'"quantity":"5.5"', b'"quantity":"-5.5"')

    assert [problem.field for problem in plandoc.check(folder)] == ["quantity"]
    assert [problem.field for problem in plandoc.check(folder, strict=True)] == [None, "quantity"]


def test_a_repair_and_a_backup_leave_what_is_only_noted_alone(folder, tmp_path):
    flip(folder / "stock.json", b'"quantity":"5.5"', b'"quantity":"5.7"')
    before = folder_bytes(folder)
    report = plandoc.repair(folder)
    kept = plandoc.backup(folder, tmp_path / "kept.zip")

    assert (report.actions, report.remaining, kept.problems) == ((), (), ())
    assert folder_bytes(folder) == before


def run(folder, capsys, *words):
    status = main(["--data", str(folder), "check", *words])
    return status, capsys.readouterr().out


def test_the_command_notes_it_and_ends_well_but_not_when_it_is_asked_to_be_strict(folder, capsys):
    flip(folder / "stock.json", b'"quantity":"5.5"', b'"quantity":"5.7"')
    status, lenient = run(folder, capsys)
    strict_status, strict = run(folder, capsys, "--strict")

    assert (status, strict_status) == (0, 1)
    assert lenient.startswith("note: stock.json: was changed by another program since plandoc ")
    assert lenient.endswith(f"{folder}: nothing is wrong\n")
    assert strict.startswith("stock.json: was changed by another program since plandoc ")
    assert strict.endswith(f"{folder}: 1 found\n")


def test_as_json_there_are_findings_only(folder, capsys):
    flip(folder / "stock.json", b'"quantity":"5.5"', b'"quantity":"5.7"')
    status, lenient = run(folder, capsys, "--json")
    strict_status, strict = run(folder, capsys, "--json", "--strict")

    assert (status, json.loads(lenient)) == (0, [])
    assert (strict_status, [one["file"] for one in json.loads(strict)]) == (1, ["stock.json"])
