"""Editing one thing of the catalog in an editor, and adding one from options or answers."""

import json
import stat
import sys
import tempfile
from pathlib import Path

import pytest

import plandoc
from plandoc.storage import address
from tests.cli.conftest import contents
from tests.cli.terminals import END_OF_INPUT, INTERRUPT, Terminal, needs_a_terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the editor of these tests is a script of a shell")
THINGS = [("ingredient", "wheat-flour"), ("recipe", "lemon-tart"), ("good", "tea-box")]


@pytest.fixture
def editor(tmp_path, monkeypatch):
    """Makes an editor that replaces texts, one for each time that it is opened."""

    def made(*replacements):
        script = tmp_path / "editor.py"
        script.write_text(
            "import pathlib, sys\n"
            f"replacements = {list(replacements)!r}\n"
            f"count = pathlib.Path({str(tmp_path / 'count')!r})\n"
            "number = int(count.read_text()) if count.exists() else 0\n"
            "count.write_text(str(number + 1))\n"
            "file = pathlib.Path(sys.argv[1])\n"
            "old, new = replacements[number]\n"
            "text = file.read_text('utf-8')\n"
            "assert old in text, text\n"
            "file.write_text(text.replace(old, new), 'utf-8')\n"
        )
        monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
        monkeypatch.delenv("VISUAL", raising=False)
        _keep_texts_in(tmp_path, monkeypatch)

    return made


def _keep_texts_in(folder, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(folder))
    # Python has found the usual place already.
    monkeypatch.setattr(tempfile, "tempdir", None)


@pytest.mark.parametrize(("kind", "slug"), THINGS)
def test_a_text_that_is_saved_as_it_was_changes_nothing(call, bakery, editor, kind, slug):
    editor(("\n", "\n"), ("\n", "\r\n"))
    before = contents(bakery)
    same = call(kind, "edit", slug)
    other_line_ends = call(kind, "edit", slug)

    assert (same.status, other_line_ends.status) == (0, 0)
    assert "nothing was changed" in same.out
    assert "nothing was changed" in other_line_ends.out
    assert contents(bakery) == before


@pytest.mark.costly
def test_every_record_of_the_sample_comes_back_as_it_was_even_if_the_text_is_another(call, bakery, editor):
    # A comma more at the end of each line is another text of the same table.
    before = contents(bakery)
    with plandoc.open_store(bakery):
        things = {
            "ingredient": plandoc.list_records(plandoc.Ingredient),
            "recipe": plandoc.list_records(plandoc.Recipe),
            "good": plandoc.list_records(plandoc.FinishedGood),
        }
    editor(*([("\n", ",\n")] * sum(map(len, things.values()))))

    for kind, records in things.items():
        for record in records:
            assert call(kind, "edit", record.slug).status == 0, record
    assert contents(bakery) == before


def test_what_is_changed_taken_out_and_renamed_in_the_text_is_in_the_folder(call, bakery, editor):
    editor(
        ("12,Lemon tart slice", "14,Lemon tart slice"),
        ("Lemon tart,", "Tarte,"),
        (",Flour,", ",,"),
        ("Tea box,Sablé bag,1,good,,\n", ""),
    )
    count = call("recipe", "edit", "lemon-tart")
    name = call("recipe", "edit", "lemon-tart")
    blank = call("ingredient", "edit", "wheat-flour")
    part = call("good", "edit", "tea-box")

    assert count.out == "updated finished unit 'Lemon tart slice': differed in items per batch\n"
    assert "'Lemon tart' is 'Tarte' now; its short name stays lemon-tart" in name.out
    assert blank.out == "updated ingredient 'Wheat flour': differed in category\n"
    assert "'Tea box' no longer holds 'Sablé bag'" in part.out
    with plandoc.open_store(bakery):
        tart = plandoc.find_by_key(plandoc.Recipe, "lemon-tart")
        assert tart.name == "Tarte"
        assert len(tart.sub_recipes) == 2
        assert plandoc.find_by_key(plandoc.FinishedUnit, "lemon-tart-slice").items_per_batch == 14
        assert plandoc.find_by_key(plandoc.Ingredient, "wheat-flour").category == ""
        assert len(plandoc.find_by_key(plandoc.FinishedGood, "tea-box").components) == 2
    assert plandoc.check(bakery) == []


