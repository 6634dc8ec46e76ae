"""Signing in with an OpenID provider (OpenID Connect Core 1.0): authorization code, PKCE (RFC 7636), state and nonce.

Off unless `LINLI_OIDC_ISSUER` is set. Who comes is known by the provider's subject, never by e-mail or name.
"""
