"""Joining two people who are one, and splitting one who is two: statements change their person, and everything can be
undone. What was written against an old id is found from either.
"""
