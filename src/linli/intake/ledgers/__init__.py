"""Ledgers (台账) out: a department's own form filled from the base, with what it covers and where each value is from."""
