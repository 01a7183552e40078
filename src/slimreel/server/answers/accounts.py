"""Answers about accounts: tokens, claims, credits, webhooks."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

CreditKind = Literal["grant", "hold", "settle", "release"]


class SignedIn(TypedDict):
    """`token` is said this once; times are ISO 8601."""

    token: str
    user_id: str
    expires_at: str
    credits: int


class Claimed(TypedDict):
    """`expires_in` are seconds."""

    claim_token: str
    expires_in: int


class Opened(TypedDict):
    token: str
    session_id: str
    expires_at: str


class TokenView(TypedDict):
    """`token`, the secret itself, stands in the answer to its making and nowhere else."""

    id: str
    name: str
    prefix: str
    scopes: list[str]
    created_at: str
    expires_at: str | None
    kind: str
    session_id: str | None
    token: NotRequired[str]


class Tokens(TypedDict):
    tokens: list[TokenView]


class Revoked(TypedDict):
    id: str
    revoked: bool


class Balance(TypedDict):
    """`total` is `available` and `frozen` together."""

    available: int
    frozen: int
    total: int


class CreditEntry(TypedDict):
    """One movement, and what it did to the two parts of the balance."""

    id: int
    kind: CreditKind
    amount: int
    available_change: int
    frozen_change: int
    note: str
    at: str


class CreditHistory(TypedDict):
    entries: list[CreditEntry]
    next: int | None


class WebhookMade(TypedDict):
    """`secret` is what messages are signed with, and shown this once."""

    id: str
    url: str
    events: list[str]
    secret: str


class WebhookView(TypedDict):
    id: str
    url: str
    events: list[str]
    created_at: str


class Webhooks(TypedDict):
    webhooks: list[WebhookView]


class Removed(TypedDict):
    id: str
    removed: bool
