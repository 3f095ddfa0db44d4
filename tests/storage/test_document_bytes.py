"""Documents and markers as bytes: where the borders are of what can be read, and which bytes are written."""

from __future__ import annotations

import json
from decimal import Decimal
from unittest import mock

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorder import CATALOG, LINEAGE

from plandoc.errors import DamagedError, NewerFormatError, ValidationError
from plandoc.storage import documents, marker, strict_json
from plandoc.storage.marker import Marker

ABOUT = {"format": 1, "document": CATALOG, "lineage": LINEAGE, "next_ids": {}}
MARKER = (
    b'{\n  "format": 2,\n  "needs": "0.2.0",\n  "lineage": "L",\n  "serial": 41,\n  "next_event_id": 8,\n'
    b'  "line_digest": "5f1c"\n}\n'
)


def text_of(tables: str) -> bytes:
    """A catalog as an editor may leave it, with these tables on its second line."""
    return f'{{"_plandoc": {{"1": {json.dumps(ABOUT)}}},\n{tables}}}\n'.encode()


def about(**facts: object) -> bytes:
    return json.dumps({"_plandoc": {"1": {**ABOUT, **facts}}}).encode()


def refused(content: bytes) -> DamagedError:
    with pytest.raises(DamagedError) as refusal:
        documents.parse(CATALOG, content)
    assert {refusal.value.path, *(problem.file for problem in refusal.value.problems)} == {CATALOG}
    return refusal.value


@pytest.mark.parametrize(
    ("content", "line", "column", "words"),
    [
        (b"X", 1, 1, "an object of tables"),
        (b"\n\n  7", 3, 3, "an object of tables"),
        (b'\n{"a": {}}\n x', 3, 2, "the end of the file"),
        (text_of("7: {}"), 2, 1, "the name of a table"),
        (text_of('"stock": {"1":  [\n]}'), 2, 17, "table stock, row 1"),
        (text_of('"stock":\x0b{}'), 2, 9, "an object of tables"),
        (text_of(f'"stock": {{"1": {{"a": -{"1" * 19}}}}}'), 2, 16, "20 digits"),
        (text_of(f'"stock": {{"1": {{"a": {"1" * 400}.5}}}}'), 2, 16, f" {'1' * 30} "),
    ],
    ids=[
        "a letter",
        "a number further down",
        "more after it",
        "a table without a name",
        "a row that is a list of two lines",
        "white space that JSON does not know",
        "a negative integer too long",
        "a float too large, shown in part",
    ],
)
def test_what_cannot_be_read_is_reported_with_the_line_and_column_where_it_begins(content, line, column, words):
    (problem,) = refused(content).problems

    assert problem.line == line
    assert problem.message.startswith(f"column {column}: ")
    assert words in problem.message


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
        assert "as the id of a row" in problem.message


def test_every_kind_of_white_space_of_json_is_skipped():
    spaced = text_of('"stock" \t\r\n: \t\r\n{ \t\r\n"1" \t\r\n: \t\r\n{} \t\r\n, "2" : { } } \t\r\n')

    assert documents.parse(CATALOG, spaced).tables == {"stock": {"1": {}, "2": {}}}


def test_tables_without_rows_are_read_as_such_and_rows_keep_their_lines():
    read = documents.parse(CATALOG, text_of('"stock": {},\n"recipes": {"3": {},\n\n"4": {}}'))

    assert read.tables == {"stock": {}, "recipes": {"3": {}, "4": {}}}
    assert read.lines == {("_plandoc", "1"): 1, ("recipes", "3"): 3, ("recipes", "4"): 5}
    assert documents.lines_of(read) == read.lines


def test_a_document_that_was_in_no_file_has_no_lines():
    assert documents.lines_of(documents.Document(CATALOG, 1, LINEAGE, {}, {"stock": {"1": {}}})) == {}


ROWS = st.dictionaries(
    st.sampled_from(["1", "2", "10", "11"]), st.dictionaries(st.text('ab{,}\n"', max_size=3), st.integers(0, 9))
)
TABLES = st.dictionaries(st.sampled_from(["stock", "recipes", "ingredients"]), ROWS)


def changed_rows(before, after):
    """The ids of the rows that differ, by table."""
    differing = {
        name: [
            i
            for i in sorted({*before.get(name, {}), *after.get(name, {})})
            if _row(before, name, i) != _row(after, name, i)
        ]
        for name in {*before, *after}
    }
    return {name: ids for name, ids in differing.items() if ids}


def _row(tables, name, row_id):
    return tables.get(name, {}).get(row_id)


