"""The conversation of `slimreel chat` in a terminal: reads lines, sends files, and shows what came of them."""

from __future__ import annotations

import contextlib
import locale
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from slimreel.agent.reply import label, say_error
from slimreel.cli import terminal
from slimreel.cli.bar import moving
from slimreel.cli.dragged import split_line
from slimreel.cli.fetched import began, check_free, exports, known
from slimreel.cli.once import Connect, stage_of
from slimreel.client.conversation import Exported, Turn, Uploaded
from slimreel.client.environment import spoken_language
from slimreel.client.routing import route
from slimreel.client.sentences import language_of
from slimreel.client.steps import Tell
from slimreel.client.sync import Client
from slimreel.core.units import format_duration, format_size
from slimreel.errors import NoSuchFile, SlimreelError

_LEAVE = re.compile(r"(?:quit|exit|bye|goodbye|:q|退出|再见|结束)[.!。！]?", re.IGNORECASE)
_EXPORT_AS = re.compile(
    r"(?:export|download|save)(?: (?:it|to|as|the video))* +[\"']?(?P<name>[^\"']+\.(?:mp4|mov|mkv|webm))[\"']?"
    r"|(?:导出|保存|下载)(?:到|为|成|：|:| )*[\"']?(?P<zh>[^\"']+\.(?:mp4|mov|mkv|webm))[\"']?",
    re.IGNORECASE,
)
_PROMPT = "> "


class Talk:
    """One conversation; `language` is that of what was said last."""

    def __init__(self, out: Path | None, language: str) -> None:
        self.language = language
        self._out = out
        self._advance: Callable[[str, str, float], None] | None = None

    def tell(self, text: str) -> None:
        for line in text.splitlines():
            terminal.line(terminal.plain(line))

    def told(self, key: str, /, **fields: str) -> None:
        self.tell(label(key, self.language, **fields))

    def greet(self) -> None:
        self.told("talk_hello")
        for number in (1, 2, 3):
            self.tell(f'  - "{label(f"talk_try_{number}", self.language)}"')
        self.told("talk_words")
        self.told("talk_connecting")

    def listen(self, told: Tell) -> None:
        """What the client tells while it works."""
        if told.fraction is not None:
            if self._advance is not None:
                self._advance(told.text if told.kind == "upload" else "", stage_of(told, self.language), told.fraction)
        elif told.kind == "still_working":
            self.tell(f"⏳ {told.text}")
        elif told.text:
            self.tell(told.text)

    def obey(self, client: Client, line: str) -> bool:
        """Does what a line says; False where it says goodbye. What goes wrong is told, and the talk goes on."""
        paths, said = split_line(line)
        if said:
            self.language = language_of(said)
        client.talk.language = self.language
        try:
            if named := _EXPORT_AS.fullmatch(line.strip()):
                self._export(client, Path((named["name"] or named["zh"]).strip()).expanduser())
                return True
            for path in paths:
                self.upload(client, path)
            return self._say(client, said) if said else True
        except SlimreelError as error:
            self.tell(say_error(known(error), self.language))
            return True

    def upload(self, client: Client, path: Path) -> None:
        with self._bar():
            found = client.upload(path)
        self.told("talk_uploaded", name=found.filename or path.name, about=_about(found))

    def _say(self, client: Client, text: str) -> bool:
        if _LEAVE.fullmatch(text):
            return False
        match route(text):
            case "export":
                self._export(client, self._out)
            case "credits":
                left = client.credits()
                self.told("talk_credits", available=f"{left.available:g}", frozen=f"{left.frozen:g}")
            case "state":
                self.tell(client.state().timeline(self.language))
            case "upload":
                self.told("talk_drop")
            case _:
                self._turn(client, client.say(text))
        return True

    def _turn(self, client: Client, turn: Turn) -> None:
        if turn.is_silent:  # else it was told as it came
            self.tell(turn.text)
        if turn.timeline:
            self.tell(turn.timeline)
        if turn.options:
            between = "、" if self.language == "zh" else ", "
            self.told("talk_options", options=between.join(turn.options))
        if turn.renders:
            with self._bar():
                made = list(began(client, turn.renders, None))
            self._saved(made)

    def _export(self, client: Client, out: Path | None) -> None:
        check_free(out, overwrite=False)
        with self._bar():
            made = list(exports(client, out))
        self._saved(made)

    def _saved(self, made: list[tuple[Path, Exported]]) -> None:
        for path, exported in made:
            self.told("talk_exported", path=str(path), size=format_size(exported.size_bytes))

    @contextmanager
    def _bar(self) -> Iterator[None]:
        with ExitStack() as stack:
            self._advance = stack.enter_context(moving())
            stack.callback(setattr, self, "_advance", None)
            yield


def run(paths: list[Path], out: Path | None, connect: Connect) -> None:
    """The conversation to its end: goodbye, or the end of the input."""
    for path in paths:
        if not path.is_file():
            raise NoSuchFile(path=path)
    _edit_lines()
    talk = Talk(out, spoken_language())
    talk.greet()
    with connect(talk.listen) as client:
        client.connect()
        talk.told("talk_ready")
        for path in paths:
            _contained(talk, client, path)
        while (line := _line()) is not None and talk.obey(client, line):
            pass
    talk.told("talk_bye")


def _edit_lines() -> None:
    """Arrow keys and earlier lines, where the system has them. Readline takes letters beyond ASCII for commands unless
    the locale says that they are letters, and many containers have not even installed the one that they name."""
    if locale.getencoding().lower() != "utf-8":
        try:
            locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
        except locale.Error:
            return
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 - input() uses it once it is there


def _contained(talk: Talk, client: Client, path: Path) -> None:
    try:
        talk.upload(client, path)
    except SlimreelError as error:
        talk.tell(say_error(error, talk.language))


def _line() -> str | None:
    """What is typed next; None at the end of the input."""
    try:
        return input(_PROMPT)
    except EOFError:
        return None
    finally:
        if not sys.stdin.isatty():
            terminal.line("")


def _about(found: Uploaded) -> str:
    parts = [
        format_duration(found.duration_s) if found.duration_s else "",
        f"{found.width}x{found.height}" if found.width and found.height else "",
        format_size(found.size_bytes) if found.size_bytes else "",
    ]
    return ", ".join(part for part in parts if part) or found.kind
