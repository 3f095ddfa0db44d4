"""What exactly is said of a document that cannot be read, and where the borders are of what can."""

from __future__ import annotations

import json
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorder import CATALOG, LINEAGE

from plandoc.errors import DamagedError, NewerFormatError, ValidationError
from plandoc.storage import documents, strict_json

ABOUT = {"format": 1, "document": CATALOG, "lineage": LINEAGE, "next_ids": {}}
WAY_OUT = "repair it with an editor, or restore the file from a backup: repair(folder, from_backup=backup)"


def text_of(tables: str) -> bytes:
    """A catalog as an editor may leave it, with these tables on its second line."""
    return f'{{"_plandoc": {{"1": {json.dumps(ABOUT)}}},\n{tables}}}\n'.encode("utf-8", "surrogatepass")


def about(**facts: object) -> bytes:
    return json.dumps({"_plandoc": {"1": {**ABOUT, **facts}}}).encode()


def refused(content: bytes) -> DamagedError:
    with pytest.raises(DamagedError) as refusal:
        documents.parse(CATALOG, content)
    assert refusal.value.path == CATALOG
    assert {problem.file for problem in refusal.value.problems} == {CATALOG}
    return refusal.value


BAD = {
    "a table that is a list": ('"stock": []', 10, "wanted an object of tables, each an object of rows"),
    "a table without a name": ("7: {}", 1, "wanted the name of a table"),
    "a row without a name": ('"stock": {7: {}}', 11, "wanted the name of a row"),
    "a table twice": (
        '"stock": {}, "stock": {}',
        14,
        "duplicate table 'stock'; keep one of the two",
    ),
    "a row twice": (
        '"stock": {"1": {}, "1": {}}',
        20,
        "duplicate row '1'; keep one of the two",
    ),
    "a key twice": (
        '"stock": {"1": {"a": 1, "b": {"d": 1, "c": 2, "c": 3}}}',
        16,
        "duplicate key 'c'; keep one of the two",
    ),
    "a table without a colon": ('"stock" {}', 9, "wanted a colon"),
    "rows without a comma": ('"stock": {"1": {} "2": {}}', 19, "wanted a comma or a closing brace"),
    "a row that is a list": ('"stock": {"1":  []}', 17, "table stock, row 1: wanted an object of fields"),
    "a row that is a list of two lines": (
        '"stock": {"1":  [\n]}',
        17,
        "table stock, row 1: wanted an object of fields",
    ),
    "an id with a zero in front": (
        '"stock": {"01": {}}',
        17,
        "table stock: wanted a whole number above 0 as the id of a row, found '01'",
    ),
    "an integer too long": (f'"stock": {{"1": {{"a": {"1" * 20}}}}}', 16, "an integer of 20 digits is out of range"),
    "a negative one": (f'"stock": {{"1": {{"a": -{"1" * 19}}}}}', 16, "an integer of 20 digits is out of range"),
    "a float too large": (
        f'"stock": {{"1": {{"a": {"1" * 400}.5}}}}',
        16,
        f"the number {'1' * 30} is out of range",
    ),
    "a float too small": ('"stock": {"1": {"a": -1e999}}', 16, "the number -1e999 is out of range"),
    "half a pair": ('"stock": {"1": {"a": "\\ud800"}}', 16, "holds half a surrogate pair, which is not a character"),
    "infinity": ('"stock": {"1": {"a": Infinity}}', 16, "Infinity is not a JSON number"),
    "too deep": (
        f'"stock": {{"1": {{"a": {"[" * 50_000}{"]" * 50_000}}}}}',
        16,
        "objects or lists are nested too deep",
    ),
}


@pytest.mark.parametrize(("tables", "column", "message"), BAD.values(), ids=BAD)
def test_what_cannot_be_read_is_told_with_line_and_column_in_these_words(tables, column, message):
    (problem,) = refused(text_of(tables)).problems

    assert (problem.line, problem.message) == (2, f"column {column}: {message}")
    assert problem.hint == WAY_OUT