def test_a_mistake_is_named_and_the_text_is_kept(call, bakery, editor, tmp_path):
    editor(("12,Lemon", "twelve,Lemon"))
    before = contents(bakery)
    refused = call("recipe", "edit", "lemon-tart")
    kept = refused.err.rpartition("the text is kept in ")[2].strip()

    assert refused.status == 1
    assert "makes: wanted a number, found 'twelve'" in refused.err
    assert "twelve,Lemon" in Path(kept).read_text("utf-8")
    assert contents(bakery) == before


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("12,Lemon tart slice", "12,Wedge"), "Finished unit 1 'Lemon tart slice' is still used by"),
        (("Lemon tart,", "Shortcrust,"), "Recipe shortcrust already has the name 'Shortcrust'"),
        (("\nLemon tart,", "\nLemon tart,,,Lemon curd,1,,,,,,\nOther,"), "wanted one recipe, found"),
        (("Cream", "Creme double"), "--add-ingredients"),
        (("recipe,", "recipes,"), "recipe"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(call, bakery, editor, change, says):
    editor(change)
    before = contents(bakery)
    refused = call("recipe", "edit", "lemon-tart")

    assert refused.status == 1
    assert says in refused.err
    assert contents(bakery) == before


@pytest.mark.costly
def test_what_somebody_else_changed_in_the_meantime_is_not_overwritten(call, bakery, tmp_path, monkeypatch):
    script = tmp_path / "editor.py"
    script.write_text(
        "import pathlib, sys, attrs, plandoc\n"
        f"with plandoc.open_store({str(address.address_of(bakery) or bakery)!r}) as store, store.session() as session:\n"
        "    tart = plandoc.find_by_key(plandoc.FinishedUnit, 'lemon-tart-slice', session=session)\n"
        "    session.replace(attrs.evolve(tart, items_per_batch=10))\n"
        "file = pathlib.Path(sys.argv[1])\n"
        "file.write_text(file.read_text('utf-8').replace('12,Lemon', '14,Lemon'), 'utf-8')\n"
    )
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
    _keep_texts_in(tmp_path, monkeypatch)
    refused = call("recipe", "edit", "lemon-tart")

    assert refused.status == 1
    assert "lemon-tart was changed in the meantime; nothing was saved" in refused.err


def test_an_editor_that_is_missing_or_fails_is_said(call, bakery, monkeypatch):
    for variable in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(variable, raising=False)
    none = call("good", "edit", "tea-box")
    monkeypatch.setenv("VISUAL", "there-is-no-such-editor")
    missing = call("good", "edit", "tea-box")
    monkeypatch.setenv("VISUAL", "false")
    failed = call("good", "edit", "tea-box")

    assert [one.status for one in (none, missing, failed)] == [1, 1, 1]
    assert "EDITOR" in none.err
    assert "cannot run the editor there-is-no-such-editor" in missing.err
    assert "ended with status 1\n" in failed.err
    assert "nothing was changed; the text is kept in" in failed.err


@pytest.mark.costly
@needs_a_terminal
def test_on_a_terminal_a_mistake_can_be_edited_again(bakery, editor):
    editor(("12,Lemon", "twelve,Lemon"), ("twelve,Lemon", "14,Lemon"))
    seen = Terminal(bakery).run("recipe", "edit", "lemon-tart", answers=["\n"], questions=("[Y/n] ",))

    assert seen.status == 0, seen.text
    assert "found 'twelve'" in seen.text
    assert "differed in items per batch" in seen.text


@pytest.mark.costly
@needs_a_terminal
def test_on_a_terminal_whoever_gives_up_keeps_the_text(bakery, editor):
    editor(("12,Lemon", "twelve,Lemon"))
    seen = Terminal(bakery).run("recipe", "edit", "lemon-tart", answers=["n\n"], questions=("[Y/n] ",))

    assert seen.status == 1
    assert "the text is kept in" in " ".join(seen.text.split())


# Adding.


def test_a_recipe_is_added_with_fractions_parts_yields_and_an_ingredient_without_amount(call, bakery):
    ended = call(
        *("recipe", "add", "Cheesecake", "--ingredient", "Cream=1 1/2 cup", "--ingredient", "Sea salt"),
        *(
            "--sub-recipe",
            "Shortcrust=1/2",
            "--makes",
            "Slice of cheesecake=12.5%",
            "--category",
            "Cakes",
            "--method",
            "Bake it.",
        ),
    )
    with plandoc.open_store(bakery):
        recipe = plandoc.find_by_key(plandoc.Recipe, "cheesecake")
        unit = plandoc.find_by_key(plandoc.FinishedUnit, "slice-of-cheesecake")

    assert (ended.status, ended.err) == (0, "")
    assert [(str(line.quantity), line.unit) for line in recipe.lines] == [("1.5", "cup"), ("None", "")]
    assert [str(part.multiplier) for part in recipe.sub_recipes] == ["0.5"]
    assert (recipe.category, recipe.method, unit.yield_per_batch) == ("Cakes", "Bake it.", 8)


def test_a_good_is_added_from_units_and_goods(call, bakery):
    ended = call("good", "add", "Hamper", "tea-box=2", "rye-loaf", "--notes", "with a ribbon")
    good = next(row for row in json.loads(call("good", "list", "--json").out) if row["slug"] == "hamper")

    assert ended.out == "created finished good 'Hamper'\n"
    assert [part["quantity"] for part in good["components"]] == ["2", "1"]
    assert good["notes"] == "with a ribbon"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("recipe", "add", "Lemon tart", "--makes", "X=1"), "'plandoc recipe edit lemon-tart'"),
        (("ingredient", "add", "butter"), "ingredient 'Butter' already exists"),
        (("recipe", "add", "X", "--ingredient", "Truffle=1 g"), "--add-ingredients"),
        (("recipe", "add", "X", "--makes", "X=many"), "makes: wanted a number, found 'many'"),
        (("good", "add", "X", "nothing=1"), "there is no finished unit and no good 'nothing'"),
        (("ingredient", "add", "X", "--density", "heavy"), "density: wanted"),
    ],
)
def test_what_cannot_be_added_is_refused_with_the_way_out(call, bakery, words, says):
    before = contents(bakery)
    refused = call(*words)

    assert refused.status == 1
    assert says in refused.err
    assert contents(bakery) == before


