"""How large and how good the file shall be: the wish, what it would give, and what it cost in quality."""

from __future__ import annotations

from typing import Any, Literal

import anyio
import anyio.to_thread
from pydantic import Field, model_validator

from slimreel.agent.wish import goal_from_text
from slimreel.core import records
from slimreel.core.choices import Codec, ContainerName, Quality, Speed
from slimreel.core.presets import all_presets, find_preset
from slimreel.errors import UsageError
from slimreel.errors.service import NothingToRender
from slimreel.mcp_server.place import Call
from slimreel.mcp_server.shapes import DraftId, DryRun, InSession, Output
from slimreel.mcp_server.tool import Tool
from slimreel.mcp_server.tools.timelines import Applied, applied_view

_LEAST = 1000  # a bitrate or size below this is a number in another unit
_MOST = 2**53
_LOOK_S = 1.0
_PATIENCE_S = 50  # many clients give a call a minute


class Compress(InSession):
    wish: str | None = Field(
        None, max_length=1000, description='the wish in words, such as "8 Mbps, 1080p"; alone, without typed fields'
    )
    target_size_bytes: int | None = Field(
        None, ge=_LEAST, le=_MOST, description="upper bound of the file, bytes; 25 MB is 25000000"
    )
    size_ratio: float | None = Field(None, gt=0, le=1, description="share of the source's size: 0.5 is half")
    video_bitrate_bps: int | None = Field(
        None, ge=_LEAST, le=_MOST, description="average of the picture, bit/s; 8 Mbps is 8000000"
    )
    max_bitrate_bps: int | None = Field(
        None, ge=_LEAST, le=_MOST, description="ceiling of the picture's average, bit/s"
    )
    crf: float | None = Field(None, ge=0, le=63, description="the encoder's constant rate factor; lower is better")
    vmaf_min: float | None = Field(None, ge=1, le=100, description="least mean VMAF; 95 looks like the source")
    quality: Quality | None = Field(None, description="how good it shall look")
    preset: str | None = Field(
        None,
        max_length=40,
        json_schema_extra={"enum": list(all_presets())},
        description="platform whose limits it shall keep",
    )
    resolution: int | None = Field(None, ge=16, le=8640, description="most pixels of the short side: 1080 is 1080p")
    min_resolution: int | None = Field(None, ge=16, le=8640, description="least pixels of the short side")
    fps: float | None = Field(None, gt=0, le=1000, description="most frames in a second")
    codec: Codec | None = Field(None, description="of the picture")
    container: ContainerName | None = Field(None, description="kind of file")
    audio_bitrate_bps: int | None = Field(None, ge=_LEAST, le=_MOST, description="of each sound track, bit/s")
    audio: Literal["keep", "mute"] | None = Field(None, description="mute leaves the sound out")
    encode_speed: Speed | None = Field(None, description="best takes longest and is smallest")
    draft_id: DraftId
    all_drafts: bool = Field(False, description="true: the same wish for every timeline of the session (a batch)")
    dry_run: DryRun

    @model_validator(mode="after")
    def _one_way(self) -> Compress:
        if self.wish is not None and self.params():
            raise ValueError(f"say the wish in words or in typed fields, not both (typed: {', '.join(self.params())})")
        if self.all_drafts and self.draft_id is not None:
            raise ValueError("say draft_id or all_drafts, not both")
        if self.preset is not None:
            try:
                self.preset = find_preset(self.preset).id
            except UsageError as error:
                raise ValueError(error.sentence()) from error
        return self

    def params(self) -> dict[str, Any]:
        """The typed fields that were said, as the operation takes them."""
        others = {"session_id", "wish", "draft_id", "all_drafts", "dry_run"}
        return self.model_dump(exclude=others, exclude_none=True)


class Compressed(Output):
    wish: dict[str, Any] = Field(description="typed fields that were set")
    results: list[Applied] = Field(description="one for each timeline")
    next_step: str = "Call estimate to see what it gives, or export to make the file."


class EstimateOf(InSession):
    wish: str | None = Field(None, max_length=1000, description="try this wish instead of the timeline's own")
    file_id: str | None = Field(None, max_length=40, description="a1, a2, …: of a file instead of a timeline")
    draft_id: DraftId
    wait_s: int = Field(_PATIENCE_S, ge=0, le=600, description="seconds to wait for the measurement")


