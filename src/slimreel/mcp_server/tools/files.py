"""Files into a session: from this machine or by their addresses, and what is in them."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from slimreel.core import records
from slimreel.core.media import Stream
from slimreel.errors import SlimreelError
from slimreel.errors.service import NotHere
from slimreel.mcp_server.local_files import opened, resolved
from slimreel.mcp_server.place import Call
from slimreel.mcp_server.shapes import Input, InSession, Output, SessionId
from slimreel.mcp_server.tool import Tool
from slimreel.mcp_server.views import File, Timeline, file_view, timeline_view
from slimreel.services.assets import name_of
from slimreel.services.db.models import Asset, Session
from slimreel.services.tokens import require_account

_AGENT = "project"


class AddPaths(Input):
    paths: list[str] = Field(
        min_length=1, max_length=20, description="whole paths on this machine, such as /home/me/clip.mp4; ~ is allowed"
    )
    session_id: SessionId
    new_session: bool = Field(False, description="true: begin a new project instead of adding to the one in use")


class AddUrls(Input):
    urls: list[str] = Field(
        default_factory=list, max_length=20, description="http or https addresses of the files themselves, no web pages"
    )
    session_id: SessionId
    new_session: bool = Field(False, description="true: begin a new project instead of adding to the one in use")


class Refused(Output):
    """A file that was not taken."""

    name: str
    code: str
    message: str


class Upload(Output):
    """How to send a file that has no address."""

    url: str
    method: str = "POST"
    field: str = "files"
    example: str


class Added(Output):
    session_id: str = Field(description="for all other tools")
    added: list[File]
    refused: list[Refused]
    timelines: list[Timeline] = Field(description="of the session; each video that came in began one")
    upload: Upload | None = Field(None, description="for files that only lie on the user's machine")


class FileOf(InSession):
    file_id: str = Field(min_length=1, max_length=40, description="a1, a2, … from get_state or add_files")


class Probed(Output):
    file: File
    container: str | None = Field(None, description="demuxer that reads it")
    video: list[dict[str, Any]] = Field(
        default_factory=list, description="picture streams: codec, width, height, frame_rate, bitrate_bps, hdr, …"
    )
    audio: list[dict[str, Any]] = Field(
        default_factory=list, description="sound streams: codec, channels, sample_rate_hz, bitrate_bps, language, …"
    )
    subtitles: list[dict[str, Any]] = Field(default_factory=list)
    chapters: int = 0
    has_location: bool = Field(False, description="it holds the place of filming, which is dropped unless asked")
    damage: list[str] = Field(default_factory=list, description="what is missing, in sentences")


async def add_paths(call: Call, given: AddPaths) -> Added:
    session = await call.do(lambda: _session(call, given.session_id, begins=given.new_session))
    added: list[Asset] = []
    refused: list[Refused] = []
    for number, path in enumerate(given.paths):
        await call.report(100 * number / len(given.paths), f"reading {path}")
        try:
            added.append(await call.do(lambda path=path: _take(call, session, path)))  # type: ignore[misc]  # its default is the loop's value
        except SlimreelError as error:
            refused.append(Refused(name=path, code=error.code, message=error.sentence()))
            if len(given.paths) == 1:
                raise
    return await call.do(lambda: _added(call, session, added, refused))


async def add_urls(call: Call, given: AddUrls) -> Added:
    session = await call.do(lambda: _session(call, given.session_id, begins=given.new_session))
    added: list[Asset] = []
    refused: list[Refused] = []
    for number, url in enumerate(given.urls):
        await call.report(100 * number / len(given.urls), f"fetching {number + 1} of {len(given.urls)}")
        (one,) = await call.do(lambda url=url: call.services.arrivals.fetch_all(session, [url]))  # type: ignore[misc]  # its default is the loop's value
        if one.asset is not None:
            added.append(one.asset)
        elif one.problem is not None:
            if len(given.urls) == 1:
                raise one.problem
            refused.append(Refused(name=one.filename, code=one.problem.code, message=one.problem.sentence()))
    return await call.do(lambda: _added(call, session, added, refused))


async def probe(call: Call, given: FileOf) -> Probed:
    def work() -> Probed:
        session = call.session(given.session_id)
        asset = next(
            (row for row in call.services.assets.of_session(session.id) if name_of(row) == given.file_id), None
        )
        if asset is None:
            raise NotHere
        info = call.services.assets.material(asset).info
        if info is None:
            return Probed(file=file_view(asset), container=None, has_location=False)
        return Probed(
            file=file_view(asset),
            container=info.demuxer,
            video=[_stream(one) for one in info.video],
            audio=[_stream(one) for one in info.audio],
            subtitles=[_stream(one) for one in info.subtitles],
            chapters=len(info.chapters),
            has_location=info.has_location,
            damage=list(info.damage),
        )

    return await call.do(work)


def _stream(stream: Stream) -> dict[str, Any]:
    facts = {name: value for name, value in records.facts_of(stream).items() if value is not None}
    return {**facts, "bitrate_bps": round(stream.bitrate_bps)}


def _session(call: Call, named: str | None, *, begins: bool) -> Session:
    usual = named or call.caller.session_id or call.place.usual_session(call.caller)
    if not begins and usual is not None:
        return call.session(usual)
    require_account(call.caller)
    session = call.services.sessions.begin(call.caller.user_id, _AGENT, "en")
    call.place.used(session.id)
    return session


def _take(call: Call, session: Session, path: str) -> Asset:
    found = resolved(path)
    with opened(found) as (size, pieces):
        return call.services.uploads.take(session.user_id, session.id, found.name, pieces, size)


def _added(call: Call, session: Session, added: list[Asset], refused: list[Refused]) -> Added:
    fresh = call.services.sessions.find(call.caller.user_id, session.id)
    upload = None
    if not call.place.is_local:
        url = call.services.links.absolute(f"/api/upload-video/nemo_agent/me/{session.id}", call.base_url)
        example = f'curl -H "Authorization: Bearer $SLIMREEL_TOKEN" -F files=@clip.mp4 {url}'
        upload = Upload(url=url, example=example)
    return Added(
        session_id=session.id,
        added=[file_view(asset) for asset in added],
        refused=refused,
        timelines=[timeline_view(row, fresh) for row in call.services.drafts.of_session(session.id)],
        upload=upload,
    )


_WHAT = """Videos (mp4, mov, avi, webm, mkv, m4v), pictures (jpg, png, gif, webp), sound (mp3, wav, m4a, aac) and
subtitles (srt, ass, vtt); each video begins a timeline of its own. At most 20 at once."""

ADD_PATHS = Tool(
    name="add_files",
    title="Add files from this machine",
    description=f"""Use this first: it brings files of this machine into a session, which all other tools work on.
    {_WHAT} Files are copied and never changed; sizes are answered in bytes, lengths in seconds.
    Example: {{"paths": ["/home/me/holiday.mov"]}}""",
    takes=AddPaths,
    gives=Added,
    run=add_paths,
    scope="upload",
    changes=True,
    idempotent=False,
)
ADD_URLS = Tool(
    name="add_files",
    title="Add files by address",
    description=f"""Use this first: it brings files from public addresses into a session, which all other tools work
    on. {_WHAT} For a file that only lies on the user's machine call it without urls: `upload` says where to send it.
    Paths are not read here. Sizes are answered in bytes, lengths in seconds.
    Example: {{"urls": ["https://example.org/holiday.mov"]}}""",
    takes=AddUrls,
    gives=Added,
    run=add_urls,
    scope="upload",
    changes=True,
    idempotent=False,
    reaches_out=True,
)
PROBE = Tool(
    name="probe",
    title="What a file holds",
    description="""Use this when the numbers of get_state are not enough: codecs, bitrates in bit/s, frame rate, HDR,
    sound tracks, chapters and damage of one file of the session. It reads nothing again, so it is instant; at most one
    file a call. Example: {"file_id": "a1"}""",
    takes=FileOf,
    gives=Probed,
    run=probe,
)
