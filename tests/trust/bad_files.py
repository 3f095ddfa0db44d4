"""Files that are brought in or taken back and are no good: exports, hand-written tables, backups."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import plandoc
from tests.builders import a_plan
from tests.records.folders import Spoil
from tests.trust.bad_documents import CATALOG, a_socket, edited
from tests.trust.bad_edits import CONFLICT
from tests.trust.bad_inputs import (
    Call,
    Ended,
    Row,
    by_command,
    called,
    called_as_typed,
    command,
    every_document,
    in_session,
    library,
    nothing,
)

IMPORT = command("import", "x.json")
BY_THE_LIBRARY = in_session(lambda session: plandoc.import_file("x.json", session=session))
ON_FLOUR = "ingredient,quantity,unit\nflour,"


def beside(name: str, content: bytes | str) -> Spoil:
    """Put a file beside the data folder."""
    raw = content if isinstance(content, bytes) else content.encode()
    return lambda folder: folder.with_name(name).write_bytes(raw) and None


def exported(touch: Callable[[bytes], bytes]) -> Spoil:
    """Export the folder, and change the bytes of the export."""

    def spoil(folder: Path) -> None:
        file = folder.with_name("x.json")
        assert called(folder, "export", str(file)).status == 0
        before = file.read_bytes()
        file.write_bytes(touch(before))
        assert file.read_bytes() != before

    return spoil


def exported_with(change: Callable[[Any], object]) -> Spoil:
    def touch(content: bytes) -> bytes:
        export = json.loads(content)
        change(export)
        return json.dumps(export).encode()

    return exported(touch)


def of_export(name: str, spoil: Spoil, *says: str) -> Iterator[Row]:
    """An export that is refused whole, by the command and the library."""
    yield Row(0, name, IMPORT, says, 1, spoil, every_document, also=(BY_THE_LIBRARY,))


def of_table(name: str, table: str, content: bytes | str, *says: str, file: str = "x.csv") -> Row:
    """A hand-written file that is refused whole."""
    line = command(table, "import", file)
    return Row(0, name, line, ("nothing was imported", *says), 1, beside(file, content), every_document)


def a_backup(touch: Callable[[Path], object], name: str = "kept.zip") -> Spoil:
    """Make a backup, and do something to it."""

    def spoil(folder: Path) -> None:
        kept = folder.with_name(name)
        assert called(folder, "backup", str(kept)).status == 0
        touch(kept)

    return spoil


def bytes_of(touch: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    return lambda kept: kept.write_bytes(touch(kept.read_bytes()))


def packed_again(names: Callable[[str], str]) -> Callable[[Path], None]:
    def touch(kept: Path) -> None:
        with zipfile.ZipFile(kept) as archive:
            members = {names(name): archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)

    return touch


def of_backup(name: str, spoil: Spoil, *says: str, kept: str = "kept.zip") -> Iterator[Row]:
    """A backup that nothing is taken back from, and of which a check says why."""
    calls = (library(lambda _: _verified(kept)), command("repair", "--from", kept))
    yield Row(0, name, command("restore", kept, "--replace"), says, 1, spoil, also=calls)


def _verified(kept: str) -> object:
    problems = plandoc.verify_backup(kept)
    if problems:
        raise plandoc.errors.DamagedError(kept, problems)
    return "nothing is wrong"


def nested(kept: Path) -> None:
    away = kept.rename(kept.with_name("away"))
    kept.mkdir()
    away.rename(kept / kept.name)


def another_in_place_of(name: str, make: Callable[[Path], object]) -> Callable[[Path], None]:
    def touch(kept: Path) -> None:
        (kept / name).unlink()
        make(kept / name)

    return touch


def of_another_folder(folder: Path) -> None:
    other = folder.with_name("other")
    with plandoc.open_store(other, create=True) as store:
        a_plan(store)
    assert called(other, "backup", str(folder.with_name("kept.zip"))).status == 0


def and_then_a_change(folder: Path) -> None:
    a_backup(lambda _: None)(folder)
    assert called(folder, "event", "add", "Tea", "--date", "2027-01-01").status == 0


def with_somebody_s_letters(folder: Path) -> None:
    a_backup(lambda _: None)(folder)
    folder.with_name("home").mkdir()
    folder.with_name("home").joinpath("letter.txt").write_text("dear")


def restored_over(target: str, *more: str) -> Call:
    def call(folder: Path) -> Ended:
        before = {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()}
        ended = called_as_typed("--data", target, "restore", "kept.zip", *more)
        assert {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()} == before
        return ended

    return by_command(call)


NOT_AS_WRITTEN = "not a plandoc backup, or changed since plandoc wrote it: the digest at its end does not match"
NOT_IN_MANIFEST = "its content does not match the manifest (use another backup)"
NO_NUMBER = "x.csv:2, quantity: wanted a number, found "
ONCE_MORE = "export it again"

FILES: tuple[Row, ...] = (
    # Exports.
    *of_export("an export that is empty", beside("x.json", b""), "x.json: the file is empty", ONCE_MORE),
    *of_export("an export that was cut off", exported(lambda found: found[: len(found) // 2]), "x.json:", ONCE_MORE),
    *of_export("an export without its last byte", exported(lambda found: found.rstrip()[:-1]), "x.json:", "wanted a comma or a closing bracket"),
    *of_export("an export that is there twice", exported(lambda found: found * 2), "wanted the end of the file after the first JSON value"),
    *of_export("an export that is compressed", exported(gzip.compress), "x.json: wanted JSON, found a compressed file"),
    *of_export("an export in UTF-16", exported(lambda found: found.decode().encode("utf-16")), "x.json: not UTF-8: byte 0xff at offset 0"),
    *of_export("an export in Latin-1", exported(lambda found: found.replace(b"Flour", b"Fl\xf6ur")), "x.json: not UTF-8: byte 0xf6"),
    *of_export("an export with the marks of a merge", exported(lambda found: found.replace(b"\n", b"\n<<<<<<< HEAD\n", 1)), "x.json:2: ", *CONFLICT),
    *of_export("an export that is the page of a server that failed", beside("x.json", b"<html>502</html>"), "x.json: wanted JSON, found a web page"),
    *of_export("an export that is a list", beside("x.json", b"[]"), "x.json:1: column 1: wanted one JSON object"),
    *of_export("an export that is a table", beside("x.json", b"name,category\nRye,Baking\n"), "x.json: wanted an export, found a table of ingredients"),
    *of_export("an export of nobody", beside("x.json", b"{}"), "x.json: wanted an export of plandoc or bake-tracker", "found an object that names no application"),
    *of_export("an export of another program", exported_with(lambda export: export.update(application="excel")), "wanted an export of plandoc or bake-tracker, found one of 'excel'"),
    *of_export("an export of a newer plandoc", exported_with(lambda export: export.update(export_version="99.0")), "99.0"),
    *of_export("an export with a table that nobody knows", exported_with(lambda export: export.update(cakes=[])), "cakes, the whole table: ", "unknown; known are application"),
    *of_export("an export with a table that is none", exported_with(lambda export: export.update(ingredients={})), "ingredients, the whole table: ", "wanted a list, found {}"),
    *of_export("an export with a row that is null", exported_with(lambda export: export["ingredients"].append(None)), "ingredients, row 4: ", "slug: wanted text, found None"),
    *of_export("an export with a row twice", exported_with(lambda export: export["ingredients"].append(export["ingredients"][0])), "ingredients, butter: ", "slug: occurs twice, also in row 1"),
    *of_export("an export with a key twice", exported(lambda found: found.replace(b'"slug":"flour"', b'"slug":"flour","slug":"rye"')), "duplicate key 'slug'"),
    *of_export("an export with a slug that leads away", exported_with(lambda export: export["ingredients"][0].update(slug="../x")), "ingredients, row 1: ", "slug: wanted a slug"),
    *of_export("an export with a quantity below zero", exported_with(lambda export: export["recipes"][0]["lines"][0].update(quantity="-2")), "chocolate-chip-cookies: ", "lines[0].quantity: wanted a number in quotes"),
    *of_export("an export with a quantity of 1E+400", exported_with(lambda export: export["recipes"][0]["lines"][0].update(quantity="1E+400")), "lines[0].quantity: wanted a number in quotes", "found '1E+400'"),
    *of_export("an export that differs from what is there", exported_with(lambda export: export["ingredients"][0].update(category="Other")), "ingredients, butter: ", "already there and differs in category"),
    *of_export("an export that is a folder", lambda folder: folder.with_name("x.json").mkdir(), "x.json: wanted a file, found a folder"),
    *of_export("an export that is a pipe", lambda folder: os.mkfifo(folder.with_name("x.json")), "wanted a plain file, found a pipe"),
    *of_export("an export that is a socket", lambda folder: a_socket(folder.with_name("x.json")), "wanted a plain file, found a socket"),
    *of_export("an export that is a link to nothing", lambda folder: folder.with_name("x.json").symlink_to("nothing"), "nothing: no such file or directory"),
    *of_export("an export that is a link to itself", lambda folder: folder.with_name("x.json").symlink_to("x.json"), "found a symbolic link"),
    *of_export("an export that is a document", lambda folder: shutil.copy(folder / CATALOG, folder.with_name("x.json")) and None, "x.json: wanted an export of plandoc or bake-tracker, found a document of a data folder"),
    *of_export("an export that is a backup", lambda folder: a_backup(lambda kept: kept.rename(kept.with_name("x.json")))(folder), "x.json: wanted JSON, found a ZIP archive", "a backup is restored with"),
    Row(0, "an export with a byte order mark", command("import", "x.json", "--dry-run"), ("skipped",), 0, exported(lambda found: b"\xef\xbb\xbf" + found), every_document),
    Row(0, "an export with CR LF", command("import", "x.json", "--dry-run"), ("skipped",), 0, exported(lambda found: found.replace(b"\n", b"\r\n")), every_document),
    # Hand-written tables.
    of_table("a table that is empty", "ingredient", "", "x.csv: the file is empty (write a line with the names of the columns"),
    Row(0, "a table with a column that nobody knows", command("ingredient", "import", "x.csv", "--strict-columns"), ("x.csv:1: ", "'colour'"), 1, beside("x.csv", "name,colour\nRye,red\n"), every_document),
    Row(0, "a table with a column that nobody knows, left out", command("ingredient", "import", "x.csv"), ("note: left out, because plandoc has no such column: 'colour'",), 0, beside("x.csv", "name,colour\nRye,red\n"), keeps=nothing),
    of_table("a table without headings", "ingredient", "Rye,Baking\n", "x.csv:1: the column name is missing (the first line names the columns: name, category"),
    of_table("a table with a heading twice", "ingredient", "name,Name\nRye,Rye\n", "x.csv:1: the column name occurs twice"),
    of_table("a table with a heading that nobody sees", "ingredient", "\u200bname,category\nRye,Baking\n", r"x.csv:1: '\u200bname' is not a part of an ingredient (did you mean 'name'?)"),
    of_table("a table whose quotation mark is not closed", "ingredient", 'name,category\n"Rye,Baking\n', "x.csv:2: this is not CSV", "close every quotation mark"),
    of_table("a table with text behind a quotation mark", "ingredient", 'name,category\n"Rye"dark,Baking\n', "x.csv:2: this is not CSV", "close every quotation mark"),
    of_table("a table with commas under a heading of semicolons", "ingredient", "name;category\nRye,Baking\n", "x.csv:2: wanted semicolons between the columns as in the first line, found 'Rye,Baking'"),
    of_table("a table with semicolons under a heading of commas", "ingredient", "name,category\nRye;Baking\n", "x.csv:2: wanted commas between the columns as in the first line, found 'Rye;Baking'"),
    of_table("a table of tabs", "ingredient", "name\tcategory\nRye\tBaking\n", "x.csv:1: wanted commas or semicolons, found tabs"),
    of_table("a table of vertical lines", "ingredient", "name|category\nRye|Baking\n", "x.csv:1: the column name is missing (the first line names the columns: name, category"),
    of_table("a table with 100 000 headings", "ingredient", ",".join(["name"] * 100_000), "x.csv:1: the column name occurs twice", "more than 1000 problems were found"),
    of_table("a table with 100 000 cells in a row", "ingredient", "name\n" + "," * 100_000 + "x\n", "x.csv:2: wanted no more than the columns of the first line"),
    of_table("a table of a million lines", "ingredient", "name\n" + "\n" * 1_000_000, "x.csv: wanted at most 500000 lines, found 1000001"),
    of_table("a table in UTF-16", "ingredient", "name\nRye\n".encode("utf-16"), "x.csv: wanted UTF-8, found UTF-16 (save it as 'CSV UTF-8'"),
    of_table("a table in UTF-16 without its mark", "ingredient", "name\nRye\n".encode("utf-16-le"), "x.csv: wanted a text file, found one with NUL bytes"),
    of_table("a table in Latin-1", "ingredient", "name\nBr\u00f6tchen\n".encode("latin-1"), "x.csv:2: wanted UTF-8, found the byte 0xf6"),
    of_table("a table of a spreadsheet program", "ingredient", b"PK\x03\x04...", "x.csv: wanted a text file, found the file of a spreadsheet program"),
    of_table("a table that says another separator than it has", "ingredient", "sep=;\nname,category\nRye,Baking\n", "x.csv:2: the column name is missing (the first line names the columns: name, category"),
    of_table("a table with a comment", "ingredient", "# my list\nname\nRye\n", "x.csv:1: the column name is missing (the first line names the columns: name, category"),
    of_table("a table with the marks of a merge", "ingredient", "name\n<<<<<<< HEAD\nRye\n=======\nSpelt\n>>>>>>> x\n", "x.csv:2: ", *CONFLICT),
    of_table("a table with a name twice", "ingredient", "name,category\nRye,A\nRye,B\n", "x.csv:3, name: 'Rye' occurs twice, first on line 2"),
    of_table("a table with a name of 201 characters", "ingredient", f"name\n{'x' * 201}\n", "x.csv:2, name: wanted at most 200 characters, found 201"),
    of_table("stock below zero in a table", "stock", ON_FLOUR + "-1,kg\n", "x.csv:2, quantity: wanted zero or more, found -1"),
    of_table("stock of 1E+400 in a table", "stock", ON_FLOUR + "1E+400,kg\n", "x.csv:2, quantity: wanted at most 12 digits before and after the point"),
    of_table("stock with two separators in a table", "stock", "ingredient;quantity;unit\nflour;1.000,5;kg\n", "wanted a number without separators between its thousands, found '1.000,5'"),
    of_table("stock in another script in a table", "stock", ON_FLOUR + "\u0667,kg\n", NO_NUMBER),
    of_table("stock that is not a number in a table", "stock", ON_FLOUR + "nan,kg\n", NO_NUMBER + "'nan'"),
    of_table("stock that a spreadsheet made a day", "stock", ON_FLOUR + "01.Feb,kg\n", NO_NUMBER + "'01.Feb'"),
    of_table("stock of something twice in a table", "stock", ON_FLOUR + "1,kg\nflour,2,kg\n", "x.csv:3, ingredient: 'flour' occurs twice, first on line 2"),
    of_table("stock of what there is not in a table", "stock", "ingredient,quantity,unit\nrye,1,kg\n", "x.csv:2, ingredient: there is no ingredient 'rye'"),
    of_table("a recipe in itself in a table", "recipe", "recipe,sub_recipe,quantity\nA,A,1\n", "x.csv:2: 'A' contains itself: 'A' -> 'A'"),
    of_table("a recipe of nothing known in a table", "recipe", "recipe,ingredient,quantity,unit\nA,nothing,1,cup\n", "x.csv:2, ingredient: there is no ingredient 'nothing'"),
    of_table("a recipe that makes 120 per cent in a table", "recipe", "recipe,ingredient,quantity,unit,makes\nA,flour,1,cup,120%\n", "makes: wanted at most 100, found 120"),
    of_table("goods in a circle in a table", "good", "good,component,quantity\nX,Y,1\nY,X,1\n", "'X' contains itself: 'X' -> 'Y' -> 'X'"),
    of_table("a good with a division by zero in a table", "good", "good,component,quantity\nX,cookie,1/0\n", "wanted a fraction of a number above 0, found " + "'1/0'"),
    of_table("one object instead of a list", "ingredient", '{"name":"Rye"}', "x.json:1: wanted a list of objects, one for each ingredient (put it between [ and ])", file="x.json"),
    of_table("a key twice in a list", "ingredient", '[{"name":"Rye","name":"Spelt"}]', "x.json:1: the key name occurs twice", file="x.json"),
    of_table("a list that was cut off", "ingredient", '[{"name":"Rye"', "x.json:1: this is not JSON", file="x.json"),
    of_table("a list nested without end", "ingredient", "[" * 100_000, "lists and objects are nested too deep", file="x.json"),
    of_table("a list with half a surrogate pair", "ingredient", '[{"name":"\\ud800"}]', "x.json:1: holds half a surrogate pair", file="x.json"),
    of_table("a list with a comma too many", "ingredient", '[{"name":"Rye"},]', "x.json:1: this is not JSON: wanted a value", file="x.json"),
    of_table("a list with a name that is true", "ingredient", '[{"name":true}]', "x.json:1, name: wanted text or a number, found true or false", file="x.json"),
    of_table("a list with nothing in it", "ingredient", "[null]", "x.json:1: wanted an object for each ingredient, found nothing", file="x.json"),
    # Backups.
    *of_backup("a backup that was cut off", a_backup(bytes_of(lambda found: found[: len(found) // 2])), NOT_AS_WRITTEN),
    *of_backup("a backup without its last byte", a_backup(bytes_of(lambda found: found[:-1])), NOT_AS_WRITTEN),
    *of_backup("a backup with a byte too many", a_backup(bytes_of(lambda found: found + b"\n")), NOT_AS_WRITTEN),
    *of_backup("a backup with one bit turned", a_backup(bytes_of(lambda found: found[:500] + bytes([found[500] ^ 1]) + found[501:])), NOT_AS_WRITTEN),
    *of_backup("a backup that was sent as text", a_backup(bytes_of(lambda found: found.replace(b"\n", b"\r\n"))), NOT_AS_WRITTEN),
    *of_backup("a backup that is empty", a_backup(bytes_of(lambda _: b"")), NOT_AS_WRITTEN, "use another backup"),
    *of_backup("a backup that is a text", a_backup(bytes_of(lambda _: b"Monday")), NOT_AS_WRITTEN),
    *of_backup("a backup of another kind of archive", a_backup(bytes_of(lambda _: b"\x1f\x8b\x08\0")), NOT_AS_WRITTEN),
    *of_backup("a backup that was packed again", a_backup(packed_again(lambda name: name)), NOT_AS_WRITTEN, "unpack it and name the folder"),
    *of_backup("a backup that was packed again a folder deeper", a_backup(packed_again(lambda name: f"data/{name}")), NOT_AS_WRITTEN),
    *of_backup("a backup that is a pipe", lambda folder: os.mkfifo(folder.with_name("kept.zip")), "kept.zip: wanted a plain file, found a pipe"),
    *of_backup("a backup that never ends", lambda folder: folder.with_name("kept.zip").symlink_to("/dev/zero"), "wanted a plain file, found a device"),
    *of_backup("an unpacked backup of which a document was edited", a_backup(edited("events/1.json", lambda tables: tables["events"]["1"].update(notes="x")), "kept"), f"events/1.json: {NOT_IN_MANIFEST}", kept="kept"),
    *of_backup("an unpacked backup with other line ends", a_backup(lambda kept: (kept / CATALOG).write_bytes((kept / CATALOG).read_bytes().replace(b"\n", b"\r\n")), "kept"), f"catalog.json: {NOT_IN_MANIFEST}", kept="kept"),
    *of_backup("an unpacked backup that lost a document", a_backup(lambda kept: (kept / "events/2.json").unlink(), "kept"), "events/2.json: listed in the manifest but missing", kept="kept"),
    *of_backup("an unpacked backup with a document too many", a_backup(lambda kept: shutil.copy(kept / "events/2.json", kept / "events/9.json"), "kept"), f"events/9.json: {NOT_IN_MANIFEST}", kept="kept"),
    *of_backup("an unpacked backup that somebody worked in", a_backup(lambda kept: called(kept, "event", "add", "Tea", "--date", "2027-01-01"), "kept"), f"plandoc.json: {NOT_IN_MANIFEST}", kept="kept"),
    *of_backup("an unpacked backup without its manifest", a_backup(lambda kept: (kept / "backup.json").unlink(), "kept"), "is not a backup: backup.json is missing", kept="kept"),
    *of_backup("an unpacked backup with an empty manifest", a_backup(lambda kept: (kept / "backup.json").write_bytes(b""), "kept"), "backup.json: the file is empty", kept="kept"),
    *of_backup("an unpacked backup with an edited manifest", a_backup(edited("backup.json", lambda manifest: manifest.update(serial=99)), "kept"), "backup.json: it does not match its own digest", kept="kept"),
    *of_backup("an unpacked backup with a manifest that is a list", a_backup(lambda kept: (kept / "backup.json").write_bytes(b"[]"), "kept"), "backup.json:1: column 1: wanted one JSON object", kept="kept"),
    *of_backup("an unpacked backup with a link in it", a_backup(another_in_place_of("events/2.json", lambda path: path.symlink_to("/etc/hostname")), "kept"), "events/2.json: wanted a plain file, found a symbolic link", kept="kept"),
    *of_backup("an unpacked backup with a pipe in it", a_backup(another_in_place_of("events/2.json", os.mkfifo), "kept"), "events/2.json: wanted a plain file, found a pipe", kept="kept"),
    *of_backup("an unpacked backup a folder deeper", a_backup(nested, "kept"), "is not a backup: backup.json is missing", kept="kept"),
    Row(0, "a backup under another name", command("restore", "kept.txt", "--replace"), ("restored",), 0, a_backup(lambda kept: kept.rename(kept.with_name("kept.txt"))), nothing),
    Row(0, "a backup of another folder, restored", command("restore", "kept.zip", "--replace"), ("the backup was made of another data folder", "--allow-other-folder"), 1, of_another_folder),
    Row(0, "a backup of another folder, repaired from", command("repair", "--from", "kept.zip"), ("the backup was made of another folder", "--allow-other-folder"), 1, of_another_folder),
    Row(0, "a backup that is older than the folder", command("restore", "kept.zip", "--replace"), ("later changes would be lost", "--allow-older"), 1, and_then_a_change),
    Row(0, "a backup restored over a folder without a word", command("restore", "kept.zip"), ("is already a data folder", "--replace"), 1, a_backup(lambda _: None)),
    Row(0, "a backup restored over itself", restored_over("kept.zip"), ("kept.zip is not a folder",), 1, a_backup(lambda _: None)),
    Row(0, "a backup restored into the folder of events", restored_over("data/events", "--replace"), ("holds files but is not a plandoc data folder",), 1, a_backup(lambda _: None)),
    Row(0, "a backup restored over somebody's letters", restored_over("home", "--replace"), ("home holds files but is not a plandoc data folder",), 1, with_somebody_s_letters),
    Row(0, "a backup restored below a file", restored_over("kept.zip/x"), ("there is no folder",), 1, a_backup(lambda _: None)),
    Row(0, "a backup into the folder itself", command("backup", "data/kept.zip"), ("is inside the data folder", "choose a place outside it")),
    Row(0, "a backup over what is there", command("backup", "x.csv"), ("x.csv already exists", "a backup never overwrites"), 1, beside("x.csv", "x")),
    Row(0, "a backup to a folder that is not there", command("backup", "nowhere/kept.zip"), ("there is no folder", "create it first")),
    Row(0, "several backups in the name of one", command("backup", "kept.zip", "--keep", "2"), ("wanted a folder for several backups, found the name of an archive",)),
    Row(0, "no backups to keep", command("backup", "kept", "--keep", "0"), ("wanted the number of backups to keep, at least 1, found 0",)),
)  # fmt: skip
