"""An archive that anybody may have made: read without trust, never unpacked, refused without a trace."""

from __future__ import annotations

import os
import random
import stat
import zipfile

import pytest

import plandoc
from plandoc.maintenance.backups.backup_reader import open_backup
from plandoc.maintenance.backups.restore import restore
from plandoc.storage import archive, documents
from plandoc.storage.archive import MANIFEST, render_manifest
from tests.records.folders import everything_in
from tests.trust.backing import LINEAGE, archive_of, contents, manifest_of

GOOD = contents()
CATALOG = GOOD["catalog.json"]


def members(present=GOOD, **changes):
    return [(MANIFEST, render_manifest(manifest_of(present, **changes))), *present.items()]


def a_member(name, **fields):
    member = zipfile.ZipInfo(name)
    for field, value in fields.items():
        setattr(member, field, value)
    return member


def with_links():
    return [*members()[:2], (a_member("catalog.json", external_attr=(stat.S_IFLNK | 0o777) << 16), b"/etc/passwd")]


def a_bomb():
    bomb = contents(**{"events/1.json": b"0" * 50_000_000})
    return members(bomb)


def occurrences(content, part):
    at = content.find(part)
    while at >= 0:
        yield at
        at = content.find(part, at + 1)


def resealed(content):
    return archive.seal(content[: -archive._SEAL_SIZE])


def nameless(made):
    """Take away the name of the last member, by its length in the directory of the archive."""
    at = made.rindex(b"PK\1\2")
    cut = made[: at + 28] + b"\0\0" + made[at + 30 : at + 46] + made[at + 46 + len("nameless") :]
    end = cut.rindex(b"PK\5\6")
    size = int.from_bytes(cut[end + 12 : end + 16], "little") - len("nameless")
    return cut[: end + 12] + size.to_bytes(4, "little") + cut[end + 16 :]


