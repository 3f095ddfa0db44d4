"""Hints as data: the step that helps, with its names and numbers, shown as a function or as a command line.

A message that names a step is a `Wording`. As text it addresses users of the library; `for_command` says the same to
users of the command.
"""

from __future__ import annotations

import enum
import string
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Named(NamedTuple):
    """Something that functions know by its id and commands by its slug."""

    id: int
    slug: str


class Call(NamedTuple):
    """A step with what is known of its arguments.

    Attributes:
        hint: The step.
        facts: The arguments that are known, by their names in `Hint`.
    """

    hint: Hint
    facts: Mapping[str, Any]

    def in_library(self) -> str:
        """Return the function call."""
        known = {name: _id_of(fact) for name, fact in self.facts.items()}
        return self.hint.function.format(**{**_PARAMETERS, **known})

    def in_command(self) -> str:
        """Return the command line in quotes, or the option."""
        known = {name: _slug_of(fact) for name, fact in self.facts.items()}
        line = self.hint.line.format(**{**_WORDS, **known})
        return f"'{line}'" if line.startswith("plandoc ") else line


class Hint(enum.Enum):
    """A step that can help: the function, and the command line or option that does the same."""

    LOCK = "lock_plan({event})", "plandoc lock {event}"
    UNLOCK = "unlock_plan({event})", "plandoc unlock {event}"
    START = "start_production({event})", "plandoc start {event}"
    COMPLETE = "complete_production({event})", "plandoc complete {event}"
    REMOVE_EVENT = "remove_event({event}, discard_history=True)", "plandoc event remove {event} --discard-history"
    SELECT_RECIPES = "set_event_recipes({event}, recipe_ids)", "plandoc plan recipes {event} RECIPE..."
    CHOOSE_WITH_RECIPES = (
        "change_event_finished_goods({event}, {{{good}: {quantity}}}, add_missing_recipes=True)",
        "plandoc plan goods {event} {good}={quantity} --add-missing-recipes",
    )
    ADD_MISSING_RECIPES = "add_missing_recipes=True", "--add-missing-recipes"
    DECIDE = (
        "save_batch_decision({event}, {unit}, {batches})",
        "plandoc plan batches {event} {unit}={batches}",
    )
    DECIDE_ENOUGH = "decide_enough({event})", "plandoc plan decide {event} --enough"
    UNDECIDE = "delete_batch_decisions({event}, [{unit}])", "plandoc plan undecide {event} {unit}"
    ACCEPT_SHORTFALL = "accept_shortfall=True", "--accept-shortfall"
    DECIDE_SHORT = (
        "save_batch_decision({event}, {unit}, {batches}, accept_shortfall=True)",
        "plandoc plan batches {event} {unit}={batches} --accept-shortfall",
    )
    DROP_GOOD = "drop_finished_good({event}, {good}, reason)", "plandoc amend drop {event} {good} --reason TEXT"
    FORCE = "force=True", "--force"
    ADD_GOOD = (
        "add_finished_good({event}, {good}, {quantity}, reason)",
        "plandoc amend add {event} {good} {quantity} --reason TEXT",
    )
    CHANGE_QUANTITY = (
        "change_quantity({event}, {good}, {quantity}, reason)",
        "plandoc amend quantity {event} {good} {quantity} --reason TEXT",
    )
    CHANGE_BATCHES = (
        "modify_batch_decision({event}, {unit}, {batches}, reason)",
        "plandoc amend batches {event} {unit} {batches} --reason TEXT",
    )
    AMEND_ENOUGH = "amend_enough({event}, reason)", "plandoc amend batches {event} --enough --reason TEXT"
    REVISE_RECIPE = "revise_recipe({event}, {recipe}, reason)", "plandoc amend recipe {event} {recipe} --reason TEXT"
    REVISE_GOOD = "revise_finished_good({event}, {good}, reason)", "plandoc amend good {event} {good} --reason TEXT"
    BAKE = "record_production({event}, {unit}, {batches})", "plandoc bake {event} {unit} {batches}"
    LEAVE_STOCK = "use_stock=False", "--no-stock"
    SAY_WHY = "lost={{'burnt': 3}}", "--lost 3 --why burnt"
    RECORD_LOST = "lost={{reason: {quantity}}}", "--lost {quantity} --why REASON"
    ADD_INGREDIENTS = "add_ingredients=True", "--add-ingredients"
    MERGE_INGREDIENTS = (
        "merge_ingredients({ingredient}, {other})",
        "plandoc ingredient merge {ingredient} into {other}",
    )
    TABLE_OF_RECIPES = "import_recipes({file})", "plandoc recipe import {file}"
    TABLE_OF_GOODS = "import_goods({file})", "plandoc good import {file}"
    TABLE_OF_STOCK = "import_stock({file})", "plandoc stock import {file}"
    TABLE_OF_INGREDIENTS = "import_ingredients({file})", "plandoc ingredient import {file}"
    CONVERT_RECIPES = "convert_recipes([{file}])", "plandoc recipe convert {file} -o converted.csv"
    EXPORT = "import_file({file})", "plandoc import {file}"
    IMPORT_RECIPES = "import_recipes(file)", "plandoc recipe import FILE"
    IMPORT_INGREDIENTS = "import_ingredients(file)", "plandoc ingredient import FILE"
    ADD_UNIT = "add_unit_word({word!r}, quantity, unit)", 'plandoc unit add "{word} = AMOUNT"'
    KEEP_PRESENT = "on_conflict='skip'", "--on-conflict skip"
    TAKE_FROM_FILE = "on_conflict='update'", "--on-conflict update"
    REPLACE = "replace=True", "--replace"
    ALLOW_OTHER_FOLDER = "allow_other_folder=True", "--allow-other-folder"
    ALLOW_OTHER_STORE = "allow_other_store=True", "--allow-other-store"
    ALLOW_NEWER = "allow_newer=True", "--allow-newer"
    ALLOW_OLDER = "allow_older=True", "--allow-older"
    WAIT_LONGER = "with a longer timeout_seconds", "later"
    CREATE_FOLDER = "open_store(path, create=True)", "plandoc init"
    CHECK = "check(folder)", "plandoc check"
    REPAIR = "repair(folder)", "plandoc repair"
    REPAIR_FROM_BACKUP = "repair(folder, backup=backup)", "plandoc repair --from BACKUP"
    PUSH = "push({source!r}, {target!r})", "plandoc push {source} {target}"
    PULL = "pull({source!r}, {target!r})", "plandoc pull {source} {target}"
    RESTORE = "restore(backup, folder)", "plandoc restore BACKUP"
    PRODUCTION_RUN = "production run {run}", "run b{run}"
    ASSEMBLY_RUN = "assembly run {run}", "run p{run}"

    @property
    def function(self) -> str:
        """The step as a function, with the places of its arguments."""
        return self.value[0]

    @property
    def line(self) -> str:
        """The step as a command line, with the places of its arguments."""
        return self.value[1]

    def __call__(self, **facts: Any) -> Call:
        """Return the step with what is known of its arguments: event, unit, good, recipe, ingredient, batches, quantity, run or file."""
        return Call(self, facts)


