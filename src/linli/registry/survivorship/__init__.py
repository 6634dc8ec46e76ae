"""Which source counts most for which field: rules as data with their day, previewed, and people computed anew."""
