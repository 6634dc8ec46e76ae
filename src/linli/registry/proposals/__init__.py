"""Pairs of people who may be one: listed with the weights that say so, decided once."""
