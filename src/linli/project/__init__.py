"""The front door: settings, addresses, command line. Knows every room; no room knows it."""