_PARAMETERS = {
    "event": "event_id",
    "unit": "finished_unit_id",
    "good": "finished_good_id",
    "recipe": "recipe_id",
    "ingredient": "ingredient",
    "other": "into",
    "batches": "batches",
    "quantity": "quantity",
    "run": "run_id",
    "word": "WORD",
    "file": "file",
    "source": "source",
    "target": "target",
}
# The names of the arguments of steps.
FACTS = frozenset(_PARAMETERS)
_WORDS = {name: name.upper() for name in _PARAMETERS}


class Wording(str):
    """A text that names steps; as text, it addresses users of the library.

    Attributes:
        parts: The texts and the steps that it consists of.
    """

    __slots__ = ("parts",)
    parts: tuple[str | Call, ...]

    def __new__(cls, parts: Iterable[str | Call]) -> Wording:  # noqa: PYI034  (no class derives from it)
        """Make a text of its parts."""
        known = tuple(parts)
        text = super().__new__(cls, "".join(one if isinstance(one, str) else one.in_library() for one in known))
        text.parts = known
        return text

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.parts,)

    def filled(self, **facts: Any) -> Wording:
        """Return the text with more facts in its steps; what is known already stays."""
        return Wording(
            one if isinstance(one, str) else one._replace(facts={**facts, **one.facts}) for one in self.parts
        )

    def in_command(self) -> str:
        """Return the text as it addresses users of the command."""
        return "".join(one if isinstance(one, str) else one.in_command() for one in self.parts)


def wording(template: str, **values: object) -> Wording:
    """Return a text with steps and other values in the places of a template.

    >>> text = wording("lock the plan first, with {lock}", lock=Hint.LOCK(event=Named(7, "fair")))
    >>> text
    'lock the plan first, with lock_plan(7)'
    >>> for_command(text)
    "lock the plan first, with 'plandoc lock fair'"
    >>> for_command(wording("use {option}, or {decide}", option=Hint.ACCEPT_SHORTFALL(), decide=Hint.DECIDE_ENOUGH()))
    "use --accept-shortfall, or 'plandoc plan decide EVENT --enough'"
    """
    parts: list[str | Call] = []
    for text, name, _, _ in string.Formatter().parse(template):
        parts.append(text)
        if name is not None:
            parts.extend(_parts_of(values[name]))
    return Wording(parts)


def joined(separator: str, texts: Iterable[str]) -> Wording:
    """Return texts with a separator between them.

    >>> for_command(joined("; ", ["first", wording("{lock}", lock=Hint.LOCK())]))
    "first; 'plandoc lock EVENT'"
    """
    parts: list[str | Call] = []
    for number, text in enumerate(texts):
        parts.extend(([separator] if number else []) + _parts_of(text))
    return Wording(parts)


def filled(text: str, **facts: Any) -> str:
    """Return a text with more facts in the steps that it names, if it names any."""
    return text.filled(**facts) if isinstance(text, Wording) else text


def for_command(text: str, **facts: Any) -> str:
    """Return a text as it addresses users of the command.

    Args:
        text: The text; one that names no steps stays as it is.
        facts: What else is known, for steps that do not know it.
    """
    return text.filled(**facts).in_command() if isinstance(text, Wording) else text


def _parts_of(value: object) -> list[str | Call]:
    if isinstance(value, Wording):
        return list(value.parts)
    return [value if isinstance(value, Call) else str(value)]


def _id_of(fact: object) -> object:
    return fact.id if isinstance(fact, Named) else fact


def _slug_of(fact: object) -> object:
    return (fact.slug or fact.id) if isinstance(fact, Named) else fact


TAKE_BACK = wording("restore it from a backup: {repair}", repair=Hint.REPAIR_FROM_BACKUP())
TAKE_FILE_BACK = wording("restore the file from a backup: {repair}", repair=Hint.REPAIR_FROM_BACKUP())
