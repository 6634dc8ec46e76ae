"""What the registry holds besides people: legal entities, key places, street components. One way for every kind.

A kind is declared in `kinds.py`; statements, golden records, merge, undo and reads follow from the declaration.
"""