@pytest.mark.parametrize("many", [documents.MANY, 0], ids=["tables as a whole", "rows, however few there are"])
@given(before=TABLES, after=TABLES, next_id=st.integers(1, 99))
def test_a_document_whose_changed_tables_or_rows_alone_are_written_is_the_one_that_is_written_whole(
    many, before, after, next_id
):
    read = documents.parse(CATALOG, documents.render(CATALOG, LINEAGE, {}, before))
    next_ids = {"stock": next_id}

    with mock.patch.object(documents, "MANY", many):
        written = documents.rewritten(read, next_ids, after, changed=changed_rows(before, after), judged=True)

    assert written.content == documents.render(CATALOG, LINEAGE, next_ids, after)
    assert written == documents.parse(CATALOG, written.content)


def test_a_table_that_did_not_change_keeps_its_bytes_and_one_of_a_foreign_form_gets_ours():
    tables = {"stock": {"1": {"a": 1}}, "recipes": {"1": {}}}
    own = documents.render(CATALOG, LINEAGE, {}, tables)
    read = documents.parse(CATALOG, own)
    by_hand = documents.parse(CATALOG, own.replace(b"{}", b"{ }"))
    other = {**tables, "stock": {"1": {"a": 3}}}

    assert documents.rewritten(read, {}, other, changed={"recipes": ["1"]}, judged=True).content == own
    assert documents.rewritten(by_hand, {}, tables, changed={}, judged=True).content == own


def test_rows_that_were_written_are_those_that_a_reader_gets_and_not_those_that_were_given():
    read = documents.parse(CATALOG, documents.render(CATALOG, LINEAGE, {}, {}))
    given_rows = {"stock": {"1": {"a": [1]}}}

    written = documents.rewritten(read, {}, given_rows, changed={"stock": ["1"]}, judged=True)
    given_rows["stock"]["1"]["a"].append(2)

    assert written.tables == {"stock": {"1": {"a": [1]}}}


def test_rows_that_did_not_change_keep_their_bytes_and_a_table_of_a_foreign_form_gets_ours_when_one_of_its_rows_changes():
    tables = {"stock": {str(i): {"a": i} for i in range(1, 100)}}
    own = documents.parse(CATALOG, documents.render(CATALOG, LINEAGE, {}, tables))
    changed = {"stock": {**tables["stock"], "7": {"a": 0}, "100": {"a": 100}}}
    rows = {"stock": ["100", "7"]}
    spaced = attrs.evolve(own, content=own.content.replace(b'"a":8}', b'"a": 8}'))
    foreign = attrs.evolve(own, content=own.content.replace(b'"a":7}', b'"a": 7}'))

    kept = documents.rewritten(spaced, {}, changed, changed=rows, judged=True)
    renewed = documents.rewritten(foreign, {}, changed, changed=rows, judged=True)

    assert b'"8": {"a": 8}' in kept.content
    assert renewed.content == documents.render(CATALOG, LINEAGE, {}, changed)
    assert kept.tables == renewed.tables == changed
    assert documents.parse(CATALOG, kept.content).tables == changed


def test_rows_of_another_format_are_all_written_anew():
    tables = {"stock": {"1": {"a": 1}}}
    read = attrs.evolve(documents.parse(CATALOG, documents.render(CATALOG, LINEAGE, {}, tables)), format=0)

    upgraded = documents.rewritten(read, {}, {"stock": {"1": {"a": 2}}}, changed={}, judged=True)

    assert upgraded.format == documents.FORMAT
    assert upgraded.content == documents.render(CATALOG, LINEAGE, {}, {"stock": {"1": {"a": 2}}})


def test_a_row_that_a_reader_would_not_get_as_it_is_is_refused():
    read = documents.parse(CATALOG, documents.render(CATALOG, LINEAGE, {}, {}))

    with pytest.raises(ValidationError) as refusal:
        documents.rewritten(read, {}, {"stock": {"1": {"a": float("nan")}}}, changed={"stock": ["1"]}, judged=True)

    (problem,) = refusal.value.problems
    assert problem.file == CATALOG


@pytest.mark.parametrize("number", [1, 2, 10**16 - 1])
def test_a_next_id_is_a_whole_number_above_0_of_at_most_sixteen_digits(number):
    assert documents.parse(CATALOG, about(next_ids={"stock": number, "recipes": 1})).next_ids["stock"] == number


@pytest.mark.parametrize("number", [0, -1, 10**16, "1", 1.0, None])
def test_any_other_next_id_is_refused_with_all_of_them_shown(number):
    next_ids = {"recipes": 1, "stock": number}

    (problem,) = refused(about(next_ids=next_ids)).problems

    assert (problem.table, problem.row, problem.field) == ("_plandoc", "1", "next_ids")
    assert repr(next_ids) in problem.message


