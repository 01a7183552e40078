"""What may be sent to this service and what it costs, as one answer that a client can show before anybody tries. It
keeps no limit itself: whoever takes a file or a message does."""

from __future__ import annotations

from typing import Any

from slimreel.settings.service import ServiceSettings

MOST_PARTS = 100  # of one form
MOST_ADDRESSES = 20  # of one call
# By their usual endings; what a file is, its content says.
ACCEPTS = {
    "video": ("mp4", "mov", "avi", "webm", "mkv", "m4v"),
    "image": ("jpg", "jpeg", "png", "gif", "webp"),
    "audio": ("mp3", "wav", "m4a", "aac"),
    "subtitles": ("srt", "ass", "vtt"),
    "lut": ("cube",),
}


def limits_of(settings: ServiceSettings) -> dict[str, Any]:
    """Sizes in bytes, times as the names say. A session has no limit of its own: files are counted by account."""
    return {
        "max_upload_bytes": settings.upload_bytes,
        "max_files_per_upload": MOST_PARTS,
        "max_addresses_per_upload": MOST_ADDRESSES if settings.fetch else 0,
        "max_account_bytes": settings.account_bytes,
        "max_account_files": settings.account_files,
        "max_duration_s": settings.longest_s,
        "max_pixels": settings.most_pixels,
        "max_fps": settings.most_fps,
        "max_message_characters": settings.message_characters,
        "accepts": {kind: list(endings) for kind, endings in ACCEPTS.items()},
        "keep_days": settings.keep_days,
        "link_hours": settings.link_hours,
        "starter_credits": settings.starter_credits,
        "prices": {
            "edit": settings.price_edit,
            "preview": settings.price_preview,
            "export": settings.price_export,
        },
        "plan_export": settings.plan_export,
    }
