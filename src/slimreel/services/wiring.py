"""Builds the service from its settings: the one place where its parts meet. Starts nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session as Transaction

from slimreel.engine import sandbox
from slimreel.errors import SlimreelError, UsageError
from slimreel.services import clock as clocks
from slimreel.services.accounts import Accounts
from slimreel.services.arrivals import Arrivals
from slimreel.services.assets import Assets, name_of
from slimreel.services.bench import Bench
from slimreel.services.chat import Chat
from slimreel.services.claims import Claims
from slimreel.services.clock import Clock
from slimreel.services.credits import Ledger
from slimreel.services.db import models
from slimreel.services.db.engine import Database, sqlite_url
from slimreel.services.db.migrate import migrate
from slimreel.services.doing import Doing
from slimreel.services.drafts import Drafts
from slimreel.services.editing import Editing
from slimreel.services.evidence import Evidence
from slimreel.services.exports import Exports
from slimreel.services.feed import Feed
from slimreel.services.fetch import Fetcher
from slimreel.services.figures import Figures, figures
from slimreel.services.files import Files
from slimreel.services.heard import Heard
from slimreel.services.jobs import Jobs
from slimreel.services.links import Links
from slimreel.services.looks import Looks
from slimreel.services.made import Made
from slimreel.services.previews import Previews
from slimreel.services.proxies import Proxies
from slimreel.services.public_client import public_client
from slimreel.services.replies import Replies
from slimreel.services.requests import Requests
from slimreel.services.retention import Retention
from slimreel.services.scene import Scenes
from slimreel.services.sessions import Sessions
from slimreel.services.starters import Starters
from slimreel.services.storage import Storage
from slimreel.services.tokens import Tokens
from slimreel.services.turns import Turns
from slimreel.services.uploads import Uploads
from slimreel.services.webhooks import Webhooks
from slimreel.settings.service import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Services:
    """All parts of one service, as its interfaces call them."""

    settings: ServiceSettings
    clock: Clock
    database: Database
    feed: Feed
    ledger: Ledger
    tokens: Tokens
    starters: Starters
    accounts: Accounts
    claims: Claims
    storage: Storage
    links: Links
    assets: Assets
    uploads: Uploads
    arrivals: Arrivals
    sessions: Sessions
    drafts: Drafts
    editing: Editing
    turns: Turns
    jobs: Jobs
    made: Made
    exports: Exports
    chat: Chat
    files: Files
    replies: Replies
    webhooks: Webhooks
    retention: Retention
    bench: Bench
    previews: Previews
    proxies: Proxies
    evidence: Evidence

    def figures(self) -> Figures:
        return figures(self.database, self.clock)

    def health(self) -> dict[str, Any]:
        """Whether the database answers, how many workers were heard of, and how tight the sandbox is."""
        try:
            found = self.figures()
        except SlimreelError:
            return {"database": False}
        return {
            "database": True,
            "workers": found.workers,
            "waiting": found.jobs.get("pending", 0),
            "sandbox": self._sandbox,
        }

    @cached_property
    def _sandbox(self) -> str:
        return sandbox.level().sentence()

    def close(self) -> None:
        self.bench.close()
        self.database.close()


def database_of(settings: ServiceSettings) -> Database:
    """The database, brought to the present form. Raises Unavailable, UsageError."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        detail = f"{settings.data} cannot be made ({error.strerror}). Name another folder with --data."
        raise UsageError(field="data", detail=detail) from error
    database = Database(settings.database_url or sqlite_url(settings.data))
    migrate(database)
    return database


def build(settings: ServiceSettings, clock: Clock = clocks.now) -> Services:
    """The service that these settings describe. Raises Unavailable, UsageError."""
    database = database_of(settings)
    feed, ledger, tokens = Feed(database, clock), Ledger(database, clock), Tokens(database, clock)
    storage, links = Storage(settings), Links(settings, clock)
    assets = Assets(database, storage, links, clock, settings)
    drafts, sessions = Drafts(database, clock, feed), Sessions(database, clock)

    def welcome(transaction: Transaction, asset: models.Asset) -> None:
        """A video that came in gets a timeline of its own."""
        if asset.kind == "video":
            session = transaction.get_one(models.Session, asset.session_id, with_for_update=True)
            drafts.welcome(transaction, session, name_of(asset), assets.facts_within(transaction, asset.session_id))

    uploads = Uploads(database, storage, assets, feed, clock, settings, welcome)

    webhooks = _webhooks(database, clock, settings, links)
    jobs = Jobs(database, clock, settings, ledger, feed, webhooks)
    accounts = Accounts(database, clock, settings, ledger, tokens)
    exports = Exports(settings, drafts, jobs, accounts)
    turns = Turns(database, clock, ledger)
    heard, made = Heard(assets, storage), Made(database)
    doing = Doing(drafts, assets, heard, exports, Requests(settings, jobs, ledger))
    scenes = Scenes(drafts, assets, jobs, turns)
    chat = Chat(database, clock, settings, sessions=sessions, scenes=scenes, turns=turns, doing=doing, feed=feed)
    bench = Bench(Looks(storage, clock))
    previews = Previews(database, storage, assets, drafts, bench)
    return Services(
        settings=settings,
        clock=clock,
        database=database,
        feed=feed,
        ledger=ledger,
        tokens=tokens,
        starters=Starters(database, clock, settings, ledger, tokens),
        accounts=accounts,
        claims=Claims(database, clock, tokens),
        storage=storage,
        links=links,
        assets=assets,
        uploads=uploads,
        arrivals=Arrivals(settings, uploads, Fetcher(settings)),
        sessions=sessions,
        drafts=drafts,
        editing=Editing(database, settings, drafts=drafts, assets=assets, heard=heard, ledger=ledger),
        turns=turns,
        jobs=jobs,
        made=made,
        exports=exports,
        chat=chat,
        files=Files(database, links),
        replies=Replies(database, clock),
        webhooks=webhooks,
        retention=Retention(database, storage, uploads, clock, settings),
        bench=bench,
        previews=previews,
        proxies=Proxies(assets, previews, jobs, links),
        evidence=Evidence(database, storage, feed, assets=assets, drafts=drafts, jobs=jobs, bench=bench),
    )


def _webhooks(database: Database, clock: Clock, settings: ServiceSettings, links: Links) -> Webhooks:
    def link(artifact: models.Artifact) -> str:
        path = links.path_for("artifact", artifact.id, artifact.user_id)
        return links.absolute(path, f"http://{settings.host}:{settings.port}")

    client = public_client(allow_private=settings.webhook_private)
    return Webhooks(database, clock, settings, client, link)
