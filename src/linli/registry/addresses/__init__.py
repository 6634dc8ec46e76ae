"""The address book: other names of places, home texts nobody could read, and reading them again."""
