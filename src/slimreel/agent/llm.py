"""Asks a language model for what the rules leave of a request. The only file that knows of models and their endpoints.

Whatever goes wrong there, the rules' own result and question stand. The libraries are the extra `slimreel[llm]`, and
loaded when there is something to ask.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from slimreel.agent.context import Context
from slimreel.agent.interpretation import Interpretation
from slimreel.agent.model_answer import Answer, read_answer
from slimreel.agent.model_prompt import Request, answer_schema, instructions, prompt
from slimreel.agent.model_values import BadAnswer
from slimreel.agent.normalize import MAX_LENGTH
from slimreel.errors import UsageError
from slimreel.settings import read_settings

if TYPE_CHECKING:
    import httpx2
    from pydantic_ai.models import Model

MOST_ANSWER_BYTES = 1_000_000  # twenty commands are some 4 kB, with a page of thought before them 100 kB
_TRIES = 2
_LONGEST_S = 600.0  # nobody waits longer for a sentence
_CHAT = "/chat/completions"


class NoAnswer(Exception):
    """A model gave no answer that can be taken. The text says why."""


Check = Callable[[object], Answer]  # raises BadAnswer
Ask = Callable[[str, Check], Answer]  # raises NoAnswer
Rules = Callable[[str, Context], Interpretation]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelServer:
    """Where a model is, and what it is asked for."""

    url: str
    model: str
    timeout_s: float = 20.0
    key: str | None = field(default=None, repr=False)


def server_of_settings() -> ModelServer | None:
    """The endpoint that the settings name; None where they name none. Raises UsageError where they make no sense."""
    settings = read_settings()
    if settings.llm_url is None:
        return None
    try:
        parts = urlsplit(settings.llm_url)
        _ = parts.port
    except ValueError as error:
        raise UsageError(detail=f"SLIMREEL_LLM_URL is no address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise UsageError(
            detail="SLIMREEL_LLM_URL has to be like http://localhost:11434/v1 or https://api.example.com/v1"
        )
    if parts.username or parts.password:
        raise UsageError(detail="SLIMREEL_LLM_URL must not hold a password; put the key into SLIMREEL_LLM_KEY")
    if not all("!" <= char <= "~" for char in settings.llm_url + (settings.llm_key or "")):
        raise UsageError(detail="SLIMREEL_LLM_URL and SLIMREEL_LLM_KEY must be letters, digits and signs of ASCII")
    if settings.llm_model is None:
        raise UsageError(detail="SLIMREEL_LLM_URL needs SLIMREEL_LLM_MODEL, the name of the model there")
    if not 0 < settings.llm_timeout_s <= _LONGEST_S:
        raise UsageError(detail=f"SLIMREEL_LLM_TIMEOUT_S has to be above 0 and at most {_LONGEST_S:.0f} seconds")
    path = parts.path.rstrip("/").removesuffix(_CHAT) or "/v1"
    return ModelServer(
        url=f"{parts.scheme}://{parts.netloc}{path}",
        model=settings.llm_model,
        timeout_s=settings.llm_timeout_s,
        key=settings.llm_key,
    )


def interpret_with_model(
    text: str,
    context: Context | None = None,
    *,
    rules: Rules,
    ask: Ask | None,
    told: Callable[[NoAnswer], None] = lambda failed: None,
) -> Interpretation:
    """What a request asks for: by the rules, and by a model where they leave something. Never raises on any text.

    `told` hears why a model was of no use. It waits for the model, so it must not be called inside an event loop.
    """
    context = context or Context()
    found = rules(text, context)
    if ask is None or not _leaves_something(found) or not text.strip() or len(text) > MAX_LENGTH:
        return found
    request = Request(text, context, found)
    try:
        answer = ask(prompt(request), partial(read_answer, request=request))
    except NoAnswer as failed:
        told(failed)
        return found
    return Interpretation(answer.commands, answer.missing, answer.unheard, found.language)


def _leaves_something(found: Interpretation) -> bool:
    return bool(found.unheard) or found.missing is not None or not found.commands


def ask_of_settings() -> Ask | None:
    """How to ask the model that the settings name; None where they name none. Raises UsageError."""
    server = server_of_settings()
    return None if server is None else partial(ask_server, server)


def ask_server(server: ModelServer, asked: str, check: Check) -> Answer:
    """The checked answer of a model behind an endpoint. Raises NoAnswer."""
    try:
        from openai import AsyncOpenAI
        from pydantic_ai.models.openai import OpenAIChatModel
        from pydantic_ai.providers.openai import OpenAIProvider
    except ImportError as error:
        raise NoAnswer("a model needs further packages: pip install 'slimreel[llm]'") from error

    async def talk() -> Answer:
        # What is left out here, the library takes from variables that are meant for another address.
        async with AsyncOpenAI(
            base_url=server.url,
            api_key=server.key or "none",
            max_retries=0,
            timeout=server.timeout_s,
            http_client=_http_client(server.timeout_s),
        ) as client:
            client.organization = client.project = None
            model = OpenAIChatModel(server.model, provider=OpenAIProvider(openai_client=client))
            return await _conversation(model, asked, check, server.timeout_s)

    try:
        return _waited_for(talk)
    except NoAnswer as failed:
        raise NoAnswer(str(failed).replace(server.key or "\0", "***")) from failed


def ask_model(model: Model, asked: str, check: Check, timeout_s: float = 20.0) -> Answer:
    """The checked answer of a model of pydantic-ai, such as a test's. Raises NoAnswer."""
    return _waited_for(lambda: _conversation(model, asked, check, timeout_s))


