"""What programs read about slimreel, as Markdown and without a token."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from slimreel.errors.service import NotHere
from slimreel.server import guide

router = APIRouter(tags=["system"], include_in_schema=False)
_PLAIN = "text/plain; charset=utf-8"
_MARKDOWN = "text/markdown; charset=utf-8"


@router.get("/llms.txt")
def llms() -> Response:
    """The list of pages, after llmstxt.org."""
    return Response(guide.index(), media_type=_PLAIN)


@router.get("/llms-full.txt")
def llms_full() -> Response:
    """The pages one after the other."""
    return Response(guide.everything(), media_type=_PLAIN)


@router.get("/docs/guide/{name:path}")
def guide_page(name: str) -> Response:
    found = guide.page(name)
    if found is None:
        raise NotHere
    return Response(found, media_type=_MARKDOWN)
