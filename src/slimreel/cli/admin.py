"""The verb `admin`: tokens, credits and accounts of a service, changed in its database. It decides nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from slimreel.services.accounts import Account, Accounts
    from slimreel.services.credits import Ledger
    from slimreel.services.db.engine import Database
    from slimreel.services.starters import Starters
    from slimreel.services.tokens import Caller, Tokens

_PLAIN: dict[str, Any] = {"rich_markup_mode": None, "no_args_is_help": True}
app = typer.Typer(help="Look after a service: its tokens, credits and accounts.", **_PLAIN)
tokens_app = typer.Typer(help="Show, make and revoke tokens.", **_PLAIN)
credits_app = typer.Typer(help="Show, grant and check credits.", **_PLAIN)
users_app = typer.Typer(help="Show accounts.", **_PLAIN)
retention_app = typer.Typer(help="Clear away what is kept no longer.", **_PLAIN)
app.add_typer(tokens_app, name="tokens")
app.add_typer(credits_app, name="credits")
app.add_typer(users_app, name="users")
app.add_typer(retention_app, name="retention")

UserId = Annotated[str, typer.Argument(metavar="USER", help="The id of an account, as `admin users list` shows it.")]
Data = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="The service's folder; slimreel-data unless said.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Count = Annotated[int, typer.Option("--count", min=1, max=10_000, help="How many of them, newest first.")]


@dataclass(frozen=True, slots=True)
class Opened:
    """The parts of a service that an operator changes."""

    database: Database
    accounts: Accounts
    starters: Starters
    tokens: Tokens
    ledger: Ledger


@tokens_app.command("list")
def tokens_list(user: UserId, *, data: Data = None, as_json: AsJson = False) -> None:
    """Show the tokens of an account that work. Secrets are not kept, so none is shown."""
    with _opened(data) as service:
        found = service.tokens.tokens(_owner(service, user))
    _show(
        ({**_facts(one), "user_id": user} for one in found),
        "{id}  {prefix}…  {kind:<8} {name}  ({scopes}; until {expires_at})",
        as_json=as_json,
    )


@tokens_app.command("create")
def tokens_create(
    user: Annotated[str | None, typer.Argument(metavar="[USER]", help="The account; a new one unless named.")] = None,
    *,
    name: Annotated[str, typer.Option("--name", help="What people know the token by.")] = "Made by the operator",
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", help="read, write, upload, render, or * for all; can be repeated."),
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=3650, help="How long it lives; for ever unless said.")
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Make a token, and show it this once.

    \b
    Example:
        slimreel admin tokens create anon_0123456789abcdef --name "For the studio" --days 90
    """
    from slimreel.services.tokens import check_wanted

    scopes = list(scope or ["*"])
    with _opened(data) as service:
        check_wanted(name, scopes, days)
        if user is None:
            with service.database.write() as transaction:
                user = service.starters.new_account(transaction).id
        info, secret = service.tokens.create_token(_owner(service, user), name, scopes, days)
    _show([{**_facts(info), "user_id": user, "token": secret}], "{token}\n{id} of {user_id}", as_json=as_json)


@tokens_app.command("revoke")
def tokens_revoke(
    user: UserId,
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="The token's id, as `admin tokens list` shows it.")],
    *,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Revoke a token. A running service refuses it within five seconds."""
    from slimreel.errors import UsageError
    from slimreel.errors.service import NotHere

    with _opened(data) as service:
        owner = _owner(service, user)
        try:
            service.tokens.revoke(owner, token)
        except NotHere as error:
            raise UsageError(detail=f"The account {user} has no token {token}.") from error
    _show([{"id": token, "user_id": user, "revoked": True}], "{id} is revoked.", as_json=as_json)


@credits_app.command("show")
def credits_show(user: UserId, *, data: Data = None, as_json: AsJson = False) -> None:
    """Show what an account may spend, and what is held for work in hand."""
    with _opened(data) as service:
        _show_balance(service, user, as_json=as_json)


@credits_app.command("grant")
def credits_grant(
    user: UserId,
    amount: Annotated[int, typer.Argument(metavar="CREDITS", min=1, max=10**9, help="How many.")],
    *,
    note: Annotated[str, typer.Option("--note", help="What the account's history says of it.")] = "From the operator",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Give an account credits."""
    from slimreel.services import ids

    with _opened(data) as service:
        _owner(service, user)
        with service.database.write() as transaction:
            service.ledger.grant(transaction, user, amount, job=f"grant:{ids.new('admin')}", note=note)
        _show_balance(service, user, as_json=as_json)


@credits_app.command("history")
def credits_history(user: UserId, *, count: Count = 50, data: Data = None, as_json: AsJson = False) -> None:
    """Show how an account's credits came and went, newest first."""
    with _opened(data) as service:
        _owner(service, user)
        found = service.ledger.history(user, count=count)
    template = "{at}  {kind:<8} {available_change:+} available, {frozen_change:+} held  {note}  ({job})"
    _show(map(_facts, found), template, as_json=as_json)


