"""Good practice (案例库): cards of what a community did, what it moved, and how another one takes it over."""
