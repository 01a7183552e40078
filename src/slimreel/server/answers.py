"""What calls answer, as models for the description of the API. Nothing is checked against them while serving."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class Envelope(BaseModel):
    """A success; the keys of `data` are repeated beside it."""

    code: int = Field(0, examples=[0])
    success: bool = Field(True, examples=[True])
    message: str = Field("ok", examples=["ok"])
    data: dict[str, Any]


class Refusal(BaseModel):
    """Every answer that is no success."""

    code: int = Field(
        description="1001 token · 1002 session or render · 2001 credits · 4001 kind of file · 4002 size of file · "
        "5000 our fault · else the status",
        examples=[1002],
    )
    success: bool = Field(False, examples=[False])
    message: str = Field(description="one sentence for people", examples=["There is no such session. Begin a new one."])
    data: None = None
    detail: str = Field(description="the message again, where clients of ADK look for it")


RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"model": Envelope, "description": "done"},
    "4XX": {"model": Refusal, "description": "refused, with the number of the reason and a sentence"},
    "5XX": {"model": Refusal, "description": "our fault, with the id of the incident; or not possible just now"},
}
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "model": None,
        "description": "a stream of events, each one line `data: {…}`; the close is its end",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "model": None,
        "description": "the file",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
