"""Columns of access that hold ciphertext."""

from linli.kernel.ciphertext import declare, excuse

declare("access_idempotency", "body")
declare("access_second_factor", "secret", "pending")
excuse("access_idempotency", "request_hash", why="keyed hash")
excuse("access_session", "token_hash", why="hash of a random token")
excuse("access_attempt", "name_hash", why="keyed hash")
excuse("access_recovery_code", "code_hash", why="keyed hash")
excuse("access_used_nonce", "nonce_hash", why="hash of a random number")
excuse("access_seal", "digest", why="digest of a day of a log")
excuse("access_destruction_run", "ids_digest", why="digest of ids")
excuse("access_deletion_certificate", "ids_digest", "previous", "seal", why="digests")
