"""The directory of cases: categories, and the rules by which a case of each is filed, closed and given its time."""
