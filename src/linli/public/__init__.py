"""What anybody may see without signing in: the page behind the code on a door. Runs beside the console or by itself."""
