"""Turns of a conversation from a message to an answer: understood, carried out, told, and kept in one transaction.

It calls and does not decide. What it does goes into the feed; whoever wants to hear of it reads that.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

from slimreel.agent.interpret import interpret
from slimreel.agent.reader import reader
from slimreel.agent.reply import label
from slimreel.core.languages import spoken_here
from slimreel.errors import SlimreelError
from slimreel.errors.service import BadRequest, Conflicting
from slimreel.services import adk, ids
from slimreel.services.clock import Clock
from slimreel.services.db import models
from slimreel.services.db.engine import Database
from slimreel.services.doing import Doing, Outcome
from slimreel.services.feed import Feed
from slimreel.services.scene import Scene, Scenes
from slimreel.services.sessions import Sessions
from slimreel.services.telling import tell, tell_failure
from slimreel.services.turns import Turns
from slimreel.services.understanding import Understood, may_cost, understand
from slimreel.settings.service import ServiceSettings

_AT_ONCE = 8
_TICK_S = 0.02
_RENEW_S = 3.0
_TRIES = 3


class Chat:
    """The conversations of all sessions, as far as this process carries them on."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: ServiceSettings,
        *,
        sessions: Sessions,
        scenes: Scenes,
        turns: Turns,
        doing: Doing,
        feed: Feed,
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._sessions, self._scenes, self._turns, self._doing, self._feed = sessions, scenes, turns, doing, feed
        self._owner = ids.new("api")
        self._read = reader()
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="slimreel-turn")
        self._mine: dict[str, Future[None]] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="slimreel-turns", daemon=True)

    def open(self) -> None:
        """Begin to look after turns: those of this process, and those that another one left."""
        self._keeper.start()

    def close(self) -> None:
        """Let the turns that run end; those that cannot are taken up by whoever comes next."""
        self._stopped.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def say(self, session: models.Session, text: str, *, remedy: str = "") -> models.Turn:
        """The turn for a message, begun, or joined where it runs already. Raises BadRequest, NoCredits."""
        if not text.strip():
            raise BadRequest(detail="the message has no text")
        if len(text) > self._settings.message_characters:
            raise BadRequest(detail=f"a message has at most {self._settings.message_characters} characters")
        if (same := self._turns.running(session.id, text)) is not None:
            return same
        costly = may_cost(text, self._scenes.load(session), interpret)
        price = self._settings.price_edit if costly else 0
        turn = self._turns.begin(
            session, text, price=price, note="change of the timeline", remedy=remedy, owner=self._owner
        )
        self._start(turn)
        return turn

    def foresee(self, session: models.Session, text: str) -> tuple[Scene, Understood]:
        """What a message would be understood as, just now. Nothing is begun or kept."""
        scene = self._scenes.load(session)
        return scene, understand(text, scene, self._read)

    def _start(self, turn: models.Turn) -> None:
        with self._lock:
            if turn.owner != self._owner or turn.id in self._mine:
                return
            future = self._pool.submit(self._carry_out, turn)
            self._mine[turn.id] = future
        future.add_done_callback(lambda done: self._ended(turn, done))

    def _carry_out(self, turn: models.Turn) -> None:
        while not self._turns.is_next(turn):
            time.sleep(_TICK_S)
        for tried in range(_TRIES):
            try:
                self._try(turn)
                break
            except Conflicting:  # the timeline was changed by a call meanwhile: what was said is said of the new one
                if tried == _TRIES - 1:
                    raise

    def _try(self, turn: models.Turn) -> None:
        session = self._sessions.find(turn.user_id, turn.session_id)
        scene = self._scenes.load(session)
        understood = understand(turn.text, scene, self._read)
        try:
            outcome = self._doing.do(turn, scene, understood)
        except SlimreelError as error:
            if error.http_status >= 500 and not error.retryable and error.code == "internal":
                raise
            outcome = Outcome(told=tell_failure(error, understood.language))
        self._keep_outcome(turn, outcome, tell(turn, scene, understood, outcome, self._clock()))

    def _keep_outcome(self, turn: models.Turn, outcome: Outcome, events: list[adk.Event]) -> None:
        with self._database.write() as transaction:
            draft_id = outcome.saved[-1].row_id if outcome.saved else None
            charged = self._settings.price_edit if outcome.costs else 0
            if not self._turns.end(
                transaction,
                turn,
                state="done",
                charged=min(charged, turn.held),
                draft_id=draft_id,
                commands=list(outcome.commands),
            ):
                return
            self._doing.keep(transaction, turn, outcome)
            for event in events:
                self._feed.add(transaction, turn.session_id, "event", event, turn_id=turn.id)
            self._feed.add(transaction, turn.session_id, "end", {}, turn_id=turn.id)

    def _ended(self, turn: models.Turn, done: Future[None]) -> None:
        with self._lock:
            self._mine.pop(turn.id, None)
        if done.cancelled() or (error := done.exception()) is None:
            return
        incident = ids.new("inc")
        session = self._sessions.find(turn.user_id, turn.session_id)
        message = label("chat_broke", spoken_here(session.language), incident=incident)
        self._doing.report(incident, error)
        with self._database.write() as transaction:
            if self._turns.end(transaction, turn, state="failed", charged=0, draft_id=None, commands=[]):
                event = adk.failed(turn.id, self._clock(), "5000", message)
                self._feed.add(transaction, turn.session_id, "event", event, turn_id=turn.id)
                self._feed.add(transaction, turn.session_id, "end", {}, turn_id=turn.id)

    def _keep(self) -> None:
        while not self._stopped.wait(_RENEW_S):
            with self._lock:
                mine = list(self._mine)
            self._turns.renew(mine, self._owner)
            for turn in self._turns.adopt(self._owner):
                self._start(turn)
