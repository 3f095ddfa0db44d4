"""Files with recipes of every kind, and files that are none."""

import csv
import io
import json
import sys
import zipfile

import pytest

import plandoc
from plandoc.errors import PlandocError, StorageError, ValidationError
from plandoc.exchange.convert import convert_recipes, recipe_files, write_table
from tests.trust.fuzzing import within

CAKE = {
    "@context": "https://schema.org",
    "@type": "Recipe",
    "name": "Cake",
    "recipeIngredient": ["3 eggs"],
    "recipeYield": "1 cake",
}


@pytest.fixture
def write(tmp_path):
    def written(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def zipped(**members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return target.getvalue()


def page(*scripts, body=""):
    tags = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return f"<!DOCTYPE html><html><head>{tags}</head><body>{body}</body></html>"


def rows(*files):
    return list(csv.DictReader(io.StringIO(convert_recipes(files).csv, newline="")))


def refusal(*files):
    with pytest.raises(ValidationError) as caught:
        convert_recipes(files)
    return caught.value.problems


@pytest.mark.parametrize(
    "name, content, message",
    [
        ("a.txt", "Beat 3 eggs.", "cannot tell what kind of file this is"),
        ("a.json", "", "the file is empty"),
        ("a.json", '{"name": "x"', "this is not JSON"),
        ("a.json", "[" * 100_000, "this is not JSON: it is nested too deeply"),
        ("a.json", '{"name": "x"}', "the JSON holds no recipe that plandoc can read"),
        ("a.json", json.dumps({"database": [], "recipes": []}), "the JSON holds no recipe"),
        ("a.json", b'{"name": "\xff"}', "wanted UTF-8, found the byte 0xff"),
        ("a.cook", b"\xef\xbb\xbfMix\n\xff\n", "wanted UTF-8, found the byte 0xff"),
        ("a.json", b'{"name": NaN}', "this is not JSON: NaN is not a number"),
        ("a.json", b'{"name": 1e999}', "this is not JSON: the number 1e999 is out of range"),
        ("a.html", page(), "no recipe was found on the page"),
        ("a.html", page("{broken"), "no recipe was found on the page"),
        ("a.html", page('{"@type": "Recipe", "name": "A list of links"}'), "no recipe was found on the page"),
        ("a.mhtml", "From: <Saved by Blink>", "cannot tell what kind of file this is"),
        ("a.zip", zipped(a_json=json.dumps(CAKE))[:-30], "the archive cannot be read"),
        ("a.zip", zipped(photo_jpg="x"), "no recipe was found in it"),
        ("a.zip", zipped(a_json="0" * 5_000_000), "refused as a possible zip bomb"),
        (
            "a.zip",
            zipped(a_zip=zipped(b_zip=zipped(c_json=json.dumps(CAKE)))),
            "an archive in an archive in an archive",
        ),
    ],
)
def test_a_file_that_is_not_a_recipe_is_refused_with_the_way_out(write, name, content, message):
    [problem] = refusal(write(name, content))

    assert problem.message.startswith(message) or message in problem.message
    assert problem.file.startswith(str(write(name, content)))
    assert problem.hint


MANY = 200_000


@pytest.mark.costly
@pytest.mark.parametrize(
    "name, content",
    [
        ("a.json", json.dumps(CAKE | {"recipeYield": "(" * MANY})),
        ("a.json", json.dumps(CAKE | {"description": "<!--" * MANY})),
        ("a.cook", "@" * MANY + "\nMix @flour{1%g}"),
        ("a.cook", "[-" * MANY + "\nMix @flour{1%g}"),
        ("a.cook", "=" * MANY + " Dough " + "=" * MANY + "!\n\nMix @flour{1%g}"),
        ("a.html", page(json.dumps(CAKE) + " " * MANY)),
        ("a.html", page(json.dumps(CAKE | {"name": f"Cake{' ' * MANY}of eggs"}))),
    ],
)  # fmt: skip
def test_a_file_made_to_keep_its_reader_busy_is_read_as_any_other(write, name, content):
    with within(60):
        (row,) = [row for row in rows(write(name, content)) if row["ingredient"]]

    assert row["quantity"] in {"3", "1"}


def test_what_is_too_long_for_a_record_is_cut_with_a_remark_and_the_table_can_be_imported(write, folder, tmp_path):
    long = CAKE | {
        "recipeInstructions": "stir " * 30_000,
        "description": "good " * 30_000,
        "recipeYield": "x" * 200_000,
    }
    conversion = convert_recipes(
        [write("a.json", json.dumps(long)), write("b.cook", f"= {'x' * 200_000}\n\n@milk{{1%l}}")]
    )
    with plandoc.open_store(folder, create=True):
        plandoc.import_recipes(write_table(conversion, tmp_path / "r.csv"), add_ingredients=True)
        cake, _ = plandoc.list_records(plandoc.Recipe)

    assert len(cake.method) <= 100_000
    said = [remark for row in csv.DictReader(io.StringIO(conversion.csv, newline="")) if (remark := row["remark"])]
    assert "the method had 149999 characters, and only the first 100000 are here" in said[0]
    assert "the recipe's notes had 149999 characters" in said[0]
    assert "the notes had 200000 characters" in said[-1]
    assert sum(one.remarks for one in conversion.recipes) == len(said)


@pytest.mark.costly
@pytest.mark.parametrize("wrapping", ["<!--\n{}\n-->", "//<![CDATA[\n{}\n//]]>", "// <!--\n{} //-->;", " {} "])
def test_json_of_a_page_is_read_inside_a_comment_and_cdata(write, wrapping):
    (row,) = [row for row in rows(write("a.html", page(wrapping.format(json.dumps(CAKE))))) if row["ingredient"]]

    assert row["ingredient"] == "eggs"


def test_comments_of_cooklang_are_left_out_and_one_that_does_not_end_stays(write):
    (cake,) = [
        row for row in rows(write("a.cook", "Mix @eggs{3} [- or\n@milk{1%l} -]. [- @salt{1%g}")) if row["method"]
    ]
    taken = [row["ingredient"] for row in rows(write("a.cook", "Mix @eggs{3} [- or\n@milk{1%l} -]. [- @salt{1%g}"))]

    assert cake["method"] == "Mix eggs . [- salt"
    assert taken == ["", "eggs", "salt"]


def test_a_file_that_is_not_there_is_a_storage_error(tmp_path):
    with pytest.raises(StorageError):
        convert_recipes([tmp_path / "nowhere.json"])


def test_an_archive_that_unpacks_to_more_than_the_limit_in_all_is_refused(write, monkeypatch):
    monkeypatch.setattr(recipe_files, "_MOST_UNPACKED", 300)

    [problem] = refusal(
        write("a.zip", zipped(a_json=json.dumps(CAKE), b_json=json.dumps(CAKE | {"name": "B"}), c_json=" " * 200))
    )

    assert "zip bomb" in problem.message


def test_all_files_that_are_wrong_are_named_at_once_with_the_member_and_the_line(write):
    problems = refusal(
        write("a.zip", zipped(b_json='{\n"a": 1,\n}')), write("c.txt", "x"), write("d.json", json.dumps(CAKE))
    )

    assert [(problem.file.rpartition("/")[2], problem.line) for problem in problems] == [("b.json", 3), ("c.txt", None)]


def test_several_recipes_in_one_file_all_come_in(write):
    found = rows(write("a.json", json.dumps([CAKE, CAKE | {"name": "Tart"}])))

    assert [row["recipe"] for row in found] == ["Cake", "Cake", "Tart", "Tart"]


def test_of_two_recipes_of_one_name_the_second_gets_another_and_a_remark(write):
    other = CAKE | {"name": "CAKE", "recipeIngredient": ["4 eggs"]}
    found = rows(write("a.json", json.dumps(CAKE)), write("b.json", json.dumps(other)))

    assert [row["recipe"] for row in found] == ["Cake", "Cake", "CAKE (2)", "CAKE (2)"]
    assert found[2]["remark"] == "another recipe has the name CAKE, too"


def test_the_same_recipe_twice_comes_in_once_with_a_note(write):
    conversion = convert_recipes([write("a.json", json.dumps([CAKE, CAKE]))])

    assert len(conversion.recipes) == 1
    assert conversion.notes == ("left out, because they were there a second time: 1",)


def test_a_recipe_without_ingredients_is_left_out_with_a_note(write):
    mealie = {"name": "Link", "slug": "link", "recipeIngredient": []}
    conversion = convert_recipes([write("a.json", json.dumps([CAKE, mealie]))])

    assert [one.name for one in conversion.recipes] == ["Cake"]
    assert conversion.notes[0].endswith("left out, because Link has no ingredients")


def test_a_page_gives_its_json_ld_before_its_microdata_and_all_recipes_of_it(write):
    microdata = '<div itemscope itemtype="http://schema.org/Recipe"><i itemprop="name">Micro</i><i itemprop="recipeIngredient">1 egg</i></div>'
    both = write("a.html", page("{broken", json.dumps({"@graph": [CAKE, CAKE | {"name": "Tart"}]}), body=microdata))
    alone = write("b.html", page(body=microdata))

    assert {row["recipe"] for row in rows(both)} == {"Cake", "Tart"}
    assert {row["recipe"] for row in rows(alone)} == {"Micro"}


def test_a_page_in_another_encoding_is_read_in_that(write):
    text = page(json.dumps(CAKE | {"name": "Crème"}, ensure_ascii=False)).replace(
        "<head>", '<head><meta charset="iso-8859-1">'
    )

    assert rows(write("a.html", text.encode("iso-8859-1")))[0]["recipe"] == "Crème"


def test_sections_steps_and_second_measures_are_kept(write):
    recipe = CAKE | {
        "recipeIngredient": ["1 cup (120 g) flour", "For the icing:", "100 g sugar"],
        "recipeInstructions": [
            {"@type": "HowToSection", "name": "Icing", "itemListElement": [{"@type": "HowToStep", "text": "Stir."}]}
        ],
    }
    found = rows(write("a.json", json.dumps(recipe)))

    assert [row["notes"] for row in found] == ["", "120 g", "For the icing"]
    assert found[0]["method"] == "Icing:\nStir."


def test_a_sub_recipe_is_one_only_where_its_recipe_is_in_the_table_too(write):
    pie = "Line the dish with @./Pastry{1/2%batch}, fill with @apples{4}."
    alone = rows(write("Pie.cook", pie))
    together = rows(write("Pie.cook", pie), write("Pastry.cook", "Rub @butter{100%g} into @flour{200%g}."))

    assert (alone[1]["ingredient"], alone[1]["sub_recipe"]) == ("Pastry", "")
    assert "a recipe of its own" in alone[1]["remark"]
    assert (together[1]["ingredient"], together[1]["sub_recipe"], together[1]["quantity"]) == ("", "Pastry", "0.5")


def test_without_the_extra_a_page_is_refused_with_the_line_that_installs_it_and_the_rest_works(write, monkeypatch):
    monkeypatch.setitem(sys.modules, "extruct", None)
    monkeypatch.delitem(sys.modules, "plandoc.exchange.convert.web_pages", raising=False)

    with pytest.raises(PlandocError, match=r"pip install 'plandoc\[recipes\]'"):
        convert_recipes([write("a.html", page(json.dumps(CAKE)))])
    assert rows(write("a.json", json.dumps(CAKE)))


def test_json_of_other_programs_with_values_of_any_kind_never_breaks_the_reading(write):
    odd = [None, 3, "x", [], {}, [[None]], {"name": {"name": {}}}, True, [{"text": 5}]]
    for key in (
        "name",
        "recipeIngredient",
        "recipeInstructions",
        "recipeYield",
        "recipeCategory",
        "description",
        "steps",
    ):
        for number, value in enumerate(odd):
            for kind in ({"@type": "Recipe"}, {"slug": "x"}):
                recipe = {**CAKE, key: value} | kind
                if "@type" not in kind:
                    del recipe["@type"]
                try:
                    convert_recipes([write(f"{key}{number}.json", json.dumps(recipe))])
                except ValidationError:
                    pass


@pytest.mark.parametrize(
    "quantity, amount, remarks",
    [
        *[(none, "", 0) for none in (None, "", 0, [], {})],
        *[(odd, "", 1) for odd in ("x", -1, "NaN", "sNaN", "1e400", 1e50, 1e-50)],
        (2, "2", 0), ([2], "2", 0), ("½", "0.5", 0), (1.125, "1.125", 0), (0.333, "0 1/3", 1), (0.3333333333333333, "0 1/3", 1),
    ],
)  # fmt: skip
def test_a_quantity_of_any_kind_is_read_or_left_blank_with_a_remark(write, quantity, amount, remarks):
    line = {"quantity": quantity, "unit": {"name": "g"}, "food": {"name": "flour"}, "note": ""}
    steps = [{"ingredients": [{"amount": quantity, "unit": {"name": "g"}, "food": {"name": "flour"}}]}]
    of_mealie, of_tandoor = {"name": "M", "slug": "m", "recipeIngredient": [line]}, {"name": "T", "steps": steps}
    (mealie,) = [row for row in rows(write("m.json", json.dumps(of_mealie))) if row["ingredient"]]
    (tandoor,) = [row for row in rows(write("t.json", json.dumps(of_tandoor))) if row["ingredient"]]

    if quantity != 0.3333333333333333:
        assert (mealie["quantity"], bool(mealie["remark"])) == (amount, remarks)
    if quantity != 0.333:
        assert (tandoor["quantity"], bool(tandoor["remark"])) == (amount, remarks)


def test_the_line_of_a_byte_that_is_not_utf_8_is_named_behind_a_byte_order_mark_too(write):
    assert [refusal(write("a.cook", mark + b"Mix\n\xff\n"))[0].line for mark in (b"", b"\xef\xbb\xbf")] == [2, 2]


def test_an_existing_file_is_not_replaced_unless_asked(write, tmp_path):
    conversion = convert_recipes([write("a.json", json.dumps(CAKE))])
    target = write("recipes.csv", "mine")

    with pytest.raises(PlandocError, match="already exists; replace it with"):
        write_table(conversion, target)
    assert target.read_text() == "mine"
    with pytest.raises(PlandocError, match=r"a table of recipes is not a \.xlsx file; name it recipes\.csv"):
        write_table(conversion, tmp_path / "recipes.xlsx")
    assert not (tmp_path / "recipes.xlsx").exists()
    assert write_table(conversion, target, replace=True) == target
    assert target.read_bytes().startswith(b"\xef\xbb\xbfrecipe,")


def test_a_formula_in_a_page_is_harmless_and_comes_in_as_it_was(write, folder, tmp_path):
    conversion = convert_recipes([write("a.json", json.dumps(CAKE | {"recipeIngredient": ["=SUM"]}))])
    table = write_table(conversion, tmp_path / "recipes.csv")

    assert b"'=SUM" in table.read_bytes()
    with plandoc.open_store(folder, create=True):
        plandoc.import_recipes(table, add_ingredients=True)
        assert [one.name for one in plandoc.list_records(plandoc.Ingredient)] == ["=SUM"]
    assert plandoc.check(folder) == []
