"""Cases that more than one unit works on: supporting units, child cases, hand-over, and notes of supervision."""
