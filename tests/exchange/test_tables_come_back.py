"""Export, then import, changes nothing: all tables, in every form that a spreadsheet or an editor gives them."""

import csv
import io
import json
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import plandoc
from plandoc.exchange import RowOutcome
from plandoc.exchange.tabular import import_goods, import_ingredients, import_recipes, import_stock
from plandoc.units.quantity_text import written
from tests.builders import folder_bytes
from tests.effort import examples
from tests.strategies import NAMES, TEXTS

IMPORTS = {
    "ingredients": import_ingredients,
    "recipes": import_recipes,
    "goods": import_goods,
    "stock": import_stock,
}
NUMBERS = {"quantity", "makes"}

AWKWARD = st.sampled_from(
    ["Flour", "flour", "flour-2", "FLOUR", "'Nduja", "=1+1", "'=1+1", "@Bun", "-18 C Cream", "a_b", "a b", "Crème"]
)
CALLED = AWKWARD | NAMES
SAID = st.sampled_from(["", "", "sifted", "'", "5", "first\nthen", "a\r\nb"]) | TEXTS
# As many digits as a spreadsheet keeps.
AMOUNTS = st.builds(lambda digits, places: Decimal(digits).scaleb(-places), st.integers(1, 10**9), st.integers(0, 6))
FRACTIONS = st.fractions(min_value="1/999", max_value=1000, max_denominator=999).filter(bool)
QUANTITIES = AMOUNTS | FRACTIONS
UNITS = st.sampled_from(["g", "cup", "CUPS", "each", "can", "jigger"])
# None contradicts another one of the same ingredient.
EQUIVALENTS = st.lists(
    st.builds(
        plandoc.Equivalent,
        QUANTITIES,
        st.sampled_from(["stick", "each", "jigger"]),
        QUANTITIES,
        st.sampled_from(["g", "LB"]),
    ),
    max_size=3,
    unique_by=lambda equivalent: equivalent.unit,
).map(tuple)
STOCKED = st.sampled_from(["g", "cup", "Cups", "sack"])


@st.composite
def catalogs(draw):
    """What a catalog is made of: names, notes, numbers, and which record goes into which."""
    ingredients = draw(
        st.lists(
            st.tuples(CALLED, SAID, st.none() | st.tuples(QUANTITIES, QUANTITIES), SAID, EQUIVALENTS),
            min_size=1,
            max_size=4,
        )
    )
    places = st.integers(0, len(ingredients) - 1)
    lines = st.lists(st.tuples(places, st.none() | QUANTITIES, UNITS, SAID), max_size=3)
    shares = st.integers(1, 1000) | st.sampled_from([Decimal("12.5"), Fraction(100, 3)])
    yields = st.lists(st.tuples(CALLED, shares, st.sampled_from(["piece", "slice", "'s"]) | NAMES, SAID), max_size=2)
    recipes = draw(
        st.lists(st.tuples(CALLED, SAID, lines, yields, SAID, SAID, st.booleans(), QUANTITIES), min_size=1, max_size=3)
    )
    parts = st.lists(st.tuples(st.integers(0, 5), QUANTITIES | st.just(Decimal(1)), SAID), max_size=3)
    goods = draw(st.lists(st.tuples(CALLED, parts, SAID, st.booleans()), max_size=3))
    stock = draw(st.lists(st.tuples(places, QUANTITIES | st.fractions(0, 10), STOCKED, SAID), max_size=4))
    ahead = draw(st.dictionaries(st.integers(0, len(recipes) - 1), st.tuples(QUANTITIES, SAID)))
    return ingredients, recipes, goods, stock, ahead


def _filled(session, catalog):
    ingredients, recipes, goods, stock, ahead = catalog
    known = [
        session.add(
            plandoc.Ingredient(
                name, kind, density and plandoc.Density(density[0], "cup", density[1], "g"), notes, known
            )
        )
        for name, kind, density, notes, known in ingredients
    ]
    made, units = [], []
    for name, kind, lines, yields, notes, method, nests, times in recipes:
        recipe = plandoc.Recipe(
            name,
            kind,
            tuple(
                plandoc.RecipeLine(known[place].id, amount, "" if amount is None else unit, said)
                for place, amount, unit, said in lines
            ),
            tuple(plandoc.SubRecipe(one.id, times, notes) for one in made[-1:] if nests),
            notes=notes,
            method=method,
        )
        made.append(session.add(recipe))
        units += [session.add(_unit(made[-1].id, *one)) for one in yields]
    there = []
    for name, parts, notes, bare in goods:
        inside = [(units + there)[place % len(units + there)] for place, *_ in parts if units + there]
        components = tuple(
            plandoc.Component(one.id if one in units else None, None if one in units else one.id, amount, said)
            for one, (_, amount, said) in zip(inside, parts, strict=False)
        )
        kind = plandoc.AssemblyType.BUNDLE
        if bare and len(components) == 1 and inside[0] in units:
            kind = plandoc.AssemblyType.BARE
            components = (attrs.evolve(components[0], quantity=Decimal(1)),)
        there.append(session.add(plandoc.FinishedGood(name, components, kind, notes)))
    rows = {(place, unit): (amount, said) for place, amount, unit, said in stock}
    for (place, unit), (amount, said) in rows.items():
        session.add(plandoc.StockItem(known[place].id, amount, unit, said))
    for place, (amount, said) in ahead.items():
        session.add(plandoc.StockItem(None, amount, "batch", said, made[place].id))


