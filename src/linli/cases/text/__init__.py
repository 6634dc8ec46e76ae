"""What the words of a report say: its category, places, times and urgency. Pure: no database, no network.

A suggestion never decides: it is shown with its confidence, and below the threshold a person chooses.
"""
