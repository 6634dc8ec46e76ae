"""Which reports may tell of one event. Pure: it proposes pairs with a score, people decide."""
