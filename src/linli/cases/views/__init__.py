"""Other ways to look at the list of cases, and one step taken in many of them."""
