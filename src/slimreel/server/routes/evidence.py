"""What one may want to know before or after a render: presets."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from slimreel.core import records
from slimreel.core.presets import Preset, all_presets
from slimreel.server.calls import StrictRoute, answer

router = APIRouter(route_class=StrictRoute, tags=["evidence"], prefix="/api/slimreel")


@router.get("/presets")
def presets() -> JSONResponse:
    """Named goals for platforms, each dated and with its source."""
    return answer({"presets": [_preset(name, preset) for name, preset in all_presets().items()]})


def _preset(name: str, preset: Preset) -> dict[str, Any]:
    facts = records.facts_of(preset)
    return {**facts, "id": name, "goal": records.said(preset.goal)}
