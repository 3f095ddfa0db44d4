"""What is typed after `plandoc` and cannot be meant, and what scripts make of a variable that is empty or too long."""

from __future__ import annotations

from tests.trust.bad_inputs import Row, by_command, called_as_typed, command, every_document, nothing

TEA = ("event", "add", "Tea", "--date", "2027-01-01")
# As a shell hands over "$UNSET".
EMPTY = ""


def typed(name: str, *line: str, says: str, status: int = 1) -> Row:
    """A command line that is refused; what it is about stays as it is."""
    return Row(0, name, command(*line), (says,), status, keeps=every_document)


def as_typed(name: str, *line: str, says: str, status: int = 2) -> Row:
    """The same, without a data folder before it."""
    return Row(0, name, by_command(lambda _: called_as_typed(*line)), (says,), status)


NO_DAY = "--date: wanted a date such as 2026-12-25, 25.12.2026 or 25 Dec 2026"
NO_GUESTS = "wanted a whole number for --attendees, found "
NO_PATH = "wanted a path, found nothing"
NO_AMOUNT = "AMOUNT: wanted "
NO_REASON = "wanted a reason"
WHOLE = "wanted a whole number"
AT_LEAST_1 = "wanted a whole number of at least 1, found "

ARGUMENTS: tuple[Row, ...] = (
    # Days.
    *(
        typed(f"a day typed as {ascii(form)}", "event", "add", "Tea", "--date", form, says=NO_DAY, status=2)
        for form in (EMPTY, "2026-12-24T00:00", "24.12.26", "20261224", "2026-W52-4", "2026-358", "2027-02-29", "+2027-01-01", "\uff12\uff10\uff12\uff17-01-01", "10000-01-01", "2027\u201301\u201301", "tomorrow", "1", "2027-01-01Z", "0000-01-01")
    ),
    typed("a day typed as '4/5/2026'", "event", "add", "Tea", "--date", "4/5/2026", says="--date: '4/5/2026' can be 4 May 2026 or 5 April 2026; write 2026-05-04 or 2026-04-05", status=2),
    typed("two days", *TEA, "--date", "2027-01-02", says="--date is given twice, '2027-01-01' and '2027-01-02'", status=2),
    # Whole numbers.
    *(
        typed(f"guests typed as {ascii(form[:12])}", *TEA, "--attendees", form, says=NO_GUESTS, status=2)
        for form in (EMPTY, "1e3", "1_000", "1,000", "\u0667", " 7 ", "+7", "\u00bd", "\u00b2", "0x10", "7.0", "many", "9" * 5000, "7-8", "\u22127")
    ),
    typed("no guests", *TEA, "--attendees", "0", says=f"expected_attendees: Event: {AT_LEAST_1}0"),
    typed("guests below zero", *TEA, "--attendees", "-5", says=f"{AT_LEAST_1}-5"),
    typed("guests below zero behind an equals sign", *TEA, "--attendees=-5", says=f"{AT_LEAST_1}-5"),
    *(
        typed(f"a quantity typed as {ascii(form)}", "plan", "goods", "2", form, says=says, status=2)
        for form, says in (
            ("hamper", "wanted GOOD=QUANTITY, found 'hamper'"), ("=3", "wanted GOOD=QUANTITY, found '=3'"), ("hamper=", "after 'hamper=', found ''"), ("hamper==3", "found '=3'"), ("hamper=3=4", "found '3=4'"),
            ("hamper= 3", "found ' 3'"), ("hamper=+3", "found '+3'"), ("hamper=3.0", "found '3.0'"), ("hamper=1_0", "found '1_0'"), ("hamper=\uff13", "after 'hamper='"), ("hamper=1e3", "found '1e3'"), ("hamper:3", "wanted GOOD=QUANTITY, found 'hamper:3'"), (EMPTY, "wanted GOOD=QUANTITY, found ''"), ("hamper=" + "9" * 5000, "99999..."),
        )
    ),
    typed("a good and its number apart", "plan", "goods", "2", "hamper", "=", "3", says="wanted GOOD=QUANTITY, found '='", status=2),
    typed("a good twice", "plan", "goods", "2", "hamper=1", "hamper=2", says="'hamper' is given twice", status=2),
    typed("a good by its name and its number", "plan", "goods", "2", "hamper=3", "4=2", says="the same item is given twice, once by slug and once by id", status=2),
    typed("a good below zero", "plan", "goods", "2", "hamper=-1", says="of at least"),
    typed("a good more than a million millions", "plan", "goods", "2", "hamper=1000000000001", says="wanted a whole number of at most 1000000000000"),
    typed("a good in capital letters", "plan", "goods", "2", "Hamper=3", says="Finished good 'Hamper' not found (did you mean hamper?)"),
    typed("recipes with a comma between", "plan", "recipes", "2", "sponge-cake,frosting", says="Recipe 'sponge-cake,frosting' not found (did you mean sponge-cake?)"),
    typed("batches with a point", "plan", "batches", "2", "cookie=2.5", says="wanted a whole number after 'cookie=', found '2.5'", status=2),
    typed("no batches", "plan", "batches", "2", "cookie=0", says=f"batches of Cookie: {AT_LEAST_1}0"),
    # Names of things that are there.
    *(
        typed(f"an event called {ascii(form[:12])}", "event", "show", form, says="not found")
        for form in (EMPTY, " ", "0", "+1", "1.0", "-1", "\uff11", "\u0661", "1 ", "1_0", "9" * 400, "x" * 100_000, "events/1.json", "../1", "*", "christmas_2026", "\ud800", "1;2", "%31")
    ),
    typed("an event by its name", "event", "show", "Christmas 2026", says="Event 'Christmas 2026' not found (did you mean christmas-2026?)"),
    typed("two events where one is wanted", "event", "show", "1", "2", says="2", status=2),
    typed("a name of blanks", "event", "add", "  ", "--date", "2027-01-01", says="wanted a name, found only blanks"),
    typed("two names", "event", "add", "Tea", "Coffee", "--date", "2027-01-01", says="Coffee", status=2),
    typed("notes of 100 001 characters, typed", *TEA, "--notes", "x" * 100_001, says="wanted at most 100000 characters, found 100001"),
    typed("an option that is spelled wrong", *TEA, "--note", "x", says="unknown option --note; did you mean --notes?", status=2),
    # Baking and packing.
    *(typed(f"batches baked typed as {form!r}", "bake", "1", "cookie", form, says="wanted a whole number for BATCHES", status=2) for form in (EMPTY, "1.5", "x", "1e1", "all")),
    typed("no batches baked", "bake", "1", "cookie", "0", says=f"batches of Cookie: {AT_LEAST_1}0"),
    typed("batches baked below zero", "bake", "1", "cookie", "-1", says=f"{AT_LEAST_1}-1"),
    typed("a unit that is a good, baked", "bake", "1", "hamper", "1", says="Finished unit 'hamper' not found"),
    typed("a good that is a unit, packed", "pack", "1", "cookie", "1", says="Finished good 'cookie' not found"),
    typed("more made than there can be", "bake", "1", "cookie", "1", "--made", "99999999999999", says="units made of Cookie: wanted a whole number of at most"),
    typed("made below zero", "bake", "1", "cookie", "1", "--made", "-1", says="units made of Cookie: wanted a whole number of at least 0, found -1"),
    typed("lost without a reason", "bake", "1", "cookie", "1", "--lost", "3", says="each '--lost N' needs a '--why REASON'", status=2),
    typed("a reason for nothing lost", "bake", "1", "cookie", "1", "--why", "burnt", says="each '--lost N' needs a '--why REASON'", status=2),
    typed("lost for an empty reason", "bake", "1", "cookie", "1", "--lost", "3", "--why", EMPTY, says="units lost of Cookie: wanted a reason without blanks around it"),
    typed("more lost than was baked", "bake", "1", "cookie", "1", "--lost", "30", "--why", "x", says="found 30 lost (no more can be lost than the batches yield)"),
    typed("a draft baked for", "bake", "2", "cookie", "1", says="cannot record production: the plan of 'Easter 2027' (event 2) is DRAFT"),
    typed("more packed than is made", "pack", "1", "hamper", "1000", says="found 1000"),
    *(typed(f"a run called {form[:6]!r}", "void", "1", form, "--reason", "x", says="wanted a run as 'plandoc runs EVENT' shows it, such as b3 or p2", status=2) for form in ("x1", "1", "b", EMPTY, "b-1", "b\uff11", "b1.0", "b" + "9" * 5000, "bb1")),
    typed("a run that there is not", "void", "1", "b9", "--reason", "x", says="run b9 not found"),
    typed("a run that is voided", "void", "1", "b2", "--reason", "x", says="run b2 is already voided"),
    typed("a run voided for no reason", "void", "1", "b1", "--reason", "   ", says=NO_REASON),
    # Amendments.
    typed("an amendment for no reason", "amend", "quantity", "1", "hamper", "3", "--reason", EMPTY, says=NO_REASON),
    typed("an amendment without a reason", "amend", "quantity", "1", "hamper", "3", says="--reason", status=2),
    typed("an amendment to nothing", "amend", "quantity", "1", "hamper", "0", "--reason", "x", says=f"Hamper: {AT_LEAST_1}0 (take it out of the plan with 'plandoc amend drop"),
    typed("an amendment to what it is", "amend", "quantity", "1", "hamper", "2", "--reason", "x", says="Hamper: 2 are already planned, so nothing would change"),
    typed("an amendment in words", "amend", "quantity", "1", "hamper", "three", "--reason", "x", says="wanted a whole number for QUANTITY, found 'three'", status=2),
    typed("an amendment of what is not planned", "amend", "drop", "1", "plain-slice", "--reason", "x", says="Plain Slice is not in the plan"),
    typed("an amendment that adds what is planned", "amend", "add", "1", "hamper", "1", "--reason", "x", says="Hamper is already in the plan, with a quantity of 2"),
    typed("an amendment of a draft", "amend", "quantity", "2", "hamper", "3", "--reason", "x", says="the plan of 'Easter 2027' (event 2) is DRAFT"),
    typed("fewer batches than are baked", "amend", "batches", "1", "cookie", "1", "--reason", "x", says="3 are already baked, so the plan cannot go down to 1"),
    # Amounts.
    *(
        typed(f"an amount typed as {ascii(form)}", "stock", "set", "flour", form, "kg", says=NO_AMOUNT)
        for form in (EMPTY, "-1", "1e3", "1E+400", "1e-400", "NaN", "Infinity", "1,500", "1/0", "1 3/2", "2-3", "1\u00b9\u2044\u2082", "\u0667", "0.1234567890123", "1000000000001", "1_0", "1.000,5", "1'000", "one")
    ),
    typed("an amount with nothing for its unit", "stock", "set", "flour", "1", EMPTY, says="AMOUNT: wanted a number and a unit, found nothing"),
    typed("an amount typed as '0x10'", "stock", "set", "flour", "0x10", "kg", says="found 'x10 kg'"),
    typed("an amount of nothing", "stock", "set", EMPTY, "1", "kg", says="there is no ingredient ''"),
    typed("a unit that nobody sees", "stock", "set", "flour", "1", "\u200bkg", says=r"found '1 \u200bkg'"),
    # Paths, of which an unset variable makes nothing.
    *(
        typed(f"an empty path for {' '.join(line)}", *line, EMPTY, says=NO_PATH, status=status)
        for line, status in (
            (("import",), 2), (("export",), 2), (("export-csv",), 2), (("backup",), 2), (("restore",), 2), (("repair", "--from"), 2), (("report", "1", "-o"), 2),
            (("demo",), 2), (("ingredient", "import"), 2), (("recipe", "import"), 2), (("good", "import"), 2), (("stock", "import"), 2),
        )
    ),
    as_typed("an empty data folder", "--data", EMPTY, "check", says="--data needs a folder, found nothing"),
    as_typed("a data folder that was forgotten", "event", "list", "--data", says="--data needs a folder, found nothing"),
    as_typed("two data folders", "--data", "data", "--data", "other", "event", "list", says="--data is given twice, 'data' and 'other'"),
    typed("an export over the marker", "export", "data/plandoc.json", says="it belongs to a data folder, which only plandoc itself writes"),
    typed("an export as an event", "export", "data/events/9.json", says="it belongs to a data folder"),
    typed("an export to a folder that is not there", "export", "nowhere/x.json", says="there is no folder"),
    typed("an export over the folder", "export", "data", says="it is a folder; name a file"),
    typed("an export over a device", "export", "/dev/null", says="it is not an ordinary file"),
    typed("an export over a device that is full", "export", "/dev/full", "--replace", says="it is not an ordinary file"),
    typed("an export of an event that there is not", "export", "x.json", "nothing", says="Event 'nothing' not found"),
    typed("an export under an option's name", "export", "-x.json", says="unknown option -x.json", status=2),
    typed("tables into a file", "export-csv", "data/plandoc.json", says="cannot create the folder"),
    typed("tables into a folder of no folder", "export-csv", "x/y/z", says="cannot create the folder"),
    typed("a table that there is not", "export-csv", "x", "--table", "cakes", says="for --table, found 'cakes'", status=2),
    typed("an import of the folder", "import", "data", says="data: wanted a file, found a folder"),
    typed("an import from the standard input", "import", "-", says="wanted a path for FILE, found '-'", status=2),
    typed("an import that is to do what nobody knows", "import", "x.json", "--on-conflict", "maybe", says="wanted fail or skip or update for --on-conflict, found 'maybe'", status=2),
    typed("a restore from the folder itself", "restore", "data", "--replace", says="is not a backup: backup.json is missing"),
    typed("a restore from nothing", "restore", "nothing.zip", says="there is no backup at"),
    typed("a repair from nothing", "repair", "--from", "nothing", says="there is no backup at"),
    typed("a report to a folder that is not there", "report", "1", "-o", "nowhere/r.html", says="there is no folder"),
    typed("a report on a device that is full", "report", "1", "-o", "/dev/full", says="it is not an ordinary file"),
    typed("backups to keep, in words", "backup", "x", "--keep", "two", says="--keep", status=2),
    typed("a demonstration in the folder", "demo", "data", says="is not empty; nothing was written"),
    typed("a demonstration below a device", "demo", "/dev/null/x", says="/dev/null"),
    # Commands.
    *(as_typed(f"a command called {' '.join(line)!r}", *line, says="unknown command") for line in (("EVENT", "list"), ("event", "LIST"), ("eventlist",), ("-",), ("@args.txt",), ("help",), (EMPTY,), ("\u0435vent", "list"))),
    as_typed("an option where a command is wanted", "--json", says="unknown option --json"),
    as_typed("two hyphens where a command is wanted", "--", says="wanted a command, found '--'"),
    as_typed("a data folder that is spelled wrong", "--dat", "data", "event", "list", says="unknown option --dat; did you mean --data?"),
    as_typed("a command that is half said", "event", says="'plandoc event' needs a command: add or edit or copy or remove or list or show"),
    typed("an option of another command", "needs", "1", "--csv", says="unknown option --csv", status=2),
    typed("two forms at once", "shop", "1", "--csv", "--json", says="--csv and --json are mutually exclusive", status=2),
    typed("an option's opposite that there is not", "check", "--no-json", says="unknown option --no-json", status=2),
    typed("an option in capital letters", "check", "--JSON", says="unknown option --JSON", status=2),
    typed("an option twice", "event", "list", "--json", "--json", says="--json is given twice", status=2),
    typed("a list of events with a word too many", "event", "list", "all", says="all", status=2),
    typed("nothing to shop for", "shop", says="EVENT", status=2),
    typed("a shop with an event that there is not", "shop", "1", "99", says="Event '99' not found"),
    typed("a schema of nothing known", "schema", "cake", says="for NAME, found 'cake'", status=2),
    typed("a plan decided in silence", "plan", "decide", "2", says="plan decide needs --enough", status=2),
    typed("a snapshot of a draft", "snapshot", "2", says="has no snapshot yet"),
    typed("a draft completed", "complete", "2", says="the plan of 'Easter 2027' (event 2) is DRAFT"),
    typed("a started plan locked", "lock", "1", says="the plan of 'Christmas 2026' (event 1) is IN_PRODUCTION; a started plan never goes back"),
    *(typed(f"'plandoc {' '.join(line)}' of an event that there is not", *line, "99", says="Event '99' not found") for line in (("amendments",), ("runs",), ("progress",), ("feasible",), ("needs",), ("compare",), ("report",), ("snapshot",), ("plan", "show"), ("plan", "review"), ("plan", "available"), ("plan", "options"), ("lock",), ("unlock",), ("start",), ("complete",))),
    # What looks wrong and is meant.
    Row(0, "an event called --data", command("event", "add", "--date", "2027-01-01", "--", "--data"), ("added '--data'",), 0, keeps=nothing),
    Row(0, "an event called by a number", command("event", "add", "1", "--date", "2027-01-01"), ("a number is taken as an id first",), 0, keeps=nothing),
    Row(0, "an event called by a cake", command("event", "add", "\U0001f382", "--date", "2027-01-01"), ("added '\U0001f382'",), 0, keeps=nothing),
    Row(0, "an event on the last of all days", command("event", "add", "Tea", "--date", "9999-12-31"), ("added 'Tea' on 9999-12-31",), 0, keeps=nothing),
    Row(0, "an event by its number with zeros in front", command("event", "show", "001"), ("Christmas 2026",), 0),
)  # fmt: skip
