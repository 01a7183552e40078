"""The server of tools: hands what a client asks to tools, resources and prompts. Knows no transport."""

from __future__ import annotations

from importlib.metadata import version
from types import TracebackType
from typing import Any

from mcp.server import Server, ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    GetPromptRequestParams,
    GetPromptResult,
    ListPromptsResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
)

from slimreel.errors import SlimreelError
from slimreel.mcp_server import prompts, resources
from slimreel.mcp_server.place import Call, Place
from slimreel.mcp_server.refusals import fault, no_such_tool, told
from slimreel.mcp_server.tool import Tool
from slimreel.mcp_server.tools import files, goals, renders, timelines

_INSTRUCTIONS = """slimreel compresses and edits videos. Order of work: add_files, then edit (plain words) or compress
and apply_operations (typed), then export; get_state shows how things stand. Each video has a timeline of its own.
Sizes are bytes (MB = 1,000,000), rates bit/s, times seconds. Errors say what is valid: correct the call and repeat it.
Never say that something is done before its answer says so; tell the user the numbers of the answer."""
Context = ServerRequestContext[Any, Any]


def tools_of(*, is_local: bool) -> list[Tool[Any]]:
    """The tools of a server on this machine, or of one in the network."""
    return [
        files.ADD_PATHS if is_local else files.ADD_URLS,
        timelines.GET_STATE,
        timelines.EDIT,
        goals.COMPRESS,
        goals.ESTIMATE,
        renders.EXPORT_HERE if is_local else renders.EXPORT_LINK,
        renders.GET_JOB_HERE if is_local else renders.GET_JOB_LINK,
        renders.CANCEL_JOB,
        goals.COMPARE,
        renders.THUMBNAIL,
        files.PROBE,
        timelines.LIST_OPERATIONS,
        timelines.APPLY,
        timelines.UNDO_REDO,
    ]


def make_server(place: Place) -> Server[Any]:
    """A server for this place; one serves all its clients, of either revision of the protocol."""
    serving = _Serving(place)
    return Server(
        "slimreel",
        version=version("slimreel"),
        title="slimreel",
        instructions=" ".join(_INSTRUCTIONS.split()),
        on_list_tools=serving.list_tools,
        on_call_tool=serving.call_tool,
        on_list_resources=serving.list_resources,
        on_list_resource_templates=serving.list_templates,
        on_read_resource=serving.read_resource,
        on_list_prompts=serving.list_prompts,
        on_get_prompt=serving.get_prompt,
    )


class _Serving:
    def __init__(self, place: Place) -> None:
        self._place = place
        self._tools = {tool.name: tool for tool in tools_of(is_local=place.is_local)}
        self._listed = [tool.listed() for tool in self._tools.values()]

    async def list_tools(self, context: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        del context, params
        return ListToolsResult(tools=self._listed)

    async def call_tool(self, context: Context, params: CallToolRequestParams) -> CallToolResult:
        tool = self._tools.get(params.name)
        if tool is None:
            return no_such_tool(params.name, list(self._tools))
        with _Contained(is_local=self._place.is_local):
            return await tool.answer(self._call(context), params.arguments or {})

    async def list_resources(self, context: Context, params: PaginatedRequestParams | None) -> ListResourcesResult:
        del params
        call = self._call(context)
        with _Contained(is_local=self._place.is_local):
            return ListResourcesResult(resources=await call.do(lambda: resources.listed(call)))

    async def list_templates(
        self, context: Context, params: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        del context, params
        return ListResourceTemplatesResult(resource_templates=resources.templates())

    async def read_resource(self, context: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        call = self._call(context)
        with _Contained(is_local=self._place.is_local):
            return ReadResourceResult(contents=[await call.do(lambda: resources.read(call, str(params.uri)))])

    async def list_prompts(self, context: Context, params: PaginatedRequestParams | None) -> ListPromptsResult:
        del context, params
        return ListPromptsResult(prompts=prompts.listed())

    async def get_prompt(self, context: Context, params: GetPromptRequestParams) -> GetPromptResult:
        del context
        with _Contained(is_local=self._place.is_local):
            return prompts.filled(params.name, params.arguments)

    def _call(self, context: Context) -> Call:
        async def report(percent: float, doing: str) -> None:
            await context.session.report_progress(percent, 100, doing)

        return Call(
            place=self._place,
            caller=self._place.caller(context.request),
            request=context.request,
            report=report,
        )


class _Contained:
    """Nothing internal gets out of it: every error becomes one of the protocol, in a sentence."""

    def __init__(self, *, is_local: bool) -> None:
        self._is_local = is_local

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        match error:
            case MCPError():
                return
            case SlimreelError():
                sentence, code = told(error, is_local=self._is_local)
                raise MCPError(code=INVALID_PARAMS, message=sentence, data={"code": code}) from error
            case Exception():
                raise MCPError(code=INTERNAL_ERROR, message=fault(error)) from error
