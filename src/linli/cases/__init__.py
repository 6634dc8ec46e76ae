"""Cases: every problem from report to evaluation. What kinds there are and how long each may take is in `categories`."""
