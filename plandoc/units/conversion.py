"""Converting units of one ingredient into each other, exactly: through their sizes, and through what is known of it.

What is known is any number of statements, "so much of one unit is so much of another". They are the edges of a graph whose
nodes are what can be converted by size alone: all volumes, all weights, all counts, each container and each unknown unit.
Where statements connect two nodes, any unit of the one can be converted into any of the other.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from plandoc.units.table import MEASURES, Dimension
from plandoc.units.unit_names import MEASURES_BY_NAME, canonical, plain, unit_named

# What units share that can be converted by size alone: a dimension, or the name of a container or of an unknown unit.
Node = Dimension | str


class Statement(NamedTuple):
    """So much of one unit is so much of another.

    Attributes:
        quantity: How much of `unit`, above zero.
        unit: Any unit, known to plandoc or not.
        other_quantity: The same amount in `other_unit`, above zero.
        other_unit: Another unit.
    """

    quantity: Fraction
    unit: str
    other_quantity: Fraction
    other_unit: str


class Contradiction(NamedTuple):
    """A statement that earlier ones contradict.

    Attributes:
        statement: The position of the statement.
        because: The positions of the statements that contradict it, in the order of the chain; empty where the sizes of
            the two units do.
        implied: How much of `other_unit` follows from them for `quantity` of `unit`.
    """

    statement: int
    because: tuple[int, ...]
    implied: Fraction


_ONE = Fraction(1)
_NO_WORDS: Mapping[str, Statement] = MappingProxyType({})


class Conversions:
    """The units that can be converted into each other for one ingredient.

    Where statements contradict each other, the earlier one counts; callers refuse what is in `contradictions`.

    Args:
        statements: What is known, in order.
        words: What custom words mean, by their keys. A word replaces what plandoc knows by that name; the statements
            take precedence over both.

    Attributes:
        contradictions: Every statement that contradicts earlier ones.
    """

    def __init__(self, statements: Iterable[Statement] = (), words: Mapping[str, Statement] = _NO_WORDS) -> None:
        stated = list(statements)
        self.contradictions: list[Contradiction] = []
        self._words = words
        # Words that the statements speak of are nodes of their own, because a statement can say something else of them.
        self._stated = {key: canonical(words[key].unit) for key in self._words_in(stated)}
        # To each node its neighbours: how many of the base of the neighbour one of its own base is, and by which statement.
        self._edges: dict[Node, dict[Node, tuple[Fraction, int]]] = {}
        for position, one in enumerate((*stated, *(words[key] for key in self._stated))):
            self._state(position, one)
        # To each node that is connected: the first node of its kindred, and how many of its base one of the own base is.
        self._kindred: dict[Node, tuple[Node, Fraction]] = {}
        for node in sorted(self._edges, key=_first_node):
            if node not in self._kindred:
                self._kindred |= {other: (node, 1 / times) for other, (times, _) in self._reachable(node).items()}

    def factor(self, unit: str, other: str) -> Fraction | None:
        """Return how many of another unit one unit is; None when they cannot be converted."""
        node, size = self._place(unit)
        other_node, other_size = self._place(other)
        if node != other_node:
            root, times = self._kindred.get(node, (node, _ONE))
            other_root, other_times = self._kindred.get(other_node, (other_node, _ONE))
            if root != other_root:
                return None
            size, other_size = size * times, other_size * other_times
        return size / other_size

    def family(self, unit: str) -> Node:
        """Return a key that exactly the units share that can be converted into each other."""
        node, _ = self._place(unit)
        return self._kindred.get(node, (node, _ONE))[0]

    def knows(self, unit: str) -> bool:
        """Return whether a statement is about a unit, so that it is not unknown."""
        return self._word(unit) is not None or self._place(unit)[0] in self._edges

    def _words_in(self, statements: Iterable[Statement]) -> Iterator[str]:
        for unit in (unit for one in statements for unit in (one.unit, one.other_unit)):
            key = self._word(unit)
            if key is not None:
                yield key

    def _word(self, unit: str) -> str | None:
        """Return the key of the word that a unit is; None for others."""
        return next((key for key in word_keys(unit) if key in self._words), None) if self._words else None

    def _place(self, unit: str) -> tuple[Node, Fraction]:
        key = self._word(unit)
        if key is None:
            return place(unit)
        if key in self._stated:
            return self._stated[key], _ONE
        one = self._words[key]
        node, size = place(one.other_unit)
        return node, size * one.other_quantity / one.quantity

    def _state(self, position: int, one: Statement) -> None:
        (node, size), (other, other_size) = self._place(one.unit), self._place(one.other_unit)
        times = one.other_quantity * other_size / (one.quantity * size)
        # Nothing can contradict the first statement about a node, unless it is about two units of the same.
        is_first = node != other and not (node in self._edges and other in self._edges)
        known, because = (None, ()) if is_first else self._reachable(node).get(other, (None, ()))
        if known is None:
            self._edges.setdefault(node, {})[other] = (times, position)
            self._edges.setdefault(other, {})[node] = (1 / times, position)
        elif known != times:
            implied = one.quantity * size * known / other_size
            self.contradictions.append(Contradiction(position, because, implied))

    def _reachable(self, start: Node) -> dict[Node, tuple[Fraction, tuple[int, ...]]]:
        """Return all nodes connected with one: how many of the base one of its own is, and by which statements."""
        found: dict[Node, tuple[Fraction, tuple[int, ...]]] = {start: (_ONE, ())}
        waiting = deque([start])
        while waiting:
            node = waiting.popleft()
            so_far, path = found[node]
            for other, (times, position) in self._edges.get(node, {}).items():
                if other not in found:
                    found[other] = (so_far * times, (*path, position))
                    waiting.append(other)
        return found


def word_key(text: str) -> str:
    """Return what custom words are compared by: as units, but T and t are two.

    >>> word_key("Kelle.") == word_key("kelle"), word_key("T") == word_key("t")
    (True, False)
    """
    bare = text.replace(".", " ").strip()
    return bare if len(bare) == 1 else plain(text)


def word_keys(unit: str) -> tuple[str, str]:
    """Return the keys of the words that a unit can be: as it is spelled, and as plandoc spells it.

    >>> word_keys("Cans")
    ('cans', 'can')
    """
    return word_key(unit), word_key(canonical(unit))


def _first_node(node: Node) -> tuple[int, str]:
    # The same for all definitions of an ingredient, so that their sums meet: weights, where there are any.
    return (_ORDER.index(node), "") if isinstance(node, Dimension) else (len(_ORDER), node)


_ORDER = (Dimension.WEIGHT, Dimension.VOLUME, Dimension.COUNT)
# What a sum is in where none of its units will do.
_BASES: Mapping[Node, str] = MappingProxyType({place.dimension: place.name for place in MEASURES if not place.base})


def base_of(family: Node) -> str:
    """Return the unit that all of a family can be converted into.

    >>> base_of(Dimension.WEIGHT), base_of("can")
    ('g', 'can')
    """
    return family if isinstance(family, str) else _BASES[family]


@functools.lru_cache(maxsize=4096)
def place(unit: str) -> tuple[Node, Fraction]:
    """Return what a unit can be converted within by size alone, and its size in the base of that.

    >>> place("dozen"), place("Cans"), place("blorp")
    ((<Dimension.COUNT: 'count'>, Fraction(12, 1)), ('can', Fraction(1, 1)), ('blorp', Fraction(1, 1)))
    """
    known = unit_named(unit)
    if known is None or known.dimension is Dimension.CONTAINER:
        return canonical(unit), _ONE
    return known.dimension, _size(known.name)


@functools.cache
def _size(name: str) -> Fraction:
    """Return how much one of a measure is, in the one that all of its dimension are measured in."""
    unit = MEASURES_BY_NAME[name]
    return Fraction(unit.size) * (_size(unit.base) if unit.base else 1)
