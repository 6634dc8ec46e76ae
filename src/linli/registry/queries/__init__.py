"""Reads of the registry. Each takes an actor, goes through the actor's areas, and costs a fixed number of queries."""
