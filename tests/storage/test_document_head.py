"""The head of a document is believed only where a reading of all of it comes to the same row."""

from hypothesis import given
from hypothesis import strategies as st

from plandoc.storage import documents
from plandoc.storage.document_head import END_SIZE, Head, first_row, head_of

NAME = "events/7.json"
ROW = {"name": "Fair", "event_date": "2026-12-25", "notes": 'a "quoted" word\nand é', "plan_state": "draft"}
TABLES = {"events": {"7": ROW}, "event_recipes": {"1": {"event_id": 7, "recipe_id": 1}}}
CONTENT = documents.render(NAME, "of this folder", {"event_recipes": 2}, TABLES)
ALONE = documents.render(NAME, "of this folder", {}, {"events": {"7": ROW}})
# Up to the end of the line of the row.
END_OF_HEAD = CONTENT.index(b'\n },\n "event_recipes"')


def read(content, *, name=NAME, table="events", row_id=7):
    return first_row(name, table, row_id, head_of(content, None))


def test_the_row_is_found_whether_or_not_other_tables_follow():
    assert read(CONTENT) == read(ALONE) == ("of this folder", ROW)


def test_it_is_left_to_a_reading_of_all_when_another_document_table_or_row_is_wanted():
    assert read(CONTENT, name="events/8.json") is None
    assert read(CONTENT, table="event_recipes") is None
    assert read(CONTENT, row_id=8) is None


def test_it_is_left_to_a_reading_of_all_when_the_end_is_missing_or_the_row_is_not_all_in_the_head():
    assert read(CONTENT[:-1]) is None
    assert read(ALONE + b"\n") is None
    assert first_row(NAME, "events", 7, Head(CONTENT[: END_OF_HEAD - 1], CONTENT[-END_SIZE:], None)) is None


def test_it_is_left_to_a_reading_of_all_in_a_document_of_another_format():
    assert read(CONTENT.replace(b'"format":2', b'"format":1')) is None
    assert read(CONTENT.replace(b'"format":2', b'"format":3')) is None


pieces = st.one_of(
    st.binary(max_size=3),
    st.sampled_from([b'"', b",", b"\n", b"}", b" ", b"0", b"1.0", b"\\u0041", b"NaN", b'"name":"x",', b"\xff", b"\0"]),
)


@given(st.data())
def test_whatever_is_changed_in_the_head_a_row_that_is_found_is_that_of_a_reading_of_all(data):
    content = data.draw(st.sampled_from([CONTENT, ALONE]))
    start = data.draw(st.integers(0, END_OF_HEAD))
    end = data.draw(st.integers(start, min(END_OF_HEAD, start + 4)))
    changed = content[:start] + data.draw(pieces) + content[end:]
    found = read(changed)

    if found is not None:
        whole = documents.parse(NAME, changed)
        assert (whole.store_id, whole.tables["events"]["7"]) == found
        assert list(whole.tables["events"]) == ["7"]