@pytest.mark.parametrize("content", [b"{}", b'{"_plandoc": {}}', b'{"_plandoc": {"2": {}}}'])
def test_a_document_that_says_nothing_of_itself_is_refused_with_the_way_out(content):
    (problem,) = refused(content).problems

    assert '"_plandoc"' in problem.message
    assert "backup" in problem.hint


VERSIONS = [
    ("2.0", "2.0"),
    ("2", "2"),
    ("1.2.3.4", "1.2.3.4"),
    ("1.2.3.4.5", None),
    ("12345", None),
    ("2.0\n", None),
    ("2.0; rm", None),
    (2, None),
    (None, None),
]


@pytest.mark.parametrize(("needs", "shown"), VERSIONS)
def test_a_newer_document_or_marker_says_which_plandoc_reads_it_where_that_is_a_version(needs, shown):
    newer_marker = json.dumps({**json.loads(MARKER), "format": 3, "needs": needs, "more": "unknown here"}).encode()
    with pytest.raises(NewerFormatError) as document:
        documents.parse(CATALOG, about(format=3, needs=needs))
    with pytest.raises(NewerFormatError) as of_marker:
        marker.parse(newer_marker)

    for path, error in ((CATALOG, document.value), (marker.NAME, of_marker.value)):
        assert (error.path, error.found, error.supported, error.needs) == (path, 3, documents.FORMAT, shown)


def test_one_object_is_read_as_it_is_after_a_byte_order_mark_and_white_space():
    content = b'\xef\xbb\xbf {"a": {"b": [1, 2.5, null, "\xc3\xb6"]}} \n'

    assert strict_json.parse_object("x.json", content) == {"a": {"b": [1, 2.5, None, "ö"]}}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"[1]", "column 1: wanted one JSON object"),
        (b'{"a": 1, "a": 2}', "column 1: duplicate key 'a'"),
        (b'{"a": NaN}', "column 1: NaN"),
        (b'{"a": 1}\n{}', "column 1: wanted the end of the file"),
        (b'{"a" 1}', "column 6: wanted a colon"),
    ],
)
def test_one_object_is_read_as_strictly_as_a_document(content, words):
    with pytest.raises(DamagedError) as refusal:
        strict_json.parse_object("x.json", content)

    (problem,) = refusal.value.problems
    assert (refusal.value.path, problem.file) == ("x.json", "x.json")
    assert words in problem.message


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


def test_a_marker_is_six_facts_each_on_its_line():
    assert marker.render(Marker("L", 41, 8, line_digest="5f1c")) == MARKER
    assert marker.parse(MARKER) == Marker("L", 41, 8, 2, "5f1c")


def test_a_new_marker_has_no_transaction_the_first_event_id_and_the_present_format():
    new = Marker("L")

    assert (new.store_id, new.serial, new.next_event_id, new.format) == ("L", 0, 1, documents.FORMAT)
    assert marker.parse(marker.render(new)) == new


def test_a_marker_is_of_an_older_format_only_below_the_present_one_and_stays_in_it(monkeypatch):
    monkeypatch.setattr(documents, "FORMAT", 3)

    assert [Marker("L", format=number).is_of_older_format for number in (1, 2, 3)] == [True, True, False]
    assert Marker("L").format == 3
    assert json.loads(marker.render(marker.parse(MARKER)))["format"] == 2


def test_a_marker_of_format_1_stays_one_that_the_first_plandoc_reads():
    old = b'{\n  "format": 1,\n  "lineage": "L",\n  "serial": 41,\n  "next_event_id": 8\n}\n'

    assert marker.render(marker.parse(old)) == old


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"next_event_id": 1.5}, ["next_event_id"]),
        ({"line_digest": ...}, ["line_digest"]),
        ({"serial": ...}, ["serial"]),
        ({"next_event_id": ...}, ["next_event_id"]),
        ({"zeal": 1, "more": 2}, ["more", "zeal"]),
        (
            {"more": 1, "lineage": None, "serial": -2, "next_event_id": []},
            ["more", "lineage", "next_event_id", "serial"],
        ),
    ],
)
def test_everything_that_is_wrong_with_a_marker_is_reported_at_once_by_field(fields, wrong):
    facts = {**json.loads(MARKER), **fields}
    content = json.dumps({name: value for name, value in facts.items() if value is not ...}).encode()

    with pytest.raises(DamagedError) as refusal:
        marker.parse(content)

    assert [problem.field for problem in refusal.value.problems] == wrong
    assert {refusal.value.path, *(problem.file for problem in refusal.value.problems)} == {marker.NAME}
