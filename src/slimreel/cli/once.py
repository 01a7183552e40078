"""`slimreel chat --once`: files are sent, a few messages said, and the result is written; no questions, no screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slimreel.agent.reply import label, say_error
from slimreel.cli import records, terminal
from slimreel.cli.bar import moving
from slimreel.cli.fetched import began, check_free, exports, known
from slimreel.client.conversation import Exported, Turn
from slimreel.client.routing import route
from slimreel.client.sentences import language_of
from slimreel.client.steps import Listener, Tell
from slimreel.client.sync import Client
from slimreel.core.units import format_size
from slimreel.errors import NoSuchFile, SlimreelError
from slimreel.errors.client import NothingChanged

Connect = Callable[[Listener], AbstractContextManager[Client]]


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be done: the files, the messages in their order, and where the result goes."""

    files: list[Path]
    texts: list[str]
    out: Path | None
    overwrite: bool
    as_json: bool

    @property
    def language(self) -> str:
        return "zh" if any(language_of(text) == "zh" for text in self.texts) else "en"


def run(errand: Errand, connect: Connect) -> int:
    """The exit code. One JSON line, or sentences, on stdout."""
    from slimreel.cli.main import contain

    try:
        told, made = contain(lambda: _done(errand, connect))
    except SlimreelError as error:
        error = known(error)
        terminal.complain(say_error(error, errand.language))
        if errand.as_json:
            first = errand.files[0] if errand.files else None
            terminal.line(records.as_line(records.of_error(first, error, errand.language)))
        return error.exit_code
    if errand.as_json:
        terminal.line(records.as_line(_record(errand, told, made)))
        return 0
    for text in told:
        terminal.line(terminal.plain(text) if "\n" not in text else text)
    for path, exported in made:
        size = format_size(exported.size_bytes)
        terminal.line(terminal.plain(label("talk_exported", errand.language, path=str(path), size=size)))
    return 0


def _done(errand: Errand, connect: Connect) -> tuple[list[str], list[tuple[Path, Exported]]]:
    for path in errand.files:
        if not path.is_file():
            raise NoSuchFile(path=path)
    check_free(errand.out, overwrite=errand.overwrite)
    with moving() as advance, connect(_shown(advance, errand.language)) as client:
        client.talk.language = errand.language
        for path in errand.files:
            client.upload(path)
        told: list[str] = []
        begun: tuple[str, ...] = ()
        wants_file = bool(errand.files or errand.out)
        for text in errand.texts:
            answer, turn = _answered(client, text)
            wants_file = wants_file or answer is None
            if answer:
                told.append(answer)
            if turn is not None:
                begun = turn.renders or begun
                if wants_file and not turn.did_something:
                    raise NothingChanged(answer=turn.text)
        return told, list(_made(client, errand, begun)) if wants_file else []


def _answered(client: Client, text: str) -> tuple[str | None, Turn | None]:
    """What is answered, and the turn where it was one; no answer for "export", which comes last in any case."""
    language = language_of(text)
    match route(text):
        case "export":
            return None, None
        case "credits":
            left = client.credits()
            numbers = {"available": f"{left.available:g}", "frozen": f"{left.frozen:g}"}
            return label("talk_credits", language, **numbers), None
        case "state":
            return client.state().timeline(language), None
        case "upload":
            return "", None
        case _:
            turn = client.say(text)
            return turn.text, turn


def _made(client: Client, errand: Errand, begun: tuple[str, ...]) -> Iterator[tuple[Path, Exported]]:
    """What messages began to render, else each draft."""
    beside = errand.files[0].parent if errand.files else None
    if begun:
        return began(client, begun, errand.out, beside=beside, overwrite=errand.overwrite)
    return exports(client, errand.out, beside=beside, overwrite=errand.overwrite)


def _shown(advance: Callable[[str, str, float], None], language: str) -> Listener:
    def listen(told: Tell) -> None:
        if told.fraction is not None:
            advance(told.text if told.kind == "upload" else "", stage_of(told, language), told.fraction)

    return listen


def stage_of(told: Tell, language: str) -> str:
    """The word for what is done; the stages of a render as the service names them."""
    name = told.text if told.kind == "export" and told.text else told.kind
    try:
        return label(f"stage_{name}", language)
    except KeyError:
        return label("stage_encode", language)


def _record(errand: Errand, told: list[str], made: list[tuple[Path, Exported]]) -> dict[str, Any]:
    outputs = [{"output": str(path), "bytes": one.size_bytes, "job": one.render_id} for path, one in made]
    first = outputs[0] if outputs else {"output": None, "bytes": None, "job": None}
    text = ("" if errand.language == "zh" else " ").join(told)
    inputs = [str(path) for path in errand.files]
    return {"input": inputs[0] if inputs else None, **first, "text": text, "inputs": inputs, "outputs": outputs}