@pytest.mark.parametrize(
    ("content", "line", "message", "hint"),
    [
        (b" \n", None, "the file is empty; a document never is", WAY_OUT),
        (b"\0\0\0", None, "the file holds 3 NUL bytes; it looks like a lost write", WAY_OUT),
        (b"{\n\xff}", None, "not UTF-8: byte 0xff at offset 2", "save the file as UTF-8"),
        (b"X", 1, "column 1: wanted an object of tables, each an object of rows", WAY_OUT),
        (b"\0X\0", 1, "column 1: wanted an object of tables, each an object of rows", WAY_OUT),
        (b"\n  7", 2, "column 3: wanted an object of tables, each an object of rows", WAY_OUT),
        (b"\n\n  7", 3, "column 3: wanted an object of tables, each an object of rows", WAY_OUT),
        (b'\n{"a": {}}\n x', 3, "column 2: wanted the end of the file after the first JSON value", WAY_OUT),
    ],
    ids=[
        "blank",
        "NUL",
        "no UTF-8",
        "a letter",
        "a letter among NUL",
        "a number",
        "a number further down",
        "more after it",
    ],
)
def test_a_file_that_is_no_document_at_all_is_told_with_the_way_out(content, line, message, hint):
    (problem,) = refused(content).problems

    assert (problem.line, problem.message, problem.hint) == (line, message, hint)


def test_an_integer_of_nineteen_digits_and_a_float_that_is_finite_are_read():
    row = f'{{"a": {"9" * 19}, "b": -{"9" * 18}, "c": 1.5e300, "d": -1.5e300}}'

    read = documents.parse(CATALOG, text_of(f'"stock": {{"1": {row}}}'))

    assert read.tables["stock"]["1"] == {"a": int("9" * 19), "b": -int("9" * 18), "c": 1.5e300, "d": -1.5e300}


def test_ids_of_sixteen_digits_are_read_in_any_form_and_longer_ones_refused():
    longest = "9" * 16
    written = documents.render(CATALOG, LINEAGE, {}, {"stock": {longest: {}, "1": {}}})

    assert list(documents.parse(CATALOG, written).tables["stock"]) == ["1", longest]
    assert not documents.parse(CATALOG, written).lines, "plandoc's own form needs no second look"
    assert list(documents.parse(CATALOG, text_of(f'"stock": {{"{longest}": {{}}}}')).tables["stock"]) == [longest]
    for content in (text_of(f'"stock": {{"1{longest}": {{}}}}'), written.replace(longest.encode(), b"1" + b"0" * 16)):
        (problem,) = refused(content).problems
        assert "wanted a whole number above 0 as the id of a row" in problem.message


@pytest.mark.parametrize("spoiled", ["01", "0", "a", "-1", "\u0661"])
def test_a_row_under_a_bad_id_is_refused_also_in_plandocs_own_form(spoiled):
    content = documents.render(CATALOG, LINEAGE, {}, {"stock": {spoiled: {"unit": "kg"}}})

    (problem,) = refused(content).problems

    assert problem.line == 6
    assert f"wanted a whole number above 0 as the id of a row, found {spoiled!r}" in problem.message


def test_a_row_that_is_no_object_is_refused_also_in_plandocs_own_form():
    content = documents.render(CATALOG, LINEAGE, {}, {"stock": {"1": {}}}).replace(b'"1": {}', b'"1": []')

    (problem,) = refused(content).problems

    assert (problem.line, problem.message) == (6, "column 8: table stock, row 1: wanted an object of fields")


def test_every_kind_of_white_space_of_json_is_skipped_and_no_other():
    spaced = text_of('"stock" \t\r\n: \t\r\n{ \t\r\n"1" \t\r\n: \t\r\n{} \t\r\n, "2" : { } } \t\r\n')

    assert documents.parse(CATALOG, spaced).tables == {"stock": {"1": {}, "2": {}}}
    assert refused(text_of('"stock":\x0b{}')).problems[0].message.startswith("column 9: ")


def test_tables_without_rows_are_read_as_such_and_rows_keep_their_lines():
    read = documents.parse(CATALOG, text_of('"stock": {},\n"recipes": {"3": {},\n\n"4": {}}'))

    assert read.tables == {"stock": {}, "recipes": {"3": {}, "4": {}}}
    assert read.lines == {("_plandoc", "1"): 1, ("recipes", "3"): 3, ("recipes", "4"): 5}
    assert documents.lines_of(read) == read.lines


def test_a_document_that_was_in_no_file_has_no_lines():
    assert documents.lines_of(documents.Document(CATALOG, 1, LINEAGE, {}, {"stock": {"1": {}}})) == {}


