"""Parameters of what is asked of the session: undo, status, uploads, cancelling, and what leaves a question.

Reads a span of pieces and marks what it used; knows no cue and no draft.
"""

from __future__ import annotations

from slimreel.agent.fill.base import Params
from slimreel.agent.span import Missing, Span
from slimreel.agent.words import texts

_MOST_STEPS = 50  # a number beyond is of something else


def undo(span: Span) -> Params:
    count = span.take("NUMBER", "TIMES", "FPS")
    word = 2 if span.claim("twice") else 3 if span.claim("thrice") else None
    if word is None and count is None and span.says(*texts("both_steps")):
        word = 2  # undo both of those
    span.claim("it", "previous", "step_word", "neg", "redo_word", *(["both"] if word == 2 else []))
    if count is not None and 1 <= count.value <= _MOST_STEPS:
        return {"steps": int(count.value)} if count.value > 1 else {}
    return {"steps": word} if word else {}


def status(span: Span) -> Params:
    timeline = span.has("timeline") and not any(
        piece.has("rendering") and not piece.has("video") for piece in span.pieces
    )
    span.claim("timeline", "rendering", "status", "export", "it")
    span.claim("JOB")
    return {"scope": "timeline" if timeline else "render"}


def upload(span: Span) -> Params:
    url = span.take("URL")
    return {"url": url.value} if url is not None else {}


_NOT_RUNNING = ("music", "sound", "voice", "text", "n_title", "image", "logo", "watermark", "subtitles", "pip")


def cancel(span: Span) -> Params:
    """Raises Missing where it is a song or a title that is to stop, and no render."""
    at = span.find("cancel", unused=False)
    if at is not None and not span.has("rendering", "export", "JOB"):
        beside = span.near(at, *_NOT_RUNNING, before=1, after=2)
        led = at == 0 and bool(span.before) and span.before[-1].has(*_NOT_RUNNING)  # 音乐停了
        if led or beside is not None:
            raise Missing("clip")
    job = span.take("JOB")
    span.claim("rendering", "export")
    return {"job": job.text} if job is not None else {}


def nothing_needed(span: Span) -> Params:
    span.claim("rendering", "timeline", "video")
    return {}


def unclear(span: Span) -> Params:
    """Compress to 8: of what?"""
    raise Missing("unit")
