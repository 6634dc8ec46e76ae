"""The only code that changes the registry."""
