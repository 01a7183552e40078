"""Turns what is missing into one question with at most four options, and what lies outside into one polite line.

Knows what was found missing and the session; the words are in data/words.
"""

from __future__ import annotations

from dataclasses import dataclass

from slimreel.agent.context import Context
from slimreel.agent.reply import ask, say
from slimreel.agent.span import Missing
from slimreel.core.events import Reason
from slimreel.core.units import format_duration

MOST_OPTIONS = 4
_ASPECTS = ("9:16", "1:1", "4:5", "16:9")


@dataclass(frozen=True, slots=True)
class Question:
    """One question, in the language of the request. An option is an answer that is understood as it stands."""

    text: str
    options: tuple[str, ...] = ()


def question(missing: Missing, context: Context, language: str) -> Question:
    """What to ask so that the request can be done."""
    about = missing.about
    if about == "range" and "length_s" in missing.fields:
        length = format_duration(float(missing.fields["length_s"]))
        return Question(
            ask("range_beyond", language, length=length, moment=format_duration(float(missing.fields["moment_s"])))
        )
    if about == "file":
        files = tuple(str(name) for name in missing.fields.get("files", ()))[:MOST_OPTIONS]
        return Question(ask("file" if files else "file_none", language), files)
    if about == "clip":
        return Question(ask("clip", language), _targets(context))
    if about == "unit":
        return Question(ask("unit", language), (ask("unit_size", language), ask("unit_rate", language)))
    if about == "aspect":
        return Question(ask("aspect", language), _ASPECTS)
    if missing.fields.get("vague"):  # nothing was understood, so there is nothing to ask the amount of
        return Question(ask("nothing", language))
    return Question(ask(about, language))


def _targets(context: Context) -> tuple[str, ...]:
    """What can be meant: elements by what they show, else clips by their names."""
    elements = [one.text or one.file or one.id for one in context.elements]
    clips = [clip.name or clip.id for clip in context.clips] if len(context.clips) > 1 or not elements else []
    return tuple([*elements, *clips][:MOST_OPTIONS])


def outside(reason: str, language: str) -> str:
    """One polite line, with the nearest thing that is possible."""
    return say(Reason(id=f"outside_{reason}"), language)