def test_a_document_in_plandocs_own_form_tells_its_lines_when_asked():
    content = documents.render(CATALOG, LINEAGE, {}, {"stock": {"7": {}, "10": {}}})
    read = documents.parse(CATALOG, content)

    assert (read.name, read.format, read.store_id) == (CATALOG, documents.FORMAT, LINEAGE)
    assert (dict(read.lines), read.content) == ({}, content)
    assert documents.lines_of(read) == {("_plandoc", "1"): 3, ("stock", "7"): 6, ("stock", "10"): 7}


ROWS = st.dictionaries(
    st.sampled_from(["1", "2", "10", "11"]), st.dictionaries(st.text('ab{,}\n"', max_size=3), st.integers(0, 9))
)
TABLES = st.dictionaries(st.sampled_from(["stock", "recipes", "ingredients"]), ROWS)


@given(before=TABLES, after=TABLES, next_id=st.integers(1, 99))
def test_a_document_whose_changed_tables_alone_are_written_is_the_one_that_is_written_whole(before, after, next_id):
    read = documents.parse(CATALOG, documents.render(CATALOG, LINEAGE, {}, before))
    changed = {name for name in {*before, *after} if before.get(name, {}) != after.get(name, {})}
    next_ids = {"stock": next_id}

    written = documents.rewritten(read, next_ids, after, changed=changed)

    assert written.content == documents.render(CATALOG, LINEAGE, next_ids, after)
    assert written == documents.parse(CATALOG, written.content)


def test_a_table_that_did_not_change_keeps_its_bytes_and_one_of_a_foreign_form_gets_ours():
    tables = {"stock": {"1": {"a": 1}}, "recipes": {"1": {}}}
    own = documents.render(CATALOG, LINEAGE, {}, tables)
    read = documents.parse(CATALOG, own)
    by_hand = documents.parse(CATALOG, own.replace(b"{}", b"{ }"))
    other = {**tables, "stock": {"1": {"a": 3}}}

    assert documents.rewritten(read, {}, other, changed={"recipes"}).content == own
    assert documents.rewritten(by_hand, {}, tables, changed=()).content == own


def test_rows_that_were_written_are_those_that_a_reader_gets_and_not_those_that_were_given():
    read = documents.parse(CATALOG, documents.render(CATALOG, LINEAGE, {}, {}))
    given = {"stock": {"1": {"a": [1]}}}

    written = documents.rewritten(read, {}, given, changed={"stock"})
    given["stock"]["1"]["a"].append(2)

    assert written.tables == {"stock": {"1": {"a": [1]}}}


def test_rows_of_another_format_are_all_written_anew():
    tables = {"stock": {"1": {"a": 1}}}
    read = attrs.evolve(documents.parse(CATALOG, documents.render(CATALOG, LINEAGE, {}, tables)), format=0)

    upgraded = documents.rewritten(read, {}, {"stock": {"1": {"a": 2}}}, changed=())

    assert upgraded.format == documents.FORMAT
    assert upgraded.content == documents.render(CATALOG, LINEAGE, {}, {"stock": {"1": {"a": 2}}})


def test_a_row_that_a_reader_would_not_get_as_it_is_is_refused():
    read = documents.parse(CATALOG, documents.render(CATALOG, LINEAGE, {}, {}))

    with pytest.raises(ValidationError) as refusal:
        documents.rewritten(read, {}, {"stock": {"1": {"a": float("nan")}}}, changed={"stock"})

    (problem,) = refusal.value.problems
    assert (problem.file, problem.message) == (CATALOG, "would not read back from the file as it is")


@pytest.mark.parametrize("number", [1, 2, 10**16 - 1])
def test_a_next_id_is_a_whole_number_above_0_of_at_most_sixteen_digits(number):
    assert documents.parse(CATALOG, about(next_ids={"stock": number, "recipes": 1})).next_ids["stock"] == number


@pytest.mark.parametrize("number", [0, -1, 10**16, "1", 1.0, None])
def test_any_other_next_id_is_refused_with_all_of_them_shown(number):
    (problem,) = refused(about(next_ids={"recipes": 1, "stock": number})).problems

    found = {"recipes": 1, "stock": number}
    assert (problem.table, problem.row, problem.field) == ("_plandoc", "1", "next_ids")
    assert problem.message == f"wanted the next id of each table, found {found!r}"
    assert problem.hint is None