def _waited_for(talk: Callable[[], Any]) -> Answer:
    import asyncio

    import httpx2
    from openai import OpenAIError
    from pydantic_ai.exceptions import AgentRunError, UserError

    try:
        answer: Answer = asyncio.run(talk())
    except (AgentRunError, UserError, OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        raise NoAnswer(_reason(error)) from error
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
        # The libraries believe that an endpoint answers in the form it should.
        raise NoAnswer(f"its answer is not in the form of the API ({type(error).__name__})") from error
    return answer


async def _conversation(model: Model, asked: str, check: Check, timeout_s: float) -> Answer:
    """One question, one answer, and one more try with what was wrong. Raises the errors of the libraries."""
    import pydantic_ai
    from pydantic_ai import Agent, ModelRetry, StructuredDict, TextOutput, ToolOutput, UsageLimits

    pydantic_ai.BANNER_ENABLED = False  # it would be printed
    taken: list[Answer] = []
    shape = StructuredDict(answer_schema(), name="commands", description="The commands of the request, in order.")
    agent: Agent[object, dict[str, Any]] = Agent(
        model,
        output_type=[ToolOutput(shape, name="commands"), TextOutput[dict[str, Any]](_written_out)],
        instructions=instructions(),
        retries=_TRIES - 1,
        model_settings={"temperature": 0.0, "timeout": timeout_s},
    )

    @agent.output_validator
    async def judged(found: dict[str, Any]) -> dict[str, Any]:
        try:
            taken.append(check(found))
        except BadAnswer as error:
            raise ModelRetry(f"{str(error).rstrip('.')}. Answer again, with all commands.") from error
        return found

    await agent.run(asked, usage_limits=UsageLimits(request_limit=_TRIES), timeout=timeout_s)
    return taken[-1]


async def _written_out(text: str) -> dict[str, Any]:
    """The answer of a model that calls no tools and writes the object out. What it is worth is judged as any other."""
    found = _json_in(text)
    return found if isinstance(found, dict) else {"commands": found}


def _json_in(text: str) -> object:
    """What the first bracket of a text begins; the text itself where that is no JSON."""
    start = min((at for at in map(text.find, "{[") if at >= 0), default=0)
    try:
        return json.JSONDecoder().raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return text


def _http_client(timeout_s: float) -> httpx2.AsyncClient:
    """A client that goes nowhere but to the endpoint, and takes no more than a bounded answer from it."""
    import httpx2

    class Bounded(httpx2.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            request.headers["Accept-Encoding"] = "identity"
            response = await super().handle_async_request(request)
            try:
                if "content-encoding" in response.headers:  # a few bytes could become very many
                    raise httpx2.DecodingError("its answer is packed, which was not asked for", request=request)
                body = b""
                async for chunk in response.aiter_raw():
                    body += chunk
                    if len(body) > MOST_ANSWER_BYTES:
                        raise httpx2.ReadError(f"its answer has more than {MOST_ANSWER_BYTES} bytes", request=request)
            finally:
                await response.aclose()
            return httpx2.Response(response.status_code, headers=response.headers, content=body)

    return httpx2.AsyncClient(transport=Bounded(), trust_env=False, follow_redirects=False, timeout=timeout_s)


def _reason(error: BaseException) -> str:
    """What went wrong and what it came of, in a line that a log can hold."""
    deepest = error
    while deepest.__cause__ is not None:
        deepest = deepest.__cause__
    words = list(dict.fromkeys(" ".join(str(one).split()) for one in (error, deepest)))
    line = ": ".join(filter(None, words)) or type(deepest).__name__
    return "".join(char if char.isprintable() else "?" for char in line)[:300]
