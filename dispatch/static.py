"""Serving the console's files and the offline map."""

import os
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response

import dispatch

router = APIRouter(include_in_schema=False)

_NOT_BUILT: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sardze: console not built</title></head>
<body><h1>The console has not been built yet</h1>
<p>The server runs, but there is nothing to show. In the checkout, run <code>make run</code>,
which builds the console and starts everything; an installed package brings the console along.</p>
</body></html>
"""


def console_root() -> Path | None:
    """The console's build: within the installed package, or `web/dist` of a checkout."""
    package = Path(dispatch.__file__).parent
    for candidate in (package / "web", package.parent / "web" / "dist"):
        if (candidate / "index.html").is_file():
            return candidate
    return None


@router.get("/maps/region.pmtiles")
def region_map(request: Request) -> Response:
    """The configured map file, in ranges as map readers ask for it."""
    path: Path | None = request.app.state.settings.pmtiles
    if path is None or not path.is_file():
        raise HTTPException(404, "No map file is configured.")
    return FileResponse(
        path, media_type="application/octet-stream", headers={"cache-control": "private, no-cache"}
    )


@router.get("/{path:path}")
def console(path: str, request: Request) -> Response:
    """A file of the console, or its page for every address that is the console's own."""
    if path == "api" or path.startswith("api/"):
        raise HTTPException(404)
    root: Path | None = request.app.state.console_root
    if root is None:
        return HTMLResponse(_NOT_BUILT, 503)
    file = _inside(root, path)
    if file is not None:
        cache = "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
        if file.name == "index.html":
            cache = "no-store"
        return FileResponse(file, headers={"cache-control": cache})
    if path.startswith("assets/") or "." in path.rpartition("/")[2]:
        raise HTTPException(404, "The console has no such file.")
    return FileResponse(root / "index.html", headers={"cache-control": "no-store"})


def _inside(root: Path, path: str) -> Path | None:
    """The file at `path`, never one outside of `root`."""
    if not path or "\0" in path:
        return None
    found = Path(os.path.realpath(root / path))
    if not found.is_relative_to(os.path.realpath(root)) or not found.is_file():
        return None
    return found
