"""The units that plandoc knows, as plain data: their sizes, where they come from, and how people spell them.

Only what means one thing is here. A text that means different amounts in different kitchens is in `plandoc.units.advice`.
Imported by the records, so this imports nothing that takes time.
"""

from __future__ import annotations

import enum
from typing import NamedTuple


class Dimension(enum.Enum):
    """What a unit measures. Units of one dimension can be turned into each other, except containers."""

    VOLUME = "volume"
    WEIGHT = "weight"
    COUNT = "count"
    CONTAINER = "container"


class Unit(NamedTuple):
    """A unit that plandoc knows.

    Attributes:
        name: The one spelling that results use.
        dimension: What it measures.
        size: How much of `base` it is, a number or a ratio; blank for containers, which have no size of their own.
        base: The name of a unit of the same dimension; blank for the one that others are measured in, and for containers.
        spellings: Other texts that mean it, in lower case.
        has_fixed_size: Whether it is the same everywhere. A container has no size of its own, and a spoon or a pinch has the one
            that is usual, so that a kitchen can state its own size of them.
    """

    name: str
    dimension: Dimension
    size: str
    base: str
    spellings: tuple[str, ...]
    has_fixed_size: bool = True


def _volume(name: str, size: str, base: str, *spellings: str) -> Unit:
    return Unit(name, Dimension.VOLUME, size, base, spellings)


def _spoon(name: str, size: str, base: str, *spellings: str) -> Unit:
    """Return a volume of the usual size; that of a kitchen can be another."""
    return Unit(name, Dimension.VOLUME, size, base, spellings, has_fixed_size=False)


def _weight(name: str, size: str, base: str, *spellings: str) -> Unit:
    return Unit(name, Dimension.WEIGHT, size, base, spellings)


def _count(name: str, size: str, base: str, *spellings: str) -> Unit:
    return Unit(name, Dimension.COUNT, size, base, spellings)


def _container(name: str, *spellings: str) -> Unit:
    return Unit(name, Dimension.CONTAINER, "", "", spellings, has_fixed_size=False)


