from __future__ import annotations

import hashlib
import json
import re

import pytest
import tinydb
from hypothesis import given, settings
from hypothesis import strategies as st

import plandoc
from plandoc.engine.document import DocumentSession
from plandoc.errors import DamagedError, NewerFormatError
from plandoc.storage import documents, marker
from tests.effort import examples
from tests.strategies import JSON_OBJECTS, NAMES

NAME = "catalog.json"
STOCK = "stock.json"
LINEAGE = "11111111-2222-3333-4444-555555555555"
TABLES = {
    "ingredients": {"1": {"name": "Flour", "notes": "Ö"}, "2": {"name": "Sugar", "notes": ""}},
    "recipes": {"10": {"name": "Cake", "lines": [{"quantity": "0.67"}]}, "9": {"name": "Bread", "lines": []}},
}
CONTENT = documents.render(NAME, LINEAGE, {"recipes": 11, "ingredients": 3}, TABLES)
TEXT = CONTENT.decode()
DIGEST = hashlib.sha256(re.sub(rb',"digest":"[0-9a-f]{64}"', b"", CONTENT)).hexdigest()


def test_a_document_has_one_record_a_line_in_a_fixed_order_and_a_newline_at_its_end():
    assert TEXT == (
        "{\n"
        ' "_plandoc": {\n'
        f'  "1": {{"format":2,"needs":"0.2.0","document":"catalog.json","lineage":"{LINEAGE}",'
        f'"next_ids":{{"ingredients":3,"recipes":11}},"written_by":"{plandoc.__version__}","digest":"{DIGEST}"}}\n'
        " },\n"
        ' "ingredients": {\n'
        '  "1": {"name":"Flour","notes":"Ö"},\n'
        '  "2": {"name":"Sugar","notes":""}\n'
        " },\n"
        ' "recipes": {\n'
        '  "9": {"name":"Bread","lines":[]},\n'
        '  "10": {"name":"Cake","lines":[{"quantity":"0.67"}]}\n'
        " }\n"
        "}\n"
    )


def test_a_document_reads_back_as_it_was_and_gives_the_same_bytes():
    read = documents.parse(NAME, CONTENT)

    assert read.tables == TABLES
    assert (read.format, read.store_id, read.next_ids) == (2, LINEAGE, {"ingredients": 3, "recipes": 11})
    assert documents.render(NAME, read.store_id, read.next_ids, read.tables) == CONTENT
    assert not read.lines


@pytest.mark.parametrize(
    "touch",
    [
        lambda content: content.replace(b"0.67", b"0.97"),
        lambda content: content.replace(b'"recipes":11', b'"recipes":71'),
        lambda content: content.replace(b'"9": {', b'"8": {'),
        lambda content: re.sub(rb',"digest":"[^"]*"', b"", content),
        lambda content: re.sub(rb'"digest":"[^"]*"', b'"digest":"unknown"', content),
        lambda content: re.sub(rb'"written_by":"[^"]*"', b'"written_by":"9"', content),
    ],
    ids=["a digit of a row", "a digit of a count", "an id", "no digest", "no digest of ours", "another writer"],
)
def test_a_document_in_which_one_character_is_another_is_not_as_plandoc_wrote_it(touch):
    touched = documents.parse(NAME, touch(CONTENT))

    assert touch(CONTENT) != CONTENT
    assert not documents.is_as_written(touched)


def test_white_space_and_line_ends_do_not_make_a_document_another():
    touched = (
        CONTENT.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + CONTENT.rstrip(),
        json.dumps(json.loads(CONTENT), indent=4),
    )

    assert documents.is_as_written(documents.parse(NAME, CONTENT))
    for content in touched:
        content = content if isinstance(content, bytes) else content.encode()
        assert documents.is_as_written(documents.parse(NAME, content))


def test_of_a_document_of_format_1_nobody_can_tell():
    assert documents.is_as_written(documents.parse(NAME, with_about()))


