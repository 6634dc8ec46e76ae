"""Ledgers generated in the background: a form of the catalogue for an area and a day, kept for a while, taken with a note."""
