"""One-time codes of an authenticator: RFC 6238 (TOTP) over RFC 4226 (HOTP), 30 seconds, six digits, SHA-1. Pure.

SHA-1 because that is what the common authenticators compute whatever the address says; HMAC does not rest on what is
broken in it. The address (`otpauth://`) is no standard but the form all of them read.
"""

from __future__ import annotations

import hmac
from datetime import datetime

from pyotp import HOTP, TOTP, random_base32

PERIOD = 30
DIGITS = 6
#: RFC 6238, 5.2: at most one time step for clocks that differ and codes that travel.
SKEW = 1


def new_secret() -> str:
    """A random secret of 160 bits (RFC 4226, 4, R6) in Base32."""
    return random_base32(32)


def step_at(moment: datetime) -> int:
    """The time step a moment lies in: whole periods since 1970."""
    return int(moment.timestamp()) // PERIOD


def matching_step(secret: str, code: str, moment: datetime, after: int = 0) -> int | None:
    """The time step whose code this is, within one of now and later than `after`; None when there is none."""
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    now, generator = step_at(moment), HOTP(secret, digits=DIGITS)
    steps = (now, *(now + sign * distance for distance in range(1, SKEW + 1) for sign in (-1, 1)))
    for step in steps:
        if step > after and hmac.compare_digest(generator.at(step), code):
            return step
    return None


def address(secret: str, username: str, issuer: str) -> str:
    """What the QR code says: the secret, whose it is and of which program."""
    return TOTP(secret, digits=DIGITS, interval=PERIOD).provisioning_uri(name=username, issuer_name=issuer)


def picture(text: str) -> str:
    """A QR code (ISO/IEC 18004) as an SVG in a `data:` address; nothing leaves the page to draw it."""
    import segno

    return segno.make(text, error="m").svg_data_uri(scale=4, border=3, dark="#000", light="#fff")
