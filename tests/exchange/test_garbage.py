"""A large file in which nothing is right is answered at once: with the first of its problems, not with all."""

import time

import pytest

import plandoc
from plandoc.cli import main
from plandoc.exchange import import_file
from plandoc.exchange.import_report import MOST_GATHERED
from plandoc.exchange.tabular import import_goods, import_ingredients, import_recipes, import_stock
from plandoc.exchange.tabular.table_files import LARGEST_BYTES, MOST_COMMAS, MOST_LINES

# Of the processor, which others may use as well; in fact it is less than a tenth of that.
SECONDS = 15.0
GARBAGE = {
    "one name for all": (import_ingredients, "name,category\n", "x,\n"),
    "cells too many": (import_ingredients, "name,category\n", "a,b,c,d\n"),
    "no ingredient": (import_recipes, "recipe,category,ingredient,quantity,unit\n", ",,,,z\n"),
    "no good": (import_goods, "good,component,quantity\n", "a,b,c\n"),
    "no quantity": (import_stock, "ingredient,quantity,unit\n", "a,b,c\n"),
}


def refused_at_once(bring_in, path, error):
    started = time.process_time()
    with pytest.raises(error) as refused:
        bring_in(path)
    assert time.process_time() - started < SECONDS
    return refused.value


@pytest.mark.proof
@pytest.mark.parametrize("name", GARBAGE)
def test_of_many_problems_the_first_are_told_and_that_there_may_be_more(store, tmp_path, name):
    bring_in, heading, row = GARBAGE[name]
    path = tmp_path / "garbage.csv"
    path.write_text(heading + row * 100_000)
    problems = refused_at_once(bring_in, path, plandoc.ValidationError).problems

    assert len(problems) <= MOST_GATHERED + 1
    assert problems[0].line in {2, 3}
    assert [problem.line for problem in problems[:-1]] == sorted(problem.line for problem in problems[:-1])
    assert "more than 1000 problems were found, and reading stopped there" in problems[-1].message


@pytest.mark.parametrize("many", ["\n", ",", ";"])
def test_a_file_of_nothing_but_separators_is_refused_unread(store, tmp_path, many):
    (tmp_path / "garbage.csv").write_text("name,category\n" + many * (LARGEST_BYTES - 20))
    error = refused_at_once(import_ingredients, tmp_path / "garbage.csv", plandoc.ValidationError)

    assert f"wanted at most {MOST_LINES if many == chr(10) else MOST_COMMAS} " in str(error)


@pytest.mark.parametrize("text", ["1,", "{},", '{"x":1},', "[],"])
def test_a_list_of_millions_of_nothings_is_refused_unread(store, tmp_path, text):
    (tmp_path / "garbage.json").write_text("[" + text * (LARGEST_BYTES // len(text) - 1) + "1]")
    refused_at_once(import_stock, tmp_path / "garbage.json", plandoc.ValidationError)


@pytest.mark.parametrize("application", ["plandoc", "bake-tracker"])
def test_of_an_export_with_many_broken_rows_the_first_are_told(store, tmp_path, application):
    tables = {"ingredients": "[" + "{}," * 300_000 + "{}]"}
    if application == "bake-tracker":
        tables["version"] = '"4.1"'
    else:
        names = "recipes finished_units finished_goods unit_words stock events event_recipes event_finished_goods batch_decisions"
        names += " plan_snapshots plan_amendments production_runs assembly_runs voided_runs"
        tables |= dict.fromkeys(names.split(), "[]") | {"ids": "{}", "export_version": "2"}
    inner = ",".join(f'"{name}":{value}' for name, value in tables.items())
    (tmp_path / "garbage.json").write_text(f'{{"application":"{application}",{inner}}}')
    error = refused_at_once(import_file, tmp_path / "garbage.json", plandoc.errors.ImportRefusedError)

    assert "more than 1000 rows are broken" in str(error)
    assert str(error).endswith("and many more")
    assert "row 1:" in str(error)
    assert len(error.report.rows) == MOST_GATHERED + 1


@pytest.mark.costly
def test_the_command_shows_as_many_as_can_be_read(tmp_path, capsys):
    main(["--data", str(tmp_path / "data"), "init"])
    (tmp_path / "many.csv").write_text("ingredient,quantity,unit\n" + "a,b,c\n" * 30_000)
    (tmp_path / "few.csv").write_text("ingredient,quantity,unit\n" + "a,b,c\n" * 30)
    said = []
    for name in ("many.csv", "few.csv"):
        capsys.readouterr()
        assert main(["--data", str(tmp_path / "data"), "stock", "import", str(tmp_path / name)]) == 1
        said.append(capsys.readouterr().err.splitlines())

    assert [len(lines) for lines in said] == [MOST_GATHERED + 2, 3 * 30 + 1]
    assert "more than 1000 problems were found, and reading stopped there" in said[0][-1]
