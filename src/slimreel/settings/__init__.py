"""Every setting: its name, default and one sentence. Nothing else reads the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process, read once."""

    ffmpeg: Path | None = None  # SLIMREEL_FFMPEG: another FFmpeg binary than the one that pip brought
    fonts: Path | None = None  # SLIMREEL_FONTS: a folder of fonts to prefer
    stall_s: float = 60.0  # SLIMREEL_STALL_S: seconds without any advance after which FFmpeg is stopped
    threads: int = 0  # SLIMREEL_THREADS: threads of one encode; 0 lets the encoder choose
    speech_url: str | None = None  # SLIMREEL_SPEECH_URL: the speech engine that captions are heard by
    speech_key: str | None = field(default=None, repr=False)  # SLIMREEL_SPEECH_KEY: its key, where it wants one
    speech_model: str = "whisper-1"  # SLIMREEL_SPEECH_MODEL: the model that it is asked for
    speech_timeout_s: float = 600.0  # SLIMREEL_SPEECH_TIMEOUT_S: seconds that it may take for five minutes of sound
    llm_url: str | None = None  # SLIMREEL_LLM_URL: a language model for what the rules leave, as OpenAI's API
    llm_key: str | None = field(default=None, repr=False)  # SLIMREEL_LLM_KEY: its key, where it wants one
    llm_model: str | None = None  # SLIMREEL_LLM_MODEL: the model that it is asked for
    llm_timeout_s: float = 20.0  # SLIMREEL_LLM_TIMEOUT_S: seconds for the whole answer, a second try included
    debug: bool = False  # SLIMREEL_DEBUG: show where an internal error happened


def read_settings() -> Settings:
    """Settings from the environment."""
    ffmpeg = os.environ.get("SLIMREEL_FFMPEG")
    fonts = os.environ.get("SLIMREEL_FONTS")
    return Settings(
        ffmpeg=Path(ffmpeg) if ffmpeg else None,
        fonts=Path(fonts) if fonts else None,
        stall_s=float(os.environ.get("SLIMREEL_STALL_S", "60")),
        threads=int(os.environ.get("SLIMREEL_THREADS", "0")),
        speech_url=os.environ.get("SLIMREEL_SPEECH_URL", "").strip() or None,
        speech_key=os.environ.get("SLIMREEL_SPEECH_KEY", "").strip() or None,
        speech_model=os.environ.get("SLIMREEL_SPEECH_MODEL", "").strip() or "whisper-1",
        speech_timeout_s=float(os.environ.get("SLIMREEL_SPEECH_TIMEOUT_S", "600")),
        llm_url=os.environ.get("SLIMREEL_LLM_URL", "").strip() or None,
        llm_key=os.environ.get("SLIMREEL_LLM_KEY", "").strip() or None,
        llm_model=os.environ.get("SLIMREEL_LLM_MODEL", "").strip() or None,
        llm_timeout_s=float(os.environ.get("SLIMREEL_LLM_TIMEOUT_S", "20")),
        debug=os.environ.get("SLIMREEL_DEBUG", "") not in ("", "0"),
    )
