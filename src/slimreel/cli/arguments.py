"""Sorts the arguments of `compress` into inputs and a wish, and names each output. Opens no file."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from slimreel.core.containers import CONTAINERS, MEDIA_SUFFIXES
from slimreel.errors import NoSuchFile, PermissionRefused, StorageError, UsageError

# Still pictures far more often than film, and FFmpeg decodes no animated one.
_PICTURES = frozenset({".webp"})


@dataclass(frozen=True, slots=True)
class Task:
    """One file to compress and where to; `page` is the report about it, if one was asked for."""

    source: Path
    output: Path
    page: Path | None = None


def sort_arguments(arguments: list[str], wish: str | None) -> tuple[list[Path], str | None]:
    """The inputs, folders opened up, and the wish.

    An existing path is an input; of the rest only the last may be the wish, unless it ends in a media suffix.
    Raises NoSuchFile and UsageError.
    """
    named = [Path(text) for text in arguments if os.path.lexists(text)]
    rest = [text for text in arguments if not os.path.lexists(text)]
    for text in rest:
        if wish is not None or is_media_name(text):
            raise NoSuchFile(path=text)
    if len(rest) > 1:
        words = " ".join(rest)
        raise UsageError(detail=f'{_listed(rest)} are no files; if they are one wish, put it in quotes: "{words}".')
    if not named:
        said = f' in "{rest[0]}"' if rest else ""
        raise UsageError(
            detail=f'There is no input file{said}; give one, for example: slimreel compress clip.mov "8 Mbps".'
        )
    return _inputs(named), rest[0] if rest else wish


def make_tasks(sources: list[Path], out: Path | None, folder: Path | None, ending: str) -> list[Task]:
    """Where each source goes. Two that would meet in one file are numbered, in the order given."""
    if out is not None and folder is not None:
        raise UsageError(detail="Give either -o or --out-dir, not both.")
    if out is not None:
        if len(sources) > 1:
            raise UsageError(
                detail=f"-o names one file, but there are {len(sources)} inputs; use --out-dir for a folder."
            )
        if out.is_dir():
            raise UsageError(detail=f"-o names the folder {out}; use --out-dir for it.")
        return [Task(sources[0], out)]
    if folder is not None and folder.exists() and not folder.is_dir():
        raise UsageError(detail=f"--out-dir {folder} is a file, not a folder; name another.")
    taken: set[Path] = set()
    return [
        Task(source, _free_name(folder or source.parent, source.stem, f"-slim{ending}", taken)) for source in sources
    ]


def with_pages(tasks: list[Task], report: Path) -> list[Task]:
    """The tasks with a page each: the file named, or in the folder named one after each output."""
    if len(tasks) == 1 and not report.is_dir():
        return [replace(tasks[0], page=report)]
    if report.suffix.lower() in (".html", ".htm") or (report.exists() and not report.is_dir()):
        raise UsageError(
            detail=f"--report {report} names one page, but there are {len(tasks)} inputs; name a folder for the pages."
        )
    taken: set[Path] = set()
    return [replace(task, page=_free_name(report, task.output.stem, ".html", taken)) for task in tasks]


def default_ending(container: str | None) -> str:
    """The suffix of a container, MP4's where none was named."""
    return next((row.suffixes[0] for name, row in CONTAINERS.items() if name == container), ".mp4")


def is_media_name(text: str) -> bool:
    """Does this end like the name of a video, so that it cannot be a wish?"""
    return Path(text).suffix.lower() in MEDIA_SUFFIXES


def _listed(words: list[str]) -> str:
    return " and ".join(f'"{word}"' for word in words)


def _inputs(named: list[Path]) -> list[Path]:
    """Files as named, folders as the films directly in them; each file once."""
    found: dict[Path, Path] = {}
    for path in named:
        for file in _films(path) if path.is_dir() else [path]:
            found.setdefault(file.absolute(), file)
    return list(found.values())


def _films(folder: Path) -> list[Path]:
    """The media files of a folder but hidden ones and results of earlier runs, by name."""
    try:
        names = sorted(folder.iterdir(), key=lambda path: (path.name.casefold(), path.name))
    except PermissionError as error:
        raise PermissionRefused(path=folder) from error
    except OSError as error:
        raise StorageError(path=folder, detail=error.strerror or str(error)) from error
    films = [path for path in names if _is_film(path)]
    if not films:
        raise UsageError(detail=f"The folder {folder} holds no video files; folders inside it are not searched.")
    return films


def _is_film(path: Path) -> bool:
    suffix = path.suffix.lower()
    ours = path.stem.endswith("-slim")
    return suffix in MEDIA_SUFFIXES - _PICTURES and not path.name.startswith(".") and not ours and path.is_file()


def _free_name(folder: Path, stem: str, ending: str, taken: set[Path]) -> Path:
    number = 1
    while True:
        name = folder / f"{stem if number == 1 else f'{stem}-{number}'}{ending}"
        if name.absolute() not in taken:
            taken.add(name.absolute())
            return name
        number += 1