NAMES = [
    *("../x.json", "/etc/x.json", "events/../../x.json", "events\\7.json", "C:\\x.json", "events/7.json/", "con.json"),
    *("events/07.json", "events/0.json", "events/x.json", "events/7.json\0.txt", "EVENTS/7.json", "./catalog.json"),
    *("journal.jsonl", ".plandoc/lock", "lost-found/x", "events/", "", "x" * 5000),
    *("events/٧.json", "events/1234567890123456.json"),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_member_that_is_no_document_is_refused_with_the_whole_archive(tmp_path, name):
    place = tmp_path / "evil.zip"
    made = archive_of([*members(), (name.replace("\0", "?") or "nameless", b"{}")])
    # The library that makes archives makes no such names; others may.
    made = made.replace(b"json?.txt", b"json\0.txt")
    place.write_bytes(resealed(made if name else nameless(made)))
    before = everything_in(tmp_path)

    with pytest.raises(plandoc.errors.DamagedError, match="not the name of a document"):
        restore(place, tmp_path / "data")
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize("name", NAMES)
def test_a_manifest_that_names_what_is_no_document_is_refused(tmp_path, name):
    files = {**GOOD, name: b"{}"}
    place = tmp_path / "evil.zip"
    manifest = manifest_of(GOOD, files={key: archive.sha256(content) for key, content in files.items()})
    place.write_bytes(archive_of([(MANIFEST, render_manifest(manifest)), *GOOD.items()]))

    with pytest.raises(plandoc.errors.DamagedError, match="is not a document of a data folder"):
        open_backup(place)


CASES = {
    "a name twice": (lambda: [*members(), ("catalog.json", CATALOG)], "occurs twice"),
    "no manifest": (lambda: members()[1:], "backup.json is missing"),
    "no catalog": (lambda: members()[:2], "bytes of documents, found"),
    "a document that the manifest does not name": (
        lambda: [*members(), ("events/7.json", CATALOG)],
        "bytes of documents, found",
    ),
    "an empty document that the manifest does not name": (
        lambda: [*members(), ("events/7.json", b"")],
        "events/7.json: its content does not match the manifest",
    ),
    "a link": (with_links, "found a link"),
    "a bomb": (a_bomb, "to 50000000 bytes; refused"),
    "another content": (lambda: [*members()[:2], ("catalog.json", CATALOG[::-1])], "does not match the manifest"),
    "another compression": (
        lambda: [*members()[:2], (a_member("catalog.json", compress_type=zipfile.ZIP_BZIP2), CATALOG)],
        "compressed in a way",
    ),
    "another lineage": (lambda: members(store_id="another"), "do not belong together"),
    "another serial": (lambda: members(serial=4), "do not belong together"),
    "a size below 0": (lambda: members(size=-1), "of at least 0"),
    "no digest": (lambda: members(files={**manifest_of(GOOD).files, "catalog.json": "00"}), "wanted a SHA-256"),
    "a manifest of another kind": (lambda: [(MANIFEST, b"[]"), *GOOD.items()], "wanted one JSON object"),
    "a manifest in disguise": (
        lambda: [(MANIFEST, render_manifest(manifest_of(GOOD)).replace(b'": ', b'":  ')), *GOOD.items()],
        "does not match its own digest",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_plandoc_never_writes_is_refused_by_name(tmp_path, case):
    make, message = CASES[case]
    place = tmp_path / "evil.zip"
    place.write_bytes(archive_of(make()))
    before = everything_in(tmp_path)

    with pytest.raises(plandoc.errors.DamagedError, match=message):
        restore(place, tmp_path / "data")
    assert everything_in(tmp_path) == before


def test_a_bomb_is_read_no_further_than_the_size_it_names(tmp_path):
    files = contents(**{"events/1.json": b"0" * 900})
    bomb = archive_of([*members(files)[:-1], ("events/1.json", b"0" * 50_000_000)])
    lie = bomb.replace((50_000_000).to_bytes(4, "little"), (900).to_bytes(4, "little"))
    assert lie != bomb
    (tmp_path / "bomb.zip").write_bytes(resealed(lie))

    with pytest.raises(plandoc.errors.DamagedError):
        open_backup(tmp_path / "bomb.zip")


def test_members_that_share_their_bytes_are_refused(tmp_path):
    files = contents(**{f"events/{number}.json": os.urandom(1) * 3000 for number in range(1, 9)})
    made = archive_of(members(files))
    directory = list(occurrences(made, b"PK\1\2"))
    first = made[directory[-1] + 42 : directory[-1] + 46]
    for at in directory:
        made = made[: at + 42] + first + made[at + 46 :]
    (tmp_path / "shared.zip").write_bytes(resealed(made))

    with pytest.raises(plandoc.errors.DamagedError):
        open_backup(tmp_path / "shared.zip")


@pytest.mark.parametrize("content", [b"", b"PK\5\6" + b"\0" * 18, b"x" * 5000, b"\0" * 200])
@pytest.mark.parametrize("sealed", [True, False])
def test_what_is_no_archive_is_refused(tmp_path, content, sealed):
    (tmp_path / "x.zip").write_bytes(archive.seal(content) if sealed else content)

    with pytest.raises(plandoc.errors.DamagedError):
        open_backup(tmp_path / "x.zip")


@pytest.mark.parametrize("kind", ["pipe", "loop"])
def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path, kind):
    os.mkfifo(tmp_path / "x.zip") if kind == "pipe" else (tmp_path / "x.zip").symlink_to("x.zip")

    with pytest.raises(
        plandoc.errors.StoreError if kind == "pipe" else (plandoc.errors.StoreError, RuntimeError, OSError)
    ):
        open_backup(tmp_path / "x.zip")


def test_a_link_inside_of_a_folder_backup_is_not_followed(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "secret").write_bytes(CATALOG)
    for name, content in members():
        (tmp_path / "b" / name).write_bytes(content)
    open_backup(tmp_path / "b")
    (tmp_path / "b" / "catalog.json").unlink()
    (tmp_path / "b" / "catalog.json").symlink_to(tmp_path / "secret")

    with pytest.raises(plandoc.errors.DamagedError, match="symbolic link"):
        open_backup(tmp_path / "b")


def test_a_link_to_a_backup_can_be_named(tmp_path):
    (tmp_path / "b.zip").write_bytes(archive_of(members()))
    (tmp_path / "latest.zip").symlink_to("b.zip")

    assert open_backup(tmp_path / "latest.zip").documents == GOOD


def test_a_backup_of_a_later_kind_is_refused_as_that(tmp_path):
    later = render_manifest(manifest_of(GOOD)).replace(b'"format": 1', b'"format": 2')
    (tmp_path / "b.zip").write_bytes(archive_of([(MANIFEST, later), *GOOD.items()]))

    with pytest.raises(plandoc.errors.NewerFormatError):
        open_backup(tmp_path / "b.zip")


def test_what_plandoc_packs_it_unpacks_however_well_it_packs(tmp_path):
    notes = documents.render("events/1.json", LINEAGE, {}, {"events": {"1": {"notes": "a" * 3_000_000}}})
    files = contents(**{"events/1.json": notes})
    manifest = manifest_of(files)
    (tmp_path / "b.zip").write_bytes(archive.render_archive(manifest, files))

    assert open_backup(tmp_path / "b.zip").documents == files


def test_no_archive_that_was_changed_and_sealed_again_brings_the_reader_down(tmp_path):
    luck = random.Random(5)
    whole = archive_of(members(contents(**{"events/1.json": CATALOG * 20})))
    kinds = set()
    for _ in range(600):
        made = bytearray(whole[: -archive._SEAL_SIZE])
        for _ in range(luck.choice((1, 1, 2, 5))):
            made[luck.randrange(len(made))] = luck.randrange(256)
        (tmp_path / "x.zip").write_bytes(
            archive.seal(bytes(made[: luck.choice((None, None, luck.randrange(len(made))))]))
        )
        try:
            kinds.add(open_backup(tmp_path / "x.zip").documents.keys() == {*GOOD, "events/1.json"})
        except plandoc.PlandocError as error:
            kinds.add(type(error))

    # A byte that means nothing, such as the time of day of a member, may be changed by who can seal.
    assert kinds == {True, plandoc.errors.DamagedError}
