"""An authenticator app (RFC 6238), independent of the one under test."""

import base64
import hashlib
import hmac
import struct
import time


def code(secret: str, away: int = 0) -> str:
    """The app's code, `away` steps from now. Code 0 and 1 are good even when the step ends meanwhile."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + away), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7fffffff) % 1_000_000:06}"