class CompareOf(InSession):
    job_id: str = Field(min_length=1, max_length=128, description="of a completed export of one whole video")
    wait_s: int = Field(_PATIENCE_S, ge=0, le=600, description="seconds to wait for the measurement")


class Evidence(Output):
    state: Literal["done", "running"] = Field(description="running: call again with the same arguments")
    facts: dict[str, Any] = Field(default_factory=dict, description="sizes in bytes, rates in bit/s, times in seconds")
    words: dict[str, Any] = Field(default_factory=dict, description="the same in sentences for the user")


async def compress(call: Call, given: Compress) -> Compressed:
    params = given.params()
    if given.wish is not None:
        params = records.said(goal_from_text(given.wish))

    def work() -> Compressed:
        session = call.session(given.session_id)
        names: list[str | None] = [given.draft_id]
        if given.all_drafts:
            names = [row.id for row in call.services.drafts.of_session(session.id)]
            if not names:
                raise NothingToRender
        done = [
            call.services.editing.apply(
                session,
                [{"op": "compress", "params": params}],
                draft_id=name,
                dry_run=given.dry_run,
                remedy=call.remedy(),
            )
            for name in names
        ]
        return Compressed(wish=params, results=[applied_view(one, session) for one in done])

    return await call.do(work)


async def estimate(call: Call, given: EstimateOf) -> Evidence:
    session = await call.do(lambda: call.session(given.session_id))

    def look() -> dict[str, Any] | None:
        return call.services.evidence.estimate(session, wish=given.wish, asset=given.file_id, draft_id=given.draft_id)

    return await _measured(call, look, given.wait_s, "encoding samples")


async def compare(call: Call, given: CompareOf) -> Evidence:
    session = await call.do(lambda: call.session(given.session_id))
    return await _measured(
        call, lambda: call.services.evidence.compare(session, given.job_id), given.wait_s, "comparing with the source"
    )


async def _measured(call: Call, look: Any, wait_s: int, doing: str) -> Evidence:
    """Asks until the measurement is there, or as long as may be waited."""
    await call.report(1, doing)
    with anyio.move_on_after(wait_s):
        tried = 0
        while not call.place.is_stopping():
            found = await anyio.to_thread.run_sync(look, abandon_on_cancel=True)
            if found is not None:
                return Evidence(state="done", facts=found["facts"], words=found["words"]["en"])
            tried += 1
            await call.report(min(95, 1 + tried), doing)
            await anyio.sleep(_LOOK_S)
    return Evidence(state="running")


COMPRESS = Tool(
    name="compress",
    title="Wish for a smaller file",
    description="""Use this to say how large or how good the exported file shall be; nothing is encoded until export.
    Sizes are bytes (25 MB = 25000000) and upper bounds that are kept, bitrates bit/s (8 Mbps = 8000000), resolution
    the short side in pixels. Good bitrates for 1080p are 4000000 to 8000000. Say a goal in typed fields, or the whole
    wish in words; only fields that you say replace earlier ones. Limits: crf 0 to 63, vmaf_min 1 to 100. With
    all_drafts it is a batch, with dry_run a try. Example: {"target_size_bytes": 25000000, "codec": "h264"}""",
    takes=Compress,
    gives=Compressed,
    run=compress,
    scope="write",
    changes=True,
)
ESTIMATE = Tool(
    name="estimate",
    title="Foretell size, quality and time",
    description="""Use this before an export to tell the user what it would give: size in bytes, bitrate in bit/s, VMAF
    of 0 to 100 and time in seconds, each with the interval it probably lies in. It encodes short samples, which takes
    seconds; it waits at most wait_s (0 to 600) and then answers state running: call again. It costs no credits.
    Example: {"wish": "under 25 MB"}""",
    takes=EstimateOf,
    gives=Evidence,
    run=estimate,
)
COMPARE = Tool(
    name="compare",
    title="How much quality is left",
    description="""Use this after an export, when the user asks what was lost: VMAF, XPSNR and SSIM against the source,
    a verdict in words and curves over time in seconds. Only for an export of one whole video without cuts. Measuring
    takes about as long as the video plays; it waits at most wait_s (0 to 600) and then answers state running: call
    again. Example: {"job_id": "mcp_1a2b3c"}""",
    takes=CompareOf,
    gives=Evidence,
    run=compare,
)
