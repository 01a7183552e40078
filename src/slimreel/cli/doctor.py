"""The verb `doctor`: what slimreel can do on this machine, found by trying."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from slimreel.workbench.doctor import Machine


def doctor(as_json: Annotated[bool, typer.Option("--json", help="The findings as one JSON object.")] = False) -> None:
    """Show what this machine can do: encoders that really work, filters, sandbox, fonts, space.

    The exit code is 0 where H.264 can be encoded, else 1.
    """
    from slimreel.cli import terminal
    from slimreel.cli.records import as_line
    from slimreel.core.records import facts_of
    from slimreel.workbench.doctor import examine

    machine = examine()
    for text in [as_line(facts_of(machine))] if as_json else findings(machine):
        terminal.line(text)
    if not machine.is_able:
        detail = machine.encoders["h264"].detail
        terminal.complain(f"H.264 cannot be encoded here ({detail}), so slimreel can do little.")
        raise typer.Exit(1)


def findings(machine: Machine) -> list[str]:
    """The findings as short lines."""
    from slimreel.core.units import format_size

    found = [
        f"slimreel {machine.slimreel}, Python {machine.python}, {machine.system}, {machine.cpus} CPUs",
        f"FFmpeg   {machine.ffmpeg_version}, {machine.ffmpeg}",
    ]
    for codec, tried in machine.encoders.items():
        found.append(f"encoder  {codec:<5} {_mark(tried.works)} {tried.name} {tried.detail}".rstrip())
    chips = [tried.name for tried in machine.hardware if tried.works]
    found.append(f"hardware {', '.join(chips) or 'no encoder in hardware works here; software does it all'}")
    missing = [tried for tried in machine.filters if not tried.works]
    works = ", ".join(tried.name for tried in machine.filters if tried.works)
    found.append(f"filters  {works or 'none'}")
    found += [f"filter   {tried.name} {_mark(False)} {tried.detail}" for tried in missing]
    found.append(f"sandbox  {machine.sandbox}")
    chinese = ", ".join(machine.cjk_fonts[:3]) or "none found; titles in them are refused"
    found.append(f"fonts    {machine.fonts} in {', '.join(machine.font_folders) or 'no folder'}")
    found.append(f"         for Chinese, Japanese and Korean: {chinese}")
    if machine.missing_font_packages:
        packages = " ".join(machine.missing_font_packages)
        found.append(f"         fonts that come with slimreel are MISSING: pip install --force-reinstall {packages}")
    speech = machine.speech
    found.append(
        "speech   no engine for captions is set up (SLIMREEL_SPEECH_URL)"
        if speech is None
        else f"speech   {_mark(speech.works)} {speech.name} {speech.detail}"
    )
    found.append(f"temp     {machine.temp_folder}, {format_size(machine.free_bytes)} free")
    return found


def _mark(works: bool) -> str:
    return "works" if works else "DOES NOT WORK"
