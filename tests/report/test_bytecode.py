"""The bytecode of the template is kept as Python keeps its own, and never makes another page."""

import importlib.util
import sys

import jinja2
import pytest

from plandoc.report.bytecode import BytecodeBesideTemplates


@pytest.fixture
def templates(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "page").write_text("Hello {{ name }}\n")
    return folder


def page(folder, **options):
    cache = BytecodeBesideTemplates(folder, options)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), bytecode_cache=cache, autoescape=True, **options
    )
    return environment.get_template("page").render(name="you")


def kept(folder):
    return sorted(folder.rglob("__pycache__/*"))


def test_the_bytecode_is_kept_beside_the_template_and_used(templates):
    first = page(templates)
    (one,) = kept(templates)
    before = one.stat().st_mtime_ns
    second = page(templates)

    assert first == second == "Hello you"
    assert one.stat().st_mtime_ns == before
    assert one == templates / "__pycache__" / one.name


def test_another_template_gives_another_page(templates):
    page(templates)
    (templates / "page").write_text("Goodbye {{ name }}")

    assert page(templates) == "Goodbye you"


def test_another_option_gives_another_page(templates):
    page(templates)

    assert page(templates, keep_trailing_newline=True) == "Hello you\n"


def test_another_version_of_jinja2_makes_its_own(templates, monkeypatch):
    page(templates)
    (one,) = kept(templates)
    before = one.read_bytes()
    monkeypatch.setattr(jinja2, "__version__", "99.0")
    page(templates)

    assert one.read_bytes() != before


@pytest.mark.parametrize("damage", [b"", b"rubbish", b"j2"], ids=["empty", "rubbish", "the beginning alone"])
def test_damaged_bytecode_is_made_anew(templates, damage):
    page(templates)
    (one,) = kept(templates)
    whole = one.read_bytes()
    one.write_bytes(damage)

    assert page(templates) == "Hello you"
    assert one.read_bytes() == whole


def test_bytecode_that_was_cut_off_anywhere_is_made_anew(templates):
    page(templates)
    (one,) = kept(templates)
    whole = one.read_bytes()
    for length in range(0, len(whole), 7):
        one.write_bytes(whole[:length])

        assert page(templates) == "Hello you"


def test_nothing_is_written_where_python_may_write_no_bytecode(templates, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    assert page(templates) == "Hello you"
    assert kept(templates) == []


def test_a_place_that_cannot_be_written_to_is_no_error(templates):
    (templates / "__pycache__").write_text("a file where the folder should be")

    assert page(templates) == "Hello you"


def test_it_is_where_python_keeps_its_own(templates, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "elsewhere"))
    page(templates)

    (one,) = (tmp_path / "elsewhere").rglob("*.pyc")
    assert one.parent == tmp_path.joinpath("elsewhere", *templates.parts[1:])
    assert importlib.util.cache_from_source(str(templates / "x.py")).startswith(str(one.parent))