def _unit(recipe_id, name, share, item_unit, notes):
    if not isinstance(share, int):
        mode = plandoc.YieldMode.BATCH_PORTION
        return plandoc.FinishedUnit(name, recipe_id, item_unit, mode, batch_percentage=share, notes=notes)
    return plandoc.FinishedUnit(name, recipe_id, item_unit, items_per_batch=share, notes=notes)


def _saved_again(text, *, separator=",", with_mark=True, line_end="\r\n", quoting=csv.QUOTE_MINIMAL, change=None):
    """The text of a CSV file as another program writes the same cells."""
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator=line_end, quoting=quoting)
    headings = list(rows[0]) if rows else text.removeprefix("\ufeff").strip().split(",")
    writer.writerow(headings)
    above = {}
    for row in rows:
        cells = dict(row) if change is None else change(dict(row), above)
        writer.writerow([cells[heading] for heading in headings])
        above = row
    return ("\ufeff" if with_mark else "") + out.getvalue()


def _with_comma(row, _):
    """As a spreadsheet writes numbers where a comma divides them; texts stay as they are."""
    return {name: text.replace(".", ",") if name in NUMBERS else text for name, text in row.items()}


def _as_a_spreadsheet_shows_it(row, above):
    """Numbers with their zeros, and what is the same as above left out, as people do."""
    for name in NUMBERS & row.keys():
        if row[name].endswith("%") and "/" not in row[name]:
            row[name] = f"{Decimal(row[name][:-1]):.3f}%"
    for name in ("recipe", "good"):
        if name in row and row[name] == above.get(name):
            row[name] = ""
    return row


FORMS = {
    "as it is": lambda text: text,
    "semicolons": lambda text: _saved_again(text, separator=";", change=_with_comma),
    "without a mark": lambda text: _saved_again(text, with_mark=False, line_end="\n"),
    "all in quotes": lambda text: _saved_again(text, quoting=csv.QUOTE_ALL),
    "a spreadsheet": lambda text: _saved_again(text, change=_as_a_spreadsheet_shows_it),
}


def _json_tables(session):
    """The same tables as JSON, every record by its short name."""
    ingredients, recipes, units, goods = (
        {one.id: one for one in session.find(kind)}
        for kind in (plandoc.Ingredient, plandoc.Recipe, plandoc.FinishedUnit, plandoc.FinishedGood)
    )

    def density(one):
        return one.density and f"{written(one.density.volume)} cup = {written(one.density.weight)} g"

    def equivalents(one):
        return "; ".join(map(str, one.equivalents))

    def part_of(part):
        unit, good = units.get(part.finished_unit_id), goods.get(part.finished_good_id)
        return {"unit": unit.slug} if unit else {"good": good.slug}

    return {
        "ingredients": [
            {
                "name": one.slug,
                "category": one.category,
                "density": density(one),
                "equivalents": equivalents(one),
                "notes": one.notes,
            }
            for one in ingredients.values()
        ],
        "recipes": [
            {
                "name": one.slug,
                "category": one.category,
                "notes": one.notes,
                "method": one.method,
                "lines": [
                    {
                        "ingredient": ingredients[line.ingredient_id].slug,
                        "quantity": line.quantity and written(line.quantity),
                        "unit": line.unit,
                        "notes": line.notes,
                    }
                    for line in one.lines
                ],
                "sub_recipes": [
                    {
                        "recipe": recipes[part.recipe_id].slug,
                        "multiplier": written(part.multiplier),
                        "notes": part.notes,
                    }
                    for part in one.sub_recipes
                ],
                "makes": [
                    {
                        "name": unit.slug,
                        "item_unit": unit.item_unit,
                        "items_per_batch": unit.items_per_batch,
                        "batch_percentage": unit.batch_percentage and written(unit.batch_percentage),
                        "notes": unit.notes,
                    }
                    for unit in units.values()
                    if unit.recipe_id == one.id
                ],
            }
            for one in recipes.values()
        ],
        "goods": [
            {
                "name": one.slug,
                "notes": one.notes,
                "parts": [
                    {**part_of(part), "quantity": written(part.quantity), "notes": part.notes}
                    for part in one.components
                ],
            }
            for one in goods.values()
        ],
    }


