"""Linli 邻里: the system a district runs its smart communities on."""

__version__ = "0.1.0"
