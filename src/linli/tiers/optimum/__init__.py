"""The best plan of upgrades for a budget: what is asked, how the answer is found and proved, why a community is left out. Pure."""
