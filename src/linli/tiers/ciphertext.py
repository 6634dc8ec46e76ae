"""Columns of tiers that hold ciphertext: where somebody who objected in public is told the answer."""

from linli.kernel.ciphertext import declare, excuse

declare("tiers_objection", "contact")
excuse("tiers_objection", "token", why="a keyed hash of the form it came with")
