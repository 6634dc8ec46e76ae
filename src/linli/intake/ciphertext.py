"""Columns of the intake that hold ciphertext: the frozen rows of returns."""

from linli.kernel.ciphertext import declare

declare("intake_frozen_part", "sealed")
