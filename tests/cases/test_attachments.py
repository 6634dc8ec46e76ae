"""Photos and files of a case: sent in parts that go on after a cut, told by their bytes, written anew, seen with the case."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import staff
from attachment_samples import archive, bomb, patch, photo, send
from case_world import World
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from linli.cases.attachments import pictures, rules, scanning
from linli.cases.attachments.problems import Infected, NotScanned, TooManyPixels, Unreadable
from linli.kernel import clock, files, scope


@pytest.fixture
def world(seeded_db: str) -> World:
    return World.make()


@pytest.fixture(autouse=True)
def _crumbs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples are of a few thousand bytes, and sent in parts all the same."""
    monkeypatch.setattr(rules, "SMALLEST_PART", 3)


def kept() -> int:
    return len(list(files.kept()))


def test_a_photo_is_sent_in_parts_goes_on_after_a_cut_and_comes_out_without_metadata(world: World) -> None:
    from PIL import Image

    from linli.cases.models import Attachment, AttachmentPart

    worker, case, before = world.people["grid_worker"], world.new(), kept()
    content = photo()
    list_path = f"/api/cases/{case}/attachments"
    begun = worker.post(
        list_path,
        {"name": "../井盖<1>.exe", "size": len(content), "purpose": "before"},
        content_type="application/json",
    ).json()
    address = f"{list_path}/{begun['id']}"
    assert patch(worker, address, 0, content[:1000]).json()["received"] == 1000
    # What was cut off is not taken; the list says where to go on, to its sender alone.
    refused = patch(worker, address, 2000, content[2000:])
    assert (refused.status_code, refused.json()["params"]["offset"]) == (409, 1000)
    assert worker.get(list_path).json()[0]["received"] == 1000
    assert world.people["acceptor"].get(list_path).json() == []
    assert patch(world.people["acceptor"], address, 1000, content[1000:]).status_code == 404
    assert patch(worker, address, 1000, content[1000:] + b"more").status_code == 422
    done = patch(worker, address, 1000, content[1000:]).json()
    assert (done["ready"], done["kind"], done["image"], done["scan"]) == (True, "image/jpeg", True, "off")
    assert (done["width"], done["height"]) == (480, 640)  # turned upright
    assert (done["lon"], done["lat"]) == (117.96, 36.64) and done["name"] == "井盖1.jpg"
    assert datetime.fromisoformat(done["taken_at"]) == datetime(2026, 3, 5, 6, 30, tzinfo=UTC)
    with scope.acting(staff.OPERATOR):
        assert not AttachmentPart.objects.exists() and kept() == before + 2  # the photo and the small one
        row = Attachment.objects.get()
        sealed = files._path(str(row.file_id)).read_bytes()
        assert not sealed.startswith(b"\xff\xd8") and row.sent_sha256 != row.sha256
    assert patch(worker, address, len(content), b"").status_code == 409
    # Whoever sees the case sees it, small and in full, and the full look is logged.
    for size, side in (("full", 640), ("small", 320)):
        answer = world.people["acceptor"].get(f"{address}/content?size={size}")
        assert answer["Content-Type"] == "image/jpeg" and "sandbox" in answer["Content-Security-Policy"]
        shown = Image.open(io.BytesIO(answer.content))
        assert max(shown.size) == side and not shown.getexif()
        assert b"SECRET" not in answer.content and b"2026:03:05" not in answer.content
    assert world.people["neighbour"].get(f"{address}/content").status_code == 404
    with CaptureQueriesContext(connection) as caught:
        assert len(world.people["acceptor"].get(list_path).json()) == 1
    assert len(caught) <= 6  # the session, its scope, the case, its files
    # Who added it takes it back, and then its files are gone.
    assert world.people["dispatcher"].delete(address).status_code == 409
    assert worker.delete(address).status_code == 204 and kept() == before
    assert worker.get(list_path).json() == [] and worker.get(f"{address}/content").status_code == 404


def test_who_accepts_cases_removes_what_must_not_stay_and_that_is_logged(world: World) -> None:
    from linli.access.models import ChangeLog

    worker, acceptor, case, before = world.people["grid_worker"], world.people["acceptor"], world.new(), kept()
    address = f"/api/cases/{case}/attachments/{send(worker, case, photo()).json()['id']}"
    assert [f["mine"] for f in acceptor.get(f"/api/cases/{case}/attachments").json()] == [True]
    assert [f["mine"] for f in world.people["dispatcher"].get(f"/api/cases/{case}/attachments").json()] == [False]
    world.until("closed", case)
    assert worker.delete(address).status_code == 409, "a closed case keeps its evidence"
    assert acceptor.delete(address).status_code == 204 and kept() == before
    with scope.acting(staff.OPERATOR):
        logged = ChangeLog.objects.get(action="cases.attachment.remove")
        assert logged.detail["kind"] == "image/jpeg" and len(logged.detail["sha256"]) == 64


