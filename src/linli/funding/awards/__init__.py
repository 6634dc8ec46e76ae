"""Awards (奖补) that applications for a tier were granted: which are in the books, and booking those that are not."""