# American sizes: the international pound of 453.59237 g and the US gallon of 231 cubic inches, whose sixteenth is the cup
# of 236.5882365 ml (NIST Handbook 44, appendix C; NIST SP 811, appendix B). Dash and pinch have no legal size; these are
# those of American measuring spoons; the words of other languages for a pinch are translations.
# British sizes: the imperial gallon of 4.54609 l, of which the pint is the eighth and the fluid ounce the 160th (Weights
# and Measures Act 1985, schedule 1). The British dessertspoon is the metric one of 10 ml.
# Metric spoons and cup: 5, 15 and 250 ml as Britain, New Zealand and Australia sell them, but for the Australian tablespoon
# of 20 ml. The measuring spoons of Germany, Austria and Switzerland (EL, TL), France (cuillère à soupe, à café), Spain
# (cucharada, cucharadita), Italy (cucchiaio, cucchiaino), and Scandinavia (matsked and spiseskje, tesked and teskje,
# kryddmått) hold the same 15, 5 and 1 ml; they keep their names.
# The German Pfund is half a kilogram, the Zollpfund of the customs union.
# Each dimension goes from small to large: the largest of several units of it is the one furthest down.
MEASURES: tuple[Unit, ...] = (
    _volume("µl", "1/1000", "ml", "microliter", "microliters", "microlitre", "microlitres", "mikroliter"),
    _spoon(
        "pinch",
        "1/16",
        "tsp",
        "pinches",
        "prise",
        "prisen",
        "pincée",
        "pincées",
        "pincee",
        "pincees",
        "pizca",
        "pizcas",
        "pizzico",
        "pizzichi",
        "nypa",
        "nypor",
        "klype",
    ),
    _spoon("dash", "1/8", "tsp", "dashes"),
    _spoon("krm", "1", "ml", "kryddmått"),
    _volume("ml", "1", "", "milliliter", "milliliters", "millilitre", "millilitres", "mls"),
    _volume("tsp", "1/3", "tbsp", "tsps", "teaspoon", "teaspoons", "us tsp"),
    _volume("metric tsp", "5", "ml", "metric teaspoon", "metric teaspoons", "uk tsp", "au tsp"),
    _spoon("TL", "5", "ml", "teelöffel", "teeloeffel", "kaffeelöffel", "kaffeeloeffel"),
    _spoon(
        "c. à c.",
        "5",
        "ml",
        "c a c",
        "càc",
        "cac",
        "c à café",
        "c a café",
        "c a cafe",
        "cuillère à café",
        "cuillères à café",
        "cuillerée à café",
        "cuillerées à café",
        "cuil à café",
        "cuillere a cafe",
        "cuilleres a cafe",
    ),
    _spoon("cdta", "5", "ml", "cdtas", "cdita", "cditas", "cucharadita", "cucharaditas"),
    _spoon("cucchiaino", "5", "ml", "cucchiaini"),
    _spoon("tsk", "5", "ml", "tesked", "teskedar", "teske", "teskeer", "teskje", "teskjeer"),
    _volume("cl", "10", "ml", "centiliter", "centiliters", "centilitre", "centilitres", "zentiliter"),
    _spoon("dessertspoon", "10", "ml", "dessertspoons", "dsp", "dstspn", "uk dessertspoon"),
    _volume("tbsp", "1/16", "cup", "tbsps", "tbs", "tbl", "tablespoon", "tablespoons", "us tbsp"),
    _volume("metric tbsp", "15", "ml", "metric tablespoon", "metric tablespoons", "uk tbsp", "nz tbsp"),
    _spoon("EL", "15", "ml", "esslöffel", "essloeffel"),
    _spoon(
        "c. à s.",
        "15",
        "ml",
        "c a s",
        "càs",
        "cas",
        "c à soupe",
        "c a soupe",
        "cuillère à soupe",
        "cuillères à soupe",
        "cuillerée à soupe",
        "cuillerées à soupe",
        "cuil à soupe",
        "cuillere a soupe",
        "cuilleres a soupe",
    ),
    _spoon("cda", "15", "ml", "cdas", "cucharada", "cucharadas"),
    _spoon("cucchiaio", "15", "ml", "cucchiai"),
    _spoon("msk", "15", "ml", "matsked", "matskedar", "spsk", "spiseske", "spiseskeer", "spiseskje", "spiseskjeer"),
    _volume("au tbsp", "20", "ml", "au tablespoon", "au tablespoons", "australian tbsp", "australian tablespoon"),
    _volume("uk fl oz", "1/20", "uk pint", "imperial fl oz", "uk fluid ounce", "uk fluid ounces", "imp fl oz"),
    _volume("fl oz", "1/8", "cup", "floz", "fluid oz", "fluid ounce", "fluid ounces", "fl ounce", "us fl oz"),
    _volume("dl", "100", "ml", "deciliter", "deciliters", "decilitre", "decilitres", "deziliter"),
    _volume("cup", "236.5882365", "ml", "cups", "us cup", "us cups"),
    _volume("metric cup", "250", "ml", "metric cups", "au cup", "au cups", "nz cup", "nz cups"),
    _volume("pint", "2", "cup", "pints", "pt", "pts", "us pint", "us pints"),
    _volume("uk pint", "568.26125", "ml", "uk pints", "uk pt", "imperial pint", "imperial pints"),
    _volume("quart", "4", "cup", "quarts", "qt", "qts", "us quart", "us quarts"),
    _volume("l", "1000", "ml", "liter", "liters", "litre", "litres", "ltr", "litro", "litros", "litri"),
    _volume("uk quart", "2", "uk pint", "uk quarts", "imperial quart", "imperial quarts"),
    _volume("gallon", "16", "cup", "gallons", "gal", "gals", "us gallon", "us gallons"),
    _volume("uk gallon", "8", "uk pint", "uk gallons", "imperial gallon", "imperial gallons"),
    _weight("mg", "1/1000", "g", "milligram", "milligrams", "milligramme", "milligrammes", "milligramm"),
    _weight("g", "1", "", "gram", "grams", "gramme", "grammes", "gm", "gms", "gramm", "gramo", "gramos", "grammi"),
    _weight("dag", "10", "g", "dkg", "deka", "dekagramm", "decagram", "decagrams"),
    _weight("oz", "1/16", "lb", "ounce", "ounces", "ozs"),
    _weight("hg", "100", "g", "hekto", "hektogram", "hectogram", "hectograms", "etto", "etti"),
    _weight("lb", "453.59237", "g", "lbs", "pound", "pounds"),
    _weight("Pfund", "500", "g", "pfd"),
    _weight(
        "kg", "1000", "g", "kgs", "kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes", "kilogramm"
    ),
    _count("each", "1", "", "ea", "count", "ct", "whole", "unit", "units"),
    _count("piece", "1", "each", "pieces", "pc", "pcs"),
    _count("Stück", "1", "each", "stücke", "stueck", "stk", "stck", "styck"),
    _count("pièce", "1", "each", "pièces", "unité", "unités"),
    _count("pieza", "1", "each", "piezas", "unidad", "unidades"),
    _count("pezzo", "1", "each", "pezzi", "pz"),
    _count("dozen", "12", "each", "dozens", "doz", "dz", "dutzend", "docena", "docenas", "dozzina"),
)

