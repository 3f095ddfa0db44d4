"""A type checker sees an id of one kind where that of another is wanted, and leaves every right call alone."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

_REPOSITORY = Path(__file__).resolve().parents[2]
# A line that must be refused ends in what mypy says of it.
_SCRIPT = """
import datetime

import plandoc
from plandoc.records import EventId, FinishedUnitId, RecipeId

with plandoc.open_store(":memory:") as store, store.session() as session:
    cookies = session.add(plandoc.Recipe("Cookies"))
    cookie = session.add(plandoc.FinishedUnit("Cookie", cookies.id, items_per_batch=24))
    part = plandoc.Component(finished_unit_id=cookie.id, quantity=12)
    box = session.add(plandoc.FinishedGood("Box", (part,)))
    fair = session.add(plandoc.Event("Fair", datetime.date(2026, 12, 24)))
    wanted = {box.id: 10}
    boxes = {box: 10}
    plandoc.set_event_recipes(fair.id, [cookies.id, cookies, "cookies"], session=session)
    plandoc.set_event_finished_goods(fair, wanted, session=session)
    plandoc.set_event_finished_goods(fair, boxes, session=session)
    plandoc.set_event_finished_goods("fair", {"box": 10}, session=session)
    plandoc.save_batch_decision(fair.id, cookie.id, 5, session=session)
    plandoc.save_batch_decision(EventId(1), FinishedUnitId(1), 5, session=session)
    plandoc.get_shopping_list([fair, "fair", fair.id], session=session)
    print(session.get(plandoc.Recipe, "cookies").name, plandoc.find_by_key(plandoc.Event, "fair").event_date)

    plandoc.save_batch_decision(fair.id, cookies.id, 5, session=session)  # refused: arg-type
    plandoc.save_batch_decision(fair.id, cookies, 5, session=session)  # refused: arg-type
    plandoc.save_batch_decision(cookie.id, cookie.id, 5, session=session)  # refused: arg-type
    plandoc.modify_batch_decision(fair.id, 1, 5, "more guests", session=session)  # refused: arg-type
    plandoc.set_event_recipes(fair.id, [cookie.id], session=session)  # refused: list-item
    plandoc.set_event_finished_goods(fair.id, {cookie.id: 10}, session=session)  # refused: type-var
    plandoc.get_shopping_list(cookies, session=session)  # refused: arg-type
    plandoc.Component(finished_unit_id=box.id)  # refused: arg-type
    plandoc.FinishedUnit("Cookie", cookie.id, items_per_batch=24)  # refused: arg-type
    recipe: RecipeId = fair.id  # refused: assignment
"""


@pytest.mark.proof
def test_mypy_sees_an_id_of_another_kind(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(_SCRIPT, "utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", _REPOSITORY / ".mypy_cache", script],
        cwd=_REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    found = {(int(line), kind) for line, kind in re.findall(r"script\.py:(\d+): error: .*\[([\w-]+)\]", done.stdout)}
    lines = enumerate(_SCRIPT.splitlines(), 1)
    assert found == {(number, line.partition("# refused: ")[2]) for number, line in lines if "# refused" in line}
    assert done.returncode == 1