def test_a_table_without_rows_is_left_out():
    assert b"recipes" not in documents.render(NAME, LINEAGE, {}, {"recipes": {}})


@given(st.dictionaries(st.integers(1, 10**15).map(str), st.fixed_dictionaries({"name": NAMES, "more": JSON_OBJECTS})))
@settings(max_examples=examples(50), deadline=None)
def test_every_document_is_read_alike_by_plandoc_its_careful_reader_and_plain_json(rows):
    content = documents.render(NAME, LINEAGE, {}, {"recipes": rows})
    spaced = json.dumps(json.loads(content), indent=3).encode()
    wanted = {"recipes": rows} if rows else {}

    assert documents.parse(NAME, content).tables == wanted
    assert documents.parse(NAME, spaced).tables == wanted
    assert json.loads(content).get("recipes", {}) == rows


def test_plain_tinydb_reads_what_plandoc_wrote(tmp_path):
    (tmp_path / NAME).write_bytes(CONTENT)
    with tinydb.TinyDB(tmp_path / NAME, encoding="utf-8") as database:
        recipes = database.table("recipes").all()
        flour = database.table("ingredients").get(tinydb.where("name") == "Flour")

    assert [(row.doc_id, row["name"]) for row in recipes] == [(9, "Bread"), (10, "Cake")]
    assert flour == {"name": "Flour", "notes": "Ö"}


def test_plandoc_reads_what_plain_tinydb_wrote_and_puts_it_into_its_own_form_again(tmp_path):
    (tmp_path / NAME).write_bytes(CONTENT)
    with tinydb.TinyDB(tmp_path / NAME, encoding="utf-8") as database:
        database.table("recipes").update({"name": "Rye"}, doc_ids=[9])
    written = (tmp_path / NAME).read_bytes()
    read = documents.parse(NAME, written)

    assert b"\n" not in written, "TinyDB writes one line"
    assert read.tables["recipes"]["9"] == {"name": "Rye", "lines": []}
    assert set(read.lines.values()) == {1}
    again = documents.render(NAME, read.store_id, read.next_ids, read.tables)
    assert again.splitlines()[3:] == CONTENT.replace(b"Bread", b"Rye").splitlines()[3:]
    assert not documents.is_as_written(read)
    assert documents.is_as_written(documents.parse(NAME, again))


@pytest.mark.parametrize(
    "content",
    [
        CONTENT.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + CONTENT,
        b"\xef\xbb\xbf" + CONTENT.replace(b"\n", b"\r\n"),
        CONTENT.rstrip(),
        CONTENT + b"\n\n",
        CONTENT.replace(b"\n", b""),
        json.dumps(json.loads(CONTENT), indent=4).encode(),
        json.dumps(json.loads(CONTENT), ensure_ascii=True).encode(),
    ],
    ids=["crlf", "bom", "bom-crlf", "no-newline", "more-newlines", "one-line", "indented", "ascii"],
)
def test_what_an_editor_or_git_makes_of_a_file_is_accepted_and_gone_at_the_next_write(content):
    read = documents.parse(NAME, content)

    assert read.tables == TABLES
    assert read.lines, "it was looked at carefully"
    assert documents.render(NAME, read.store_id, read.next_ids, {name: read.tables[name] for name in TABLES}) == CONTENT


def test_the_lines_of_rows_are_those_of_the_file_however_it_is_spaced():
    wanted = {"1": 6, "2": 7}

    for content in (CONTENT, CONTENT.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + CONTENT):
        lines = documents.lines_of(documents.parse(NAME, content))

        assert {row: line for (table, row), line in lines.items() if table == "ingredients"} == wanted


@pytest.mark.sample(236)
@pytest.mark.parametrize("cut", [pytest.param(cut, id=f"after-{cut}") for cut in range(len(CONTENT.rstrip()))])
def test_a_file_cut_off_anywhere_is_refused_with_its_line(cut):
    with pytest.raises(DamagedError) as refused:
        documents.parse(NAME, CONTENT[:cut])

    (problem,) = refused.value.problems
    assert problem.file == NAME
    assert problem.hint
    assert problem.line is not None or "empty" in problem.message or "not UTF-8" in problem.message


