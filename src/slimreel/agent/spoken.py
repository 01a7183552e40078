"""The commands of an edit that is said in words to one draft, where nobody is there to answer a question.

What cannot be carried out without an answer is an error whose text is the question.
"""

from __future__ import annotations

from slimreel.agent.clarify import outside
from slimreel.agent.context import Context
from slimreel.agent.interpret import question_of
from slimreel.agent.interpretation import Interpretation
from slimreel.agent.reader import Read
from slimreel.agent.reply import label
from slimreel.errors import RequestUnclear, WishNotUnderstood

# What is asked of a session with others in it; one edit at one machine has none.
_OF_SESSIONS = frozenset({"status", "credits", "upload", "cancel", "help"})


def commands_of(words: str, context: Context, read: Read) -> Interpretation:
    """What the words ask for, all of it edits and wishes for the output.

    Raises RequestUnclear (fields: question, language, unheard) where something is missing or lies outside,
    WishNotUnderstood where nothing was understood.
    """
    found = read(words, context)
    language = found.language
    asked = question_of(found, context)
    if asked is not None:
        options = f" ({' / '.join(asked.options)})" if asked.options else ""
        raise _unclear(asked.text + options, language, ", ".join(found.unheard))
    for command in found.commands:
        if command["op"] == "out_of_scope":
            sentence = outside(str(command["params"]["reason"]), language)
            raise _unclear(sentence, language)
        if command["op"] in _OF_SESSIONS:
            raise _unclear(label("only_edits_here", language), language, str(command["op"]))
    if not found.commands:
        raise WishNotUnderstood(unheard=", ".join(found.unheard) or words[:60], language=language)
    return found


def _unclear(question: str, language: str, unheard: str = "") -> RequestUnclear:
    """The error in the language of the request; Chinese puts no space behind a stop."""
    gap = "" if language == "zh" else " "
    return RequestUnclear(question=label("nothing_done", language) + gap + question, language=language, unheard=unheard)