# What one of them holds is nobody's standard, so that each can be compared with itself alone, until somebody says what one
# holds. The cups of a table (Tasse, tazza, kopp) are among them: they hold 125 to 250 ml, by country and by book.
CONTAINERS: tuple[Unit, ...] = (
    _container("bag", "bags"),
    _container("bar", "bars"),
    _container("block", "blocks"),
    _container("bottle", "bottles"),
    _container("box", "boxes"),
    _container("bunch", "bunches"),
    _container("can", "cans"),
    _container("carton", "cartons"),
    _container("case", "cases"),
    _container("clove", "cloves"),
    _container("container", "containers"),
    _container("cube", "cubes"),
    _container("drop", "drops"),
    _container("ear", "ears"),
    _container("handful", "handfuls"),
    _container("head", "heads"),
    _container("jar", "jars"),
    _container("knob", "knobs"),
    _container("leaf", "leaves"),
    _container("loaf", "loaves"),
    _container("pack", "packs", "pk", "pks"),
    _container("package", "packages", "pkg", "pkgs", "pkge"),
    _container("packet", "packets", "pkt", "pkts"),
    _container("pod", "pods"),
    _container("portion", "portions"),
    _container("roll", "rolls"),
    _container("sachet", "sachets"),
    _container("sheet", "sheets"),
    _container("slice", "slices"),
    _container("splash", "splashes"),
    _container("sprig", "sprigs"),
    _container("stalk", "stalks"),
    _container("stick", "sticks"),
    _container("tin", "tins"),
    _container("tray", "trays"),
    _container("tub", "tubs"),
    _container("tube", "tubes"),
    _container("Becher"),
    _container("Blatt", "blätter", "blaetter"),
    _container("Bund"),
    _container("Dose", "dosen"),
    _container("Flasche", "flaschen"),
    _container("Glas", "gläser", "glaeser"),
    _container("Päckchen", "paeckchen", "pck", "päck"),
    _container("Packung", "packungen"),
    _container("Scheibe", "scheiben"),
    _container("Tasse", "tassen", "tasses"),
    _container("Würfel", "wuerfel"),
    _container("Zehe", "zehen"),
    _container("boîte", "boîtes", "boite", "boites"),
    _container("gousse", "gousses"),
    _container("paquet", "paquets"),
    _container("tranche", "tranches"),
    _container("bustina", "bustine"),
    _container("tazza", "tazze"),
    _container("diente", "dientes"),
    _container("lata", "latas"),
    _container("sobre", "sobres"),
    _container("taza", "tazas"),
    _container("burk", "burkar"),
    _container("kopp", "koppar", "kopper"),
    _container("paket"),
    _container("påse", "påsar"),
)