@pytest.mark.costly
@settings(max_examples=examples(150), deadline=None)
@given(catalog=catalogs(), form=st.sampled_from([*FORMS, "JSON"]))
def test_what_is_exported_and_imported_again_changes_nothing(catalog, form, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    with plandoc.open_store(folder / "data", create=True) as store:
        with store.session("fill") as session:
            _filled(session, catalog)
        for name, path in _files(store, folder, form).items():
            before = folder_bytes(folder / "data")
            report = IMPORTS[name](path, strict_columns=True)

            assert {row.outcome for row in report.rows} <= {RowOutcome.SKIPPED}, (form, name, report.rows)
            assert folder_bytes(folder / "data") == before
    assert plandoc.check(folder / "data") == []


def _files(store, folder, form):
    if form == "JSON":
        tables = store.read(_json_tables)
        paths = {name: folder / f"{name}.json" for name in tables}
        for name, path in paths.items():
            path.write_text(json.dumps(tables[name]), "utf-8")
        return paths
    paths = {path.stem: path for path in plandoc.export_csv(folder / "sheets", IMPORTS)}
    for path in paths.values():
        path.write_bytes(FORMS[form](path.read_bytes().decode()).encode())
    return paths


def test_an_export_comes_into_an_empty_folder_as_it_was(tmp_path):
    catalog = (
        [
            ("'Nduja", "Sausage", (Decimal(1), Decimal("120.5")), "hot", (plandoc.Equivalent("1/3", "jar", 100, "g"),)),
            ("+Vitamin C", "", None, "a\nb", ()),
        ],
        [
            (
                "=Secret",
                "Sweet",
                [(0, Decimal("1.5"), "g", "sifted")],
                [("@Bun", 24, "bun", "warm")],
                "old",
                "Mix.\nBake.",
                False,
                1,
            )
        ],
        [("Bag", [(0, Decimal(6), "on top")], "ribbon", False)],
        [(1, Decimal(2), "g", "in the cellar")],
        {0: (Decimal("2.5"), "in the freezer")},
    )
    with plandoc.open_store(tmp_path / "here", create=True) as store:
        with store.session("fill") as session:
            _filled(session, catalog)
        files = plandoc.export_csv(tmp_path / "sheets", IMPORTS)
        there = [store.read(lambda session, kind=kind: session.find(kind)) for kind in KINDS]
    with plandoc.open_store(tmp_path / "empty", create=True) as store:
        for path in files:
            IMPORTS[path.stem](path)
        came = [store.read(lambda session, kind=kind: session.find(kind)) for kind in KINDS]

    assert came == there
    assert [plandoc.check(tmp_path / name) for name in ("here", "empty")] == [[], []]


KINDS = (plandoc.Ingredient, plandoc.Recipe, plandoc.FinishedUnit, plandoc.FinishedGood, plandoc.StockItem)


def test_every_file_begins_with_a_byte_order_mark(store, tmp_path):
    files = plandoc.export_csv(tmp_path / "sheets")

    assert {path.read_bytes()[:3] for path in files} == {b"\xef\xbb\xbf"}


@pytest.mark.parametrize("kind", ["ingredient", "recipe", "good"])
def test_a_new_name_that_was_read_in_the_wrong_encoding_is_questioned(kind, store, tmp_path):
    wrong = "Crème".encode().decode("cp1252")
    texts = {
        "ingredient": f"name\n{wrong}\n",
        "recipe": f"recipe,ingredient,quantity,unit\n{wrong},Flour,1,cup\n",
        "good": f"good,component,quantity\n{wrong},Cookie,1\n",
    }
    path = tmp_path / "x.csv"
    path.write_text(texts[kind], "utf-8")
    with pytest.raises(plandoc.ValidationError, match="looks like 'Crème', read in the wrong encoding"):
        IMPORTS[f"{kind}s"](path)


def test_a_file_whose_mark_was_read_as_letters_is_refused(store, tmp_path):
    with store.session("fill") as session:
        session.add(plandoc.Ingredient("Crème"))
    (path,) = plandoc.export_csv(tmp_path / "sheets", ["ingredients"])
    path.write_bytes(path.read_bytes().decode("cp1252").encode("utf-8-sig"))
    with pytest.raises(plandoc.ValidationError, match="read this file in the wrong encoding"):
        import_ingredients(path)


def test_a_name_that_is_there_is_never_questioned(store, folder, tmp_path):
    wrong = "Crème".encode().decode("cp1252")
    with store.session("on purpose") as session:
        session.add(plandoc.Ingredient(wrong, notes=wrong))
    (path,) = plandoc.export_csv(tmp_path / "sheets", ["ingredients"])

    assert [row.outcome for row in import_ingredients(path).rows] == [RowOutcome.SKIPPED]