def spoiled(old: str, new: str) -> bytes:
    assert TEXT.count(old) == 1, old
    return TEXT.replace(old, new).encode("utf-8", "surrogatepass")


DEEP = "[" * 100_000 + "]" * 100_000
BAD = {
    "empty": (b"", "the file is empty; a document never is"),
    "blank": (b" \n\t\r\n", "the file is empty"),
    "null": (b"null", "catalog.json:1: column 1: wanted an object of tables, each an object of rows"),
    "list": (b"[]\n", "wanted an object of tables"),
    "text": (b'"x"', "wanted an object of tables"),
    "number": (b"3", "wanted an object of tables"),
    "bom-only": (b"\xef\xbb\xbf", "wanted an object of tables"),
    "no-tables": (b"{}", 'wanted a table "_plandoc"'),
    "table-is-a-list": (spoiled('"ingredients": {', '"stock": [], "ingredients": {'), ":5: column 11: wanted an object"),
    "row-is-a-list": (spoiled('{"name":"Bread","lines":[]}', "[3]"), ":10: column 8: table recipes, row 9: wanted an obj"),
    "row-is-null": (spoiled('{"name":"Bread","lines":[]}', "null"), "table recipes, row 9: wanted an object of fields"),
    "second-value": (CONTENT + b"{}", ":14: column 1: wanted the end of the file after the first JSON value"),
    "garbage-after": (CONTENT + b"}", ":14: column 1: wanted the end of the file"),
    "comma-after-a-row": (spoiled('"notes":""}\n', '"notes":""},\n'), ":8: column 2: "),
    "comma-after-a-table": (spoiled(" }\n}", " },\n}"), ":13: column 1: "),
    "comma-after-a-field": (spoiled('"Bread","lines":[]', '"Bread","lines":[],'), "catalog.json:10: column "),
    "no-colon": (spoiled('"recipes": {', '"recipes" {'), ":9: column 12: wanted a colon"),
    "no-comma": (spoiled("[]},\n", "[]}\n"), ":11: column 3: wanted a comma or a closing brace"),
    "key-is-a-number": (spoiled('"9": ', "9: "), ":10: column 3: wanted the name of a row"),
    "single-quotes": (spoiled('"Bread"', "'Bread'"), "catalog.json:10: column 16: "),
    "comment": (spoiled('"recipes": {', '// mine\n "recipes": {'), "catalog.json:9: column 2: "),
    "nuls": (b"\0" * 512, "the file holds 512 NUL bytes; it looks like a lost write"),
    "nuls-at-the-end": (CONTENT + b"\0" * 8, ":14: column 1: wanted the end of the file"),
    "nul-in-text": (spoiled("Bread", "Br\0ead"), "catalog.json:10: column "),
    "same-row-twice": (spoiled('"10": ', '"9": '), ":11: column 3: duplicate row '9'"),
    "same-table-twice": (spoiled('"ingredients": {', '"recipes": {'), ":9: column 2: duplicate table 'recipes'"),
    "same-field-twice": (spoiled('"Bread",', '"Bread","name":"Rye",'), ":10: column 8: duplicate key 'name'"),
    "same-field-twice-inside": (spoiled('{"quantity":"0.67"}', '{"a":1,"a":1}'), "duplicate key 'a'"),
    "nan": (spoiled('"Bread"', "NaN"), ":10: column 8: NaN is not a JSON number"),
    "infinity": (spoiled('"Bread"', "-Infinity"), "-Infinity is not a JSON number"),
    "1e999": (spoiled('"Bread"', "1e999"), "the number 1e999 is out of range"),
    "-1e999": (spoiled('"Bread"', "-1e999"), "the number -1e999 is out of range"),
    "5000-digits": (spoiled('"Bread"', "7" * 5000), ":10: column 8: an integer of 5000 digits is out of range"),
    "20-digits": (spoiled('"Bread"', "7" * 20), "an integer of 20 digits is out of range"),
    "100000-deep": (spoiled('"Bread"', DEEP), ":10: column 8: objects or lists are nested too deep"),
    "100000-deep-alone": (DEEP.encode(), "wanted an object of tables"),
    "utf-16": (TEXT.encode("utf-16"), "not UTF-8: byte 0xff at offset 0"),
    "utf-16-without-bom": (TEXT.replace("Ö", "O").encode("utf-16-le"), "catalog.json:1: column 2: "),
    "latin-1": (TEXT.encode("latin-1"), f"not UTF-8: byte 0xd6 at offset {TEXT.index('Ö')}"),
    "bad-byte": (CONTENT.replace(b"Bread", b"\xff"), f"not UTF-8: byte 0xff at offset {CONTENT.index(b'Bread')}"),
    "surrogate-byte": (spoiled("Bread", "\ud800"), "not UTF-8: byte 0xed at offset"),
    "surrogate-escape": (spoiled("Bread", "\\ud800"), ":10: column 8: holds half a surrogate pair"),
    "surrogate-field": (spoiled('"Bread"', '1,"\\udfff":2'), "holds half a surrogate pair"),
    "surrogate-table": (spoiled('"recipes": {', '"\\ud800": {'), ":9: column 2: holds half a surrogate pair"),
    **{
        f"row-{key}": (spoiled('"9": ', f'"{key}": '), f"wanted a whole number above 0 as the id of a row, found '{key}'")
        for key in ("01", "-1", "0", "", "a", "1.0", " 1", "1_0", "+1", "٧", "1" * 17)
    },
}  # fmt: skip