@credits_app.command("check")
def credits_check(*, data: Data = None, as_json: AsJson = False) -> None:
    """Sum the whole ledger up anew. The exit code is 1 where something is wrong."""
    with _opened(data) as service:
        found, revenue = service.ledger.check(), service.ledger.revenue()
    lines = found or [f"The ledger is sound; {revenue} credits were spent."]
    _show(
        [{"violations": found, "revenue": revenue}] if as_json else [{"line": one} for one in lines],
        "{line}",
        as_json=as_json,
    )
    if found:
        raise typer.Exit(1)


@retention_app.command("run")
def retention_run(*, data: Data = None, as_json: AsJson = False) -> None:
    """Clear away what is older than the settings keep it, as the worker does all the time."""
    from dataclasses import asdict

    from slimreel.services.wiring import build
    from slimreel.settings.service import read_service_settings

    services = build(read_service_settings({"data": data}))
    try:
        counts = asdict(services.retention.sweep())
    finally:
        services.close()
    told = ", ".join(f"{{{name}}} {name.replace('_', ' ')}" for name in counts)
    _show([counts], f"Cleared away: {told}", as_json=as_json)


@users_app.command("list")
def users_list(*, count: Count = 100, data: Data = None, as_json: AsJson = False) -> None:
    """Show accounts, newest first."""
    with _opened(data) as service:
        found = [_account(service, one) for one in service.accounts.accounts(count)]
    _show(found, _ACCOUNT, as_json=as_json)


@users_app.command("show")
def users_show(user: UserId, *, data: Data = None, as_json: AsJson = False) -> None:
    """Show one account."""
    with _opened(data) as service:
        found = _account(service, service.accounts.account(_owner(service, user).user_id))
    _show([found], _ACCOUNT, as_json=as_json)


_ACCOUNT = "{id}  {kind:<10} {available} credits, {frozen} held  {sessions} sessions  since {created_at}  {email}"


@contextmanager
def _opened(data: Path | None) -> Iterator[Opened]:
    """The parts of the service whose data is there. Raises UsageError where there is none."""
    from slimreel.errors import UsageError
    from slimreel.services.accounts import Accounts
    from slimreel.services.clock import now
    from slimreel.services.credits import Ledger
    from slimreel.services.db.engine import Database, sqlite_url
    from slimreel.services.db.migrate import migrate
    from slimreel.services.starters import Starters
    from slimreel.services.tokens import Tokens
    from slimreel.settings.service import read_service_settings

    settings = read_service_settings({"data": data})
    url = settings.database_url or sqlite_url(settings.data)
    if not settings.database_url and not Path(url.removeprefix("sqlite:///")).is_file():
        raise UsageError(detail=f"There is no service in {settings.data}. Name its folder with --data.")
    database = Database(url, pool=2)
    try:
        migrate(database)
        ledger, tokens = Ledger(database, now), Tokens(database, now)
        starters = Starters(database, now, settings, ledger, tokens)
        yield Opened(database, Accounts(database, now, settings, ledger, tokens), starters, tokens, ledger)
    finally:
        database.close()


def _owner(service: Opened, user_id: str) -> Caller:
    """The account, with every right. Raises UsageError where there is none."""
    from slimreel.errors import UsageError
    from slimreel.errors.service import NotHere

    try:
        return service.accounts.owner(user_id)
    except NotHere as error:
        raise UsageError(
            detail=f"There is no account {user_id} here. `slimreel admin users list` shows them."
        ) from error


def _account(service: Opened, account: Account) -> dict[str, Any]:
    return _facts(account) | _balance(service, account.id)


def _balance(service: Opened, user_id: str) -> dict[str, Any]:
    found = service.ledger.balance(user_id)
    return {"available": found.available, "frozen": found.frozen, "total": found.total}


def _show_balance(service: Opened, user_id: str, *, as_json: bool) -> None:
    _owner(service, user_id)
    found = {"user_id": user_id} | _balance(service, user_id)
    _show([found], "{available} credits, and {frozen} held", as_json=as_json)


def _facts(record: Any) -> dict[str, Any]:
    """The record's fields; moments as the protocol writes them."""
    from dataclasses import asdict
    from datetime import datetime

    from slimreel.services.clock import iso

    return {name: iso(value) if isinstance(value, datetime) else value for name, value in asdict(record).items()}


def _show(rows: Iterable[dict[str, Any]], template: str, *, as_json: bool) -> None:
    """Each row as a line of JSON, or as the template with its fields filled in."""
    from slimreel.cli import terminal
    from slimreel.cli.records import as_line

    for row in rows:
        if as_json:
            terminal.line(as_line(row))
            continue
        told = {name: _word(value) for name, value in row.items()}
        for line in template.format_map(told).splitlines():
            terminal.line(terminal.plain(line.rstrip()))


def _word(value: Any) -> Any:
    if isinstance(value, tuple):
        return " ".join(value)
    return "–" if value is None else value