@pytest.mark.parametrize(
    "words", [("recipe", "add"), ("recipe", "add", "X"), ("good", "add"), ("good", "add", "X"), ("ingredient", "add")]
)
def test_without_a_terminal_what_is_missing_is_wrong_usage(call, bakery, words):
    ended = call(*words)

    assert ended.status == 2
    assert f"see 'plandoc {words[0]} add --help'" in ended.err


@needs_a_terminal
def test_on_a_terminal_everything_is_asked_for(bakery):
    answers = ["Meringue\n", "Eggs\n", "4\n", "Sugar\n", "220 g\n", "\n", "\n", "Kiss\n", "30\n", "\n"]
    seen = Terminal(bakery).run("recipe", "add", answers=answers, questions=(": ",))
    with plandoc.open_store(bakery):
        recipe = plandoc.find_by_key(plandoc.Recipe, "meringue")
        kiss = plandoc.find_by_key(plandoc.FinishedUnit, "kiss")

    assert seen.status == 0, seen.text
    assert [(str(line.quantity), line.unit) for line in recipe.lines] == [("4", "each"), ("220", "g")]
    assert kiss.items_per_batch == 30


@pytest.mark.costly
@needs_a_terminal
def test_a_name_that_is_not_there_is_asked_for_again_and_an_ingredient_created_on_request(bakery):
    answers = ["Meringue\n", "Egs\n", "n\n", "Mace\n", "y\n", "\n", "\n", "Short\n", "\n", "Kiss\n", "30\n", "\n"]
    seen = Terminal(bakery).run("recipe", "add", answers=answers, questions=(": ", "[y/N] "))
    with plandoc.open_store(bakery):
        recipe = plandoc.find_by_key(plandoc.Recipe, "meringue")
        mace = plandoc.find_by_key(plandoc.Ingredient, "mace")

    assert seen.status == 0, seen.text
    assert "there is no ingredient 'Egs'; did you mean 'Eggs'?" in seen.text
    assert "there is no recipe 'Short'" in seen.text
    assert [(line.ingredient_id, line.quantity) for line in recipe.lines] == [(mace.id, None)]


@pytest.mark.costly
@needs_a_terminal
@pytest.mark.parametrize(
    "words, answers, status, says",
    [
        (("good", "add"), ["Tin\n", "tea\n", "rye-loaf\n", "2\n", "\n"], 0, "no finished unit and no good 'tea'"),
        (("good", "add"), ["tea BOX\n"], 1, "good 'Tea box' already exists"),
        (("ingredient", "add"), ["Mace\n", END_OF_INPUT], 130, "interrupted"),
        (("ingredient", "add"), ["Mace\n", INTERRUPT], 130, "interrupted"),
        (("recipe", "add"), ["Air\n", "\n", "\n", "\n"], 2, "a recipe needs at least one ingredient"),
    ],
)
def test_what_is_asked_for_is_checked_at_once_and_leaving_adds_nothing(bakery, words, answers, status, says):
    before = contents(bakery)
    seen = Terminal(bakery).run(*words, answers=answers, questions=(": ",))

    assert seen.status == status, seen.text
    assert says in " ".join(seen.text.split())
    assert (contents(bakery) == before) == (status != 0)


@pytest.mark.costly
@needs_a_terminal
def test_a_wrong_answer_can_be_put_right_in_the_editor(bakery, editor):
    editor((",4 drums,", ",4,"))
    seen = Terminal(bakery).run(
        *("recipe", "add", "Meringue", "--ingredient", "Eggs=4 drums", "--makes", "Kiss=30"),
        answers=["y\n"],
        questions=("[Y/n] ",),
    )

    assert seen.status == 0, seen.text
    assert "created recipe 'Meringue'" in seen.text


def test_the_text_is_for_nobody_else_to_read(call, bakery, editor):
    editor(("12,Lemon", "twelve,Lemon"))
    kept = call("recipe", "edit", "lemon-tart").err.rpartition("the text is kept in ")[2].strip()
    assert stat.S_IMODE(Path(kept).parent.stat().st_mode) == 0o700


def test_a_text_that_the_editor_removed_is_not_said_to_be_kept(call, bakery, monkeypatch):
    monkeypatch.setenv("EDITOR", "rm")
    refused = call("recipe", "edit", "lemon-tart")

    assert refused.status == 1
    assert refused.err.endswith("\n         nothing was changed\n")
