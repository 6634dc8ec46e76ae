"""What ties people: relations between them (kin, guardians, carers, contacts), and tags a department may lawfully give.

Both are statements about one person with a source; they follow the person's area and go with the batch that made them.
"""