@pytest.mark.parametrize(("content", "words"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_with_its_place_and_a_way_out(content, words):
    with pytest.raises(DamagedError) as refused:
        documents.parse(NAME, content)

    (problem,) = refused.value.problems
    assert words in str(refused.value)
    assert refused.value.path == problem.file == NAME
    assert problem.hint
    assert len(str(refused.value)) < 300


def with_about(**facts: object) -> bytes:
    about = {"format": 1, "document": NAME, "lineage": LINEAGE, "next_ids": {}, **facts}
    kept = {key: value for key, value in about.items() if value is not ...}
    return json.dumps({"_plandoc": {"1": kept}}).encode()


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        ({"format": ...}, "format", "wanted a format number, found None"),
        ({"format": "1"}, "format", "wanted a format number, found '1'"),
        ({"format": -1}, "format", "wanted a format number, found -1"),
        ({"format": 0}, "format", "wanted a format number, found 0"),
        ({"format": True}, "format", "wanted a format number, found True"),
        ({"format": 1.0}, "format", "wanted a format number, found 1.0"),
        ({"document": "events/7.json"}, "document", "the file was renamed or copied"),
        ({"document": ...}, "document", "wanted 'catalog.json', found None"),
        ({"lineage": 7}, "lineage", "wanted the identity of the folder, found 7"),
        ({"lineage": ...}, "lineage", "wanted the identity of the folder, found None"),
        ({"next_ids": []}, "next_ids", "wanted the next id of each table, found []"),
        ({"next_ids": {"recipes": 0}}, "next_ids", "wanted the next id of each table"),
        ({"next_ids": {"recipes": True}}, "next_ids", "wanted the next id of each table"),
        ({"next_ids": {"recipes": 10**17}}, "next_ids", "wanted the next id of each table"),
        ({"colour": "red"}, "colour", "unknown field"),
        ({"digest": "0" * 64}, "digest", "unknown field"),
        ({"format": 2, "digest": 7}, "digest", "wanted text, found 7"),
        ({"format": 2, "written_by": None}, "written_by", "wanted text, found None"),
        ({"format": 2, "needs": []}, "needs", "wanted text, found []"),
    ],
)
def test_what_a_document_says_of_itself_is_judged_field_by_field(facts, field, words):
    with pytest.raises(DamagedError) as refused:
        documents.parse(NAME, with_about(**facts))

    (problem,) = refused.value.problems
    assert (problem.table, problem.field) == ("_plandoc", field)
    assert words in str(problem)


