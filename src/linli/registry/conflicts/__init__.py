"""Conflicts that matter: trusted sources state different names, sexes, births or identity numbers of one person.

Each is decided once, by a statement by hand, which every later import respects.
"""
