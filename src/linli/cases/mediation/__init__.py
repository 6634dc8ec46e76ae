"""The record of a mediation (矛盾纠纷调解): parties, mediators, agreement and whether it was fulfilled, kept with its case."""