def test_only_what_the_bytes_say_is_taken_and_files_come_back_as_downloads(world: World, settings: Any) -> None:
    worker, case = world.people["grid_worker"], world.new()
    pretending = (
        (b"<html><script>alert(1)</script>", "a.jpg", "cases.attachment_kind"),
        (b"MZ" + b"\0" * 200, "b.png", "cases.attachment_kind"),
        (archive("a.txt"), "c.docx", "cases.attachment_kind"),
        (archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "d.xlsx", "cases.attachment_kind"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 50, "e.jpg", "cases.attachment_heic"),
        (bomb(), "f.png", "cases.attachment_pixels"),
        (photo()[:700], "g.jpg", "cases.attachment_unreadable"),
    )
    for content, name, code in pretending:
        answer = send(worker, case, content, name)
        assert (answer.status_code, answer.json()["code"]) == (422, code), name
    pdf = send(worker, case, b"%PDF-1.7\n" + b"x" * 500, "说明.jpg", "document").json()
    assert (pdf["kind"], pdf["name"], pdf["image"]) == ("application/pdf", "说明.pdf", False)
    answer = worker.get(f"/api/cases/{case}/attachments/{pdf['id']}/content")
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert answer["X-Content-Type-Options"] == "nosniff" and answer.content.startswith(b"%PDF-1.7")
    settings.LINLI_ATTACHMENT_MB = 1
    large = {"name": "x", "size": 1024 * 1024 + 1, "purpose": "after"}
    refused = worker.post(f"/api/cases/{case}/attachments", large, content_type="application/json")
    assert refused.status_code == 422 and "1 MB" in refused.json()["fields"][0]["message"]
    # A unit adds to its own case; a reader adds to none.
    handled = world.until("handling")
    assert send(world.people["handler"], handled, photo(), purpose="after").json()["ready"]
    assert world.people["dispatcher"].post(
        f"/api/cases/{handled}/attachments", {"name": "x", "size": 9}, content_type="application/json"
    ).status_code == 403  # fmt: skip


def test_orphans_of_a_cut_line_are_destroyed_after_a_day_and_uncommitted_files_too(world: World) -> None:
    import os
    import time
    from uuid import uuid4

    from linli.cases.attachments.actions import FILES_OF, clear_files
    from linli.cases.attachments.retention import _destroy
    from linli.cases.models import Attachment
    from linli.kernel import retention

    worker, case, before = world.people["grid_worker"], world.new(), kept()
    begun = worker.post(
        f"/api/cases/{case}/attachments", {"name": "x", "size": 99}, content_type="application/json"
    ).json()
    address = f"/api/cases/{case}/attachments/{begun['id']}"
    assert patch(worker, address, 0, b"abc").json()["received"] == 3 and kept() == before + 1
    assert retention.of("cases.unfinished_attachment").default == 1  # type: ignore[union-attr]
    with scope.acting(staff.OPERATOR):
        assert not _destroy(clock.now() - timedelta(days=1), 10, "").gone
        done = _destroy(clock.now() + timedelta(seconds=1), 10, "")
    assert (len(done.gone), done.files) == (1, 1) and kept() == before
    assert patch(worker, address, 3, b"def").status_code == 404
    left, wanted = uuid4(), uuid4()
    with scope.acting(staff.OPERATOR):
        for file_id in (left, wanted):
            files.keep(io.BytesIO(b"x"), file_id)
            mark = files._mark(FILES_OF, file_id)
            mark.touch()
            os.utime(mark, (time.time() - 2 * files.ABANDONED,) * 2)
        Attachment.objects.update(file_id=wanted)
        clear_files()
    assert kept() == before + 1 and not files.unsettled(FILES_OF)


# --- pure and without a database ------------------------------------------------------------------------------


def test_transparent_moving_and_giant_pictures() -> None:
    from PIL import Image

    for format in ("PNG", "WEBP", "GIF"):
        image = Image.new("RGBA", (50, 20), (0, 0, 0, 0))
        target = io.BytesIO()
        image.save(target, format)
        made = pictures.written_anew(target.getvalue())
        shown = Image.open(io.BytesIO(made.content))
        assert shown.format == "JPEG" and shown.getpixel((5, 5)) == (255, 255, 255) and made.taken_at is None
    wide = pictures.written_anew(photo((6000, 400), exif=False))
    assert (wide.width, wide.height) == (2560, 171)
    with pytest.raises(TooManyPixels):
        pictures.written_anew(bomb())
    with pytest.raises(TooManyPixels):
        pictures.written_anew(bomb(9_000))  # below what the library itself refuses
    with pytest.raises(TooManyPixels):
        pictures.written_anew(bomb(5_000))  # no kind but JPEG is made smaller while it is unfolded
    with pytest.raises(Unreadable):
        pictures.written_anew(b"\xff\xd8\xff" + b"\0" * 400)


