"""The console's files: sent compressed where the browser takes it, kept for good where their name holds their content."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from whitenoise.middleware import WhiteNoiseMiddleware

SCRIPT = b"console.log('x');\n" * 100


@pytest.fixture
def serve(tmp_path: Path, settings: Any) -> Any:
    """The file server on a small build."""
    (tmp_path / "assets").mkdir()
    for name in ("assets/index-Ab12_-cd.js", "favicon.svg"):
        (tmp_path / name).write_bytes(SCRIPT)
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(SCRIPT))
        (tmp_path / f"{name}.br").write_bytes(b"brotli")
    settings.WHITENOISE_ROOT = str(tmp_path)
    files = WhiteNoiseMiddleware(lambda _request: HttpResponse(status=404))

    def get(path: str, accepts: str = "gzip, deflate, br") -> Any:
        return files(RequestFactory().get(path, headers={"Accept-Encoding": accepts}))

    return get


def test_a_file_comes_in_the_smallest_form_the_browser_takes(serve: Any) -> None:
    forms = {accepts: serve("/assets/index-Ab12_-cd.js", accepts) for accepts in ("gzip, br", "gzip", "identity")}
    assert [answer.get("Content-Encoding") for answer in forms.values()] == ["br", "gzip", None]
    assert b"".join(forms["identity"]) == SCRIPT
    assert all(answer["Vary"] == "Accept-Encoding" for answer in forms.values())
    assert serve("/assets/index-Ab12_-cd.js.br").status_code == 404, "the compressed file has no address of its own"


def test_only_files_whose_name_holds_their_content_are_kept_for_good(serve: Any) -> None:
    assert "immutable" in serve("/assets/index-Ab12_-cd.js")["Cache-Control"]
    assert "immutable" not in serve("/favicon.svg")["Cache-Control"]