def test_all_that_is_wrong_with_what_a_document_says_of_itself_is_told_at_once():
    with pytest.raises(DamagedError) as refused:
        documents.parse(NAME, with_about(document="x", lineage=None, next_ids=3, colour=1))

    assert [problem.field for problem in refused.value.problems] == ["document", "lineage", "next_ids", "colour"]


def test_a_second_row_of_what_a_document_says_of_itself_is_never_dropped():
    content = CONTENT.replace(b'"}\n }', b'"},\n  "2": {"mine":1}\n }', 1)

    with pytest.raises(DamagedError, match="catalog.json, _plandoc 2: unknown row"):
        documents.parse(NAME, content)


def test_a_newer_format_is_named_and_the_way_to_read_it():
    with pytest.raises(NewerFormatError, match="pip install --upgrade plandoc") as refused:
        documents.parse(NAME, with_about(format=3, something="that a newer plandoc knows"))

    assert (refused.value.path, refused.value.found, refused.value.supported) == (NAME, 3, 2)


def test_a_bad_row_in_plandocs_own_form_is_told_with_its_line_all_the_same():
    content = documents.render(STOCK, LINEAGE, {}, {"stock": {"3": {"ingredient_id": 1, "quantity": 5, "unit": "kg"}}})
    problems = DocumentSession(documents.parse(STOCK, content)).problems()

    assert [(p.file, p.line, p.table, p.row, p.field) for p in problems] == [(STOCK, 6, "stock", "3", "quantity")]


def test_a_row_that_would_not_come_back_is_never_rendered_as_something_else():
    assert documents.parse(NAME, documents.render(NAME, LINEAGE, {}, {"a": {"1": {"x": float("nan")}}})).tables != {
        "a": {"1": {"x": float("nan")}}
    }


def test_trailing_white_space_does_not_count_in_a_digest():
    assert documents.digest(CONTENT) == documents.digest(CONTENT.rstrip()) == documents.digest(CONTENT + b"\r\n ")
    assert documents.digest(CONTENT) != documents.digest(CONTENT.replace(b"Cake", b"Pie"))


def test_a_marker_reads_back_as_it_was():
    written = marker.Marker(LINEAGE, 12, 8)
    content = marker.render(written)

    assert marker.parse(content) == marker.parse(content.replace(b"\n", b"\r\n")) == written
    assert content.endswith(b"}\n")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lineage": 7}, "lineage: wanted text, found 7"),
        ({"serial": "3"}, "serial: wanted a whole number, found '3'"),
        ({"serial": True}, "serial: wanted a whole number, found True"),
        ({"serial": -1}, "serial: wanted a whole number of at least 0, found -1"),
        ({"next_event_id": 0}, "next_event_id: wanted a whole number of at least 1, found 0"),
        ({"colour": "red"}, "colour: unknown field"),
        ({"format": "1"}, "format: wanted a format number, found '1'"),
        ({"lineage": ...}, "lineage: wanted text, found None"),
    ],
)
def test_a_marker_with_a_wrong_field_is_refused_by_name(change, words):
    facts = {"format": 1, "lineage": LINEAGE, "serial": 0, "next_event_id": 1, **change}
    content = json.dumps({key: value for key, value in facts.items() if value is not ...}).encode()

    with pytest.raises(DamagedError, match=re.escape(words)):
        marker.parse(content)


@pytest.mark.parametrize("content", [b"", b"\0\0", b"[]", b"3", b"{", b"{}{}", b'{"format":1,"format":1}', b"\xff\xfe"])
def test_a_marker_that_is_no_object_is_refused(content):
    with pytest.raises(DamagedError, match="plandoc.json"):
        marker.parse(content)