@given(st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8\xff", b"PK\x03\x04", b"RIFF\0\0\0\0WEBP", b"GIF89a"]))
def test_any_bytes_are_judged_without_a_fault(tail: bytes, head: bytes) -> None:
    sniffed = rules.sniff(head + tail)
    if sniffed.is_image:
        with pytest.raises((Unreadable, TooManyPixels)):
            pictures.written_anew(head + tail)


@given(st.text(max_size=300), st.sampled_from(["image/jpeg", "docx", ""]))
def test_names_are_plain(given_name: str, kind: str) -> None:
    name = rules.plain_name(given_name, kind)
    assert 0 < len(name) <= rules.LONGEST_NAME and name.isprintable() and not set(name) & set('/\\<>:"|?*')
    assert name.endswith(rules.SUFFIX.get(kind, ""))


@contextmanager
def clamd(path: Path, verdict: bytes) -> Iterator[list[bytes]]:
    """A scanner that speaks clamd's INSTREAM once."""
    seen: list[bytes] = []
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()

    def answer() -> None:
        line, _ = server.accept()
        with line, line.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            while size := int.from_bytes(stream.read(4)):
                seen.append(stream.read(size))
            line.sendall(verdict)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    yield seen
    thread.join(10)
    server.close()


def test_a_scanner_that_is_set_up_decides_and_nothing_passes_when_it_is_away(tmp_path: Path, settings: Any) -> None:
    settings.LINLI_SCAN = ""
    assert scanning.scan(b"x") == "off"
    content = b"x" * 300_000
    for number, (verdict, outcome) in enumerate(
        ((b"stream: OK\0", None), (b"stream: Eicar FOUND\0", Infected), (b"INSTREAM size limit exceeded. ERROR\0", NotScanned))
    ):  # fmt: skip
        path = tmp_path / f"{number}.ctl"
        settings.LINLI_SCAN = f"clamd:{path}"
        with clamd(path, verdict) as seen:
            if outcome is None:
                assert scanning.scan(content) == "clean" and b"".join(seen) == content
            else:
                with pytest.raises(outcome):
                    scanning.scan(content)
    settings.LINLI_SCAN = f"clamd:{tmp_path / 'nobody.ctl'}"
    with pytest.raises(NotScanned):
        scanning.scan(content)
    for command, outcome in (
        ("grep -qv x", Infected),
        ("/nowhere/scanner", NotScanned),
        ("sh -c 'exit 2'", NotScanned),
    ):
        settings.LINLI_SCAN = f"command:{command}"
        with pytest.raises(outcome):
            scanning.scan(b"x\n")
    settings.LINLI_SCAN = "command:grep -q x"
    assert scanning.scan(b"x\n") == "clean"


def test_a_file_comes_in_few_parts_and_a_full_disk_leaves_nothing_half(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    from linli.cases.attachments import api
    from linli.cases.models import Attachment, AttachmentPart
    from linli.kernel import secrets
    from linli.kernel.limiting.actions import Limiter

    monkeypatch.setattr(rules, "SMALLEST_PART", 1000)
    worker, case = world.people["grid_worker"], world.new()
    content = photo()
    begun = worker.post(
        f"/api/cases/{case}/attachments", {"name": "a.jpg", "size": len(content)}, content_type="application/json"
    )
    address = f"/api/cases/{case}/attachments/{begun.json()['id']}"
    crumb = patch(worker, address, 0, content[:999])
    assert crumb.status_code == 422
    assert patch(worker, address, 0, content[:1000]).json()["received"] == 1000
    before = kept()

    def full(*_: Any, **__: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(secrets, "encrypt_stream", full)
        for part in (content[1000:2000], content[1000:]):
            answer = patch(worker, address, 1000, part)
            assert answer.status_code == 507 and answer.json()["code"] == "kernel.disk_full"
    with monkeypatch.context() as patched:
        patched.setattr(Path, "touch", full)
        assert patch(worker, address, 1000, content[1000:]).status_code == 507
    with scope.acting(staff.OPERATOR):
        assert AttachmentPart.objects.count() == 1 and Attachment.objects.get().ready_at is None and kept() == before
    assert patch(worker, address, 1000, content[1000:]).json()["ready"]
    # Too much from one account is told when to come again, and leaves nothing.
    monkeypatch.setattr(api, "begun", Limiter("few", 1, 600.0))
    statuses = [send(worker, case, content).status_code, 429]
    refused = worker.post(
        f"/api/cases/{case}/attachments", {"name": "b.jpg", "size": 9}, content_type="application/json"
    )
    assert statuses == [200, refused.status_code] and 0 < int(refused["Retry-After"]) <= 600
    with scope.acting(staff.OPERATOR):
        assert Attachment.objects.count() == 2


@given(st.integers(1, 30_000_000), st.integers(0, 30_000_000), st.integers(0, 2_000_000))
def test_parts_that_are_taken_are_never_more_than_announced(size: int, received: int, length: int) -> None:
    refused = rules.part_is_too_small(received, length, size)
    assert not (refused and received + length >= size), "the last may be small"
    assert refused == (0 < length < rules.SMALLEST_PART and received + length < size)
    assert rules.most_parts(size) * rules.SMALLEST_PART >= size > (rules.most_parts(size) - 1) * rules.SMALLEST_PART
