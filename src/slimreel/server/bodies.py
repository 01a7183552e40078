"""What the calls take, as models: snake_case and camelCase, ids as numbers or text, and unknown keys ignored."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from slimreel.errors.service import BadRequest
from slimreel.server.json_bodies import read_json
from slimreel.services.limits import MOST_ADDRESSES


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Id = Annotated[str, BeforeValidator(_as_text), Field(max_length=200)]


def _object_or_nothing(value: Any) -> Any:
    """Language models hand drafts on as they like, also as text; what is no object says nothing."""
    if isinstance(value, str):
        try:
            value = read_json(value.encode())
        except BadRequest:
            return None
    return value if isinstance(value, dict) else None


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Echoed = Annotated[dict[str, Any] | None, BeforeValidator(_object_or_nothing)]


def either(snake: str, camel: str) -> Any:
    return AliasChoices(snake, camel)


class Body(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True, strict=True, allow_inf_nan=False)


class NewSession(Body):
    task_name: str | None = Field(default="project", max_length=1000, description="how the project is called")
    language: str | None = Field(default="", max_length=100, description="a BCP 47 tag, or empty")


class ClaimOf(Body):
    task_id: Id | None = Field(default=None, validation_alias=either("task_id", "taskId"))
    session_id: Id = Field(validation_alias=either("session_id", "sessionId"))


class Part(Body):
    text: str | None = None


class Message(Body):
    role: str | None = None
    parts: list[Part] = Field(max_length=100)


class Run(Body):
    """A message of ADK's form; `app_name`, `user_id` and `role` may be missing."""

    app_name: str | None = Field(default=None, validation_alias=either("app_name", "appName"))
    user_id: Id | None = Field(default=None, validation_alias=either("user_id", "userId"))
    session_id: Id = Field(validation_alias=either("session_id", "sessionId"))
    new_message: Message = Field(validation_alias=either("new_message", "newMessage"))
    streaming: bool | None = False

    @property
    def text(self) -> str:
        return "\n".join(part.text for part in self.new_message.parts if part.text)


class RenderOf(Body):
    """A render: its id is chosen by the client."""

    id: Id
    session_id: Id = Field(validation_alias=either("session_id", "sessionId"))
    draft: Echoed = Field(default=None, description="as it was read; it is looked up and never believed")
    output: dict[str, Any] | None = Field(
        None, description="format, quality, resolution, fps, codec, crf, bitrate, size, clip"
    )


class NewToken(Body):
    name: str = Field(min_length=1, max_length=120)
    scopes: list[str] = Field(min_length=1, max_length=10)
    expires_in_days: int | None = Field(
        None, ge=1, le=3650, validation_alias=either("expires_in_days", "expiresInDays")
    )


class Urls(Body):
    urls: Annotated[list[str], BeforeValidator(_as_list)] = Field(
        min_length=1, max_length=MOST_ADDRESSES, validation_alias=either("urls", "url")
    )
    source_type: str | None = None


class Registration(Body):
    bind: Id
    email: str = Field(min_length=3, max_length=320)
    password: str = Field(min_length=1, max_length=1000)


class Login(Body):
    email: str = Field(min_length=3, max_length=320)
    password: str = Field(min_length=1, max_length=1000)


class OpenClaim(Body):
    claim_token: str = Field(max_length=200, validation_alias=either("claim_token", "ct"))


class Operations(Body):
    """Typed operations on a draft: all of them happen, or none."""

    ops: list[dict[str, Any]] = Field(min_length=1, max_length=100, description='each {"op": …, "params": {…}}')
    draft_id: Id | None = None
    base_revision: int | None = Field(default=None, ge=0, description="refused with 409 where the draft has moved on")
    dry_run: bool = False


class Steps(Body):
    draft_id: Id | None = None
    steps: int = Field(default=1, ge=1, le=1000)


class StepsBack(Steps):
    revision: int | None = Field(
        None,
        ge=1,
        lt=2**31,
        description="in place of `steps`: take back what led to this revision, and all that came after it",
    )


class EstimateOf(Body):
    wish: str | None = Field(
        None, max_length=4000, description='words such as "under 25 MB"; else the goal of the draft'
    )
    asset_id: Id | None = None
    draft_id: Id | None = None


class CompareOf(Body):
    job: Id = Field(description="the name of a finished render")


class NewWebhook(Body):
    url: str = Field(min_length=8, max_length=2000)
    events: list[str] = Field(default_factory=list, max_length=10)
