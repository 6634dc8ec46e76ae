"""The books: sources of money, budgets, accounts, double-entry entries by month, and reports from them."""
