"""Tables search goes by: pieces of names and codes, and the first letters of characters' readings."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField


class FindToken(models.Model):
    """By what a compound, building, entity, key place, component or rented home is found; one row a token.

    Tokens of a name or alias are its overlapping pieces of two characters, the last character with "$", and "^" with
    the initials of its pinyin; of a code, "#" with the code. Rows are kept by triggers of the tables they tell about
    (`tokens.keep_tokens`), so that no writer can forget them. `kind` is a name in `rules.KINDS`.
    """

    id = models.CompositePrimaryKey("token", "kind", "area_code", "subject_id")
    token = models.TextField(db_collation="C")
    kind = models.TextField(db_collation="C")
    area_code = AreaCodeField()
    subject_id = models.UUIDField()

    class Meta:
        db_table = "registry_find_token"


class Initial(models.Model):
    """The first letter of a character's commonest reading, for triggers: the database knows no pinyin."""

    character = models.TextField(primary_key=True, db_collation="C")
    letter = models.TextField()

    class Meta:
        db_table = "registry_initial"
