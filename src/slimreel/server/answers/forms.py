"""What is around every answer, and how a route says what it answers. Knows no route."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Data = TypeVar("Data")
Responses = dict[int | str, dict[str, Any]]


class Envelope(BaseModel, Generic[Data]):
    """A success; the keys of `data` are repeated beside it."""

    model_config = ConfigDict(extra="allow")

    code: int = Field(examples=[0])
    success: bool = Field(examples=[True])
    message: str = Field(examples=["ok"])
    data: Data


class Refusal(BaseModel):
    """Every answer that is no success."""

    code: int = Field(
        description="1001 token · 1002 session or render · 2001 credits · 4001 kind of file · 4002 size of file · "
        "5000 our fault · else the status",
        examples=[1002],
    )
    success: bool = Field(examples=[False])
    message: str = Field(description="one sentence for people", examples=["There is no such session. Begin a new one."])
    data: None
    detail: str = Field(description="the message again, where clients of ADK look for it")
    failed: list[dict[str, Any]] = Field(default=[], description="of an upload: every file, and why it was refused")


def answering(data: Any, *, meanwhile: Any = None) -> Responses:
    """What a route answers: the type of its `data`, and that of 202 where the answer may not be there yet."""
    found: Responses = {200: {"model": Envelope[data], "description": "done"}}
    if meanwhile is not None:
        found[202] = {"model": Envelope[meanwhile], "description": "it is being made; ask again"}
    return found


REFUSALS: Responses = {
    "4XX": {"model": Refusal, "description": "refused, with the number of the reason and a sentence"},
    "5XX": {"model": Refusal, "description": "our fault, with the id of the incident; or not possible just now"},
}
STREAM: Responses = {
    200: {
        "description": "a stream of events, each one line `data: {…}`; the close is its end",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
FILE: Responses = {
    200: {
        "description": "the file",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
