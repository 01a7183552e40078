"""Who reads a request: the rules, and behind them the model that the settings name. Reads no request itself."""

from __future__ import annotations

from collections.abc import Callable

from slimreel.agent.context import Context
from slimreel.agent.interpret import interpret
from slimreel.agent.interpretation import Interpretation
from slimreel.agent.llm import NoAnswer, ask_of_settings, interpret_with_model

Read = Callable[[str, Context], Interpretation]


def reader(told: Callable[[NoAnswer], None] = lambda failed: None) -> Read:
    """What understands requests here. `told` hears why a model was of no use. Raises UsageError where the settings of
    the model make no sense."""
    ask = ask_of_settings()
    if ask is None:
        return interpret
    return lambda text, context: interpret_with_model(text, context, rules=interpret, ask=ask, told=told)
