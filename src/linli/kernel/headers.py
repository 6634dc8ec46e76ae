"""Security headers of every answer. No script runs that we did not ship, no page may frame ours, nothing calls out."""

from __future__ import annotations

from typing import Protocol

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        # Element Plus and MapLibre set inline styles; styles cannot carry data out under this policy.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
}
STRICT_TRANSPORT = "max-age=31536000"


class Headers(Protocol):
    """Headers of an answer, Django's or WhiteNoise's."""

    def __contains__(self, name: object, /) -> bool: ...

    def __setitem__(self, name: str, value: str, /) -> None: ...


def add(headers: Headers, path: str = "", url: str = "") -> None:
    """Put the headers on an answer; the signature is the one WHITENOISE_ADD_HEADERS_FUNCTION asks for."""
    for name, value in HEADERS.items():
        if name not in headers:
            headers[name] = value
