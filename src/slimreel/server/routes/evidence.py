"""What one may want to know before and after a render: presets, what it would give, what it has cost in quality."""

from __future__ import annotations

from typing import Annotated, Any, cast

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from slimreel.core import records
from slimreel.core.languages import spoken_here
from slimreel.core.presets import Preset, all_presets
from slimreel.server.answers.evidence import Comparison, Presets, PresetView, Prospect, Running
from slimreel.server.answers.forms import answering
from slimreel.server.bodies import CompareOf, EstimateOf
from slimreel.server.calls import OwnSession, Served, StrictRoute, answer, scoped
from slimreel.services.db.models import Session
from slimreel.services.wiring import Services

router = APIRouter(route_class=StrictRoute, tags=["evidence"], prefix="/api/slimreel")

_COMPARED = answering(Comparison, meanwhile=Running)
_JobName = Annotated[str, Query(max_length=128, description="the name of a finished render")]


@router.get("/presets", responses=answering(Presets))
def presets() -> JSONResponse:
    """Named goals for platforms, each dated and with its source."""
    return answer(Presets(presets=[_preset(name, preset) for name, preset in all_presets().items()]))


@router.post(
    "/sessions/{session_id}/estimate", dependencies=[scoped("read")], responses=answering(Prospect, meanwhile=Running)
)
def estimate(body: EstimateOf, session: OwnSession, services: Served) -> JSONResponse:
    """Size, quality and time that a wish would give, each with the interval that it probably lies in.

    Of a file, a draft, or the latest draft; without a wish by the draft's own goal. Samples of the video are encoded
    for it, so 202 may come first.
    """
    found = services.evidence.estimate(session, wish=body.wish, asset=body.asset_id, draft_id=body.draft_id)
    return _told(found, session)


@router.get("/sessions/{session_id}/compare", dependencies=[scoped("read")], responses=_COMPARED)
def comparison(job: _JobName, session: OwnSession, services: Served) -> JSONResponse:
    """How much of the source's quality is left in a finished render: scores, a verdict in words, curves by second.

    202 comes first; the session's feed has an entry `evidence` when it is there.
    """
    return _compared(services, session, job)


@router.post("/sessions/{session_id}/compare", dependencies=[scoped("read")], responses=_COMPARED)
def compare(body: CompareOf, session: OwnSession, services: Served) -> JSONResponse:
    """As with GET."""
    return _compared(services, session, body.job)


def _compared(services: Services, session: Session, job: str) -> JSONResponse:
    return _told(services.evidence.compare(session, job), session)


def _told(found: dict[str, Any] | None, session: Session) -> JSONResponse:
    """The numbers, with their words in the language of the session."""
    if found is None:
        return answer(Running(state="running"), 202, {"Retry-After": "2"})
    return answer({"state": "done", **found["facts"], **found["words"][spoken_here(session.language)]})


def _preset(name: str, preset: Preset) -> PresetView:
    facts = records.facts_of(preset)
    return cast(PresetView, {**facts, "id": name, "goal": records.said(preset.goal)})
