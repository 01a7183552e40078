"""Makes every identifier and secret of the service, and the hashes that secrets are kept as."""

from __future__ import annotations

import hashlib
import re
import secrets

CLIENT_ID = re.compile(r"[\x21-\x7e]{1,200}")
RENDER_NAME = re.compile(r"[A-Za-z0-9._-]{1,128}")
SESSION_ID = re.compile(r"[0-9]{19}")


def token() -> str:
    """A bearer token: 256 bits."""
    return f"nmv_usr_{secrets.token_urlsafe(32)}"


def claim_token() -> str:
    return f"clm_{secrets.token_urlsafe(32)}"


def user_id() -> str:
    return f"anon_{secrets.token_hex(8)}"


def session_id() -> str:
    """Nineteen digits, the first no nought; more than 2^62 of them, so that none can be guessed."""
    return str(10**18 + secrets.randbelow(9 * 10**18))


def new(kind: str) -> str:
    """`task_…`, `ast_…`, `drf_…`: 128 bits behind a word that says what it is of."""
    return f"{kind}_{secrets.token_hex(16)}"


def hashed(secret: str) -> str:
    """What a secret of 256 bits is kept as; it needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()
