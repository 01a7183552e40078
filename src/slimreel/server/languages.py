"""In which language a call is answered: that of its session, else the first of ours that the client reads.

Who answers is told by the scope, so that a refusal speaks like the rest.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from starlette.requests import Request

from slimreel.core.languages import spoken_here
from slimreel.data.tables import LANGUAGES
from slimreel.server.framing import Fields, field
from slimreel.services.db.models import Session


def accepted(fields: Fields) -> str:
    """The first of our languages in Accept-Language, in its order; English where there is none."""
    text = (field(fields, b"accept-language") or b"").decode("latin-1").lower()
    tags = (part.partition(";")[0].strip()[:2] for part in text.split(","))
    return next((tag for tag in tags if tag in LANGUAGES), "en")


def language_of(request: Request) -> str:
    """The language to answer this call in."""
    state: MutableMapping[str, Any] = request.scope["state"]
    return str(state.get("language", "en"))


def speak_as(request: Request, session: Session) -> None:
    """From now on the call is answered in the language of its session, if it has one."""
    if session.language:
        request.scope["state"]["language"] = spoken_here(session.language)
