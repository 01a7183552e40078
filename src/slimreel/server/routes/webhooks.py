"""Webhooks: addresses that hear of finished renders, signed as Standard Webhooks are."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from slimreel.server.answers.accounts import Removed, WebhookMade, Webhooks, WebhookView
from slimreel.server.answers.forms import answering
from slimreel.server.bodies import NewWebhook
from slimreel.server.calls import Calling, Served, StrictRoute, answer, scoped, whole_account
from slimreel.services.clock import iso
from slimreel.services.webhooks import EVENTS

router = APIRouter(
    route_class=StrictRoute, tags=["webhooks"], prefix="/api/slimreel/webhooks", dependencies=[Depends(whole_account)]
)


@router.post("", dependencies=[scoped("write")], responses=answering(WebhookMade))
def add(body: NewWebhook, services: Served, caller: Calling) -> JSONResponse:
    """Names an address. The secret that its messages are signed with is shown this once."""
    made = services.webhooks.add(caller.user_id, body.url, body.events or EVENTS)
    return answer(WebhookMade(id=made.id, url=made.url, events=made.events, secret=made.secret))


@router.get("", dependencies=[scoped("read")], responses=answering(Webhooks))
def listed(services: Served, caller: Calling) -> JSONResponse:
    """The addresses of the account, without their secrets."""
    found = [
        WebhookView(id=one.id, url=one.url, events=one.events, created_at=iso(one.created_at))
        for one in services.webhooks.list(caller.user_id)
    ]
    return answer(Webhooks(webhooks=found))


@router.delete("/{webhook_id}", dependencies=[scoped("write")], responses=answering(Removed))
def remove(webhook_id: str, services: Served, caller: Calling) -> JSONResponse:
    """Forgets an address."""
    services.webhooks.remove(caller.user_id, webhook_id)
    return answer(Removed(id=webhook_id, removed=True))
