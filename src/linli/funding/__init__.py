"""The money of smart communities: sources, budgets, contracts, running cost and revenue, in books that balance to the cent."""
