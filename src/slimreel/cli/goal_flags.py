"""The options that say what is wanted of an output, once for every verb that takes a wish."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from slimreel.cli import options

# Option and its type, in the order of the help; the parameter has the option's name without its dashes.
_FLAGS: Mapping[str, tuple[Any, Any]] = {
    "--bitrate": (options.Bitrate, None),
    "--size": (options.Size, None),
    "--percent": (options.Percent, None),
    "--max-bitrate": (options.MaxBitrate, None),
    "--quality": (options.Quality, None),
    "--vmaf": (options.Vmaf, None),
    "--for": (options.Preset, None),
    "--codec": (options.Codec, None),
    "--encoder": (options.EncoderKind, None),
    "--container": (options.Container, None),
    "--resolution": (options.Resolution, None),
    "--min-resolution": (options.MinResolution, None),
    "--keep-resolution": (options.KeepResolution, False),
    "--fps": (options.Fps, None),
    "--audio-bitrate": (options.AudioBitrate, None),
    "--mute": (options.Mute, False),
    "--speed": (options.SpeedOption, None),
    "--crf": (options.Crf, None),
    "--hdr": (options.Hdr, None),
    "--reencode": (options.Reencode, None),
    "--strip-metadata": (options.StripMetadata, False),
    "--keep-location": (options.KeepLocation, False),
}


def with_goal_flags(verb: Callable[..., None]) -> Callable[..., None]:
    """The verb as a function with a parameter for each of these options in the place of its `flags`, which gets
    them all as written: {"--size": "25MB", "--mute": False, …}."""
    names = {_parameter(flag): flag for flag in _FLAGS}

    @functools.wraps(verb)
    def called(**given: Any) -> None:
        flags = {flag: given.pop(name) for name, flag in names.items()}
        verb(**given, flags=flags)

    parameters: list[inspect.Parameter] = []
    for own in inspect.signature(verb, eval_str=True).parameters.values():
        if own.name != "flags":
            parameters.append(own.replace(kind=inspect.Parameter.KEYWORD_ONLY))
            continue
        for name, flag in names.items():
            kind, default = _FLAGS[flag]
            parameters.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default))
    # inspect documents this attribute; the type of a function does not know it.
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {each.name: each.annotation for each in parameters}
    return called


def _parameter(flag: str) -> str:
    return "preset" if flag == "--for" else flag.removeprefix("--").replace("-", "_")