def test_everything_that_is_wrong_with_what_a_document_says_of_itself_is_told_in_these_words():
    content = json.dumps(
        {"_plandoc": {"1": {**ABOUT, "document": "x", "lineage": 7, "next_ids": [], "b": 1, "a": 2}, "2": {}}}
    ).encode()

    told = [(p.table, p.row, p.field, p.message, p.hint, p.line) for p in refused(content).problems]

    renamed = "the file was renamed or copied; give it its own name back"
    assert told == [
        ("_plandoc", "1", "document", "wanted 'catalog.json', found 'x'", renamed, None),
        ("_plandoc", "1", "lineage", "wanted the identity of the folder, found 7", None, None),
        ("_plandoc", "1", "next_ids", "wanted the next id of each table, found []", None, None),
        ("_plandoc", "1", "a", "unknown field", None, None),
        ("_plandoc", "1", "b", "unknown field", None, None),
        ("_plandoc", "2", None, "unknown row", None, 1),
    ]


@pytest.mark.parametrize("content", [b"{}", b'{"_plandoc": {}}', b'{"_plandoc": {"2": {}}}'])
def test_a_document_that_says_nothing_of_itself_is_refused_with_the_way_out(content):
    (problem,) = refused(content).problems

    assert problem.message == 'wanted a table "_plandoc" that says which format the document has, found none'
    assert problem.hint == "restore the file from a backup: repair(folder, from_backup=backup)"


@pytest.mark.parametrize("number", [0, "1", None, True, 1.0])
def test_a_format_that_is_no_whole_number_above_0_is_refused_by_its_field(number):
    (problem,) = refused(about(format=number)).problems

    assert (problem.table, problem.field) == ("_plandoc", "format")
    assert problem.message == f"wanted a format number, found {number!r}"


@pytest.mark.parametrize(
    ("needs", "told"),
    [
        ("2.0", "2.0"),
        ("2", "2"),
        ("1.2.3.4", "1.2.3.4"),
        ("1.2.3.4.5", None),
        ("12345", None),
        ("2.0\n", None),
        ("2.0; rm", None),
        (2, None),
        (None, None),
    ],
)
def test_a_newer_document_says_which_plandoc_reads_it_where_that_is_a_version(needs, told):
    with pytest.raises(NewerFormatError) as refusal:
        documents.parse(CATALOG, about(format=3, needs=needs))

    error = refusal.value
    assert (error.path, error.found, error.supported, error.needs) == (CATALOG, 3, documents.FORMAT, told)


def test_one_object_is_read_as_strictly_as_a_document():
    assert strict_json.parse_object("x.json", b'\xef\xbb\xbf {"a": {"b": [1, 2.5, null, "\xc3\xb6"]}} \n') == {
        "a": {"b": [1, 2.5, None, "ö"]}
    }
    for content, message in {
        b"": "the file is empty; a document never is",
        b"\n [1]": "column 1: wanted one JSON object",
        b'{"a": 1, "a": 2}': "column 1: duplicate key 'a'; keep one of the two",
        b'{"a": NaN}': "column 1: NaN is not a JSON number",
        b'{"a": 1}\n{}': "column 1: wanted the end of the file after the first JSON value",
        b'{"a" 1}': "column 6: wanted a colon",
    }.items():
        with pytest.raises(DamagedError) as refusal:
            strict_json.parse_object("x.json", content)

        (problem,) = refusal.value.problems
        assert (refusal.value.path, problem.file, problem.message) == ("x.json", "x.json", message)


def test_numbers_with_a_point_become_what_the_reader_of_an_object_wants():
    def exact(text: str) -> Decimal:
        if text == "0.3":
            raise ValueError("no 0.3 here")
        return Decimal(text)

    assert strict_json.parse_object("x.json", b'{"a": 0.10, "b": 1}', parse_float=exact) == {
        "a": Decimal("0.10"),
        "b": 1,
    }
    with pytest.raises(DamagedError, match=r"x\.json:1: column 1: no 0\.3 here"):
        strict_json.parse_object("x.json", b'{"a": 0.3}', parse_float=exact)
