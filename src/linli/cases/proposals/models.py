"""Tables of proposals: what was proposed and by whom, who answers with whom, and each answer with what was thought of it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7

from ..engine.models import Case

BODIES = ("cppcc", "congress")
OPENNESS = ("", "open", "closed")
ROLES = ("assisting", "separate")
OPINIONS = ("satisfied", "basically", "dissatisfied")


class Proposal(models.Model):
    """A proposal (提案, of members of the 政协) or a suggestion (建议, of deputies of the 人大), handled as one case.

    Its fields are those of the page on which the district publishes answers (编号, 建议人, 主办单位, 答复时间, 答复内容, 建议内容).
    `number` is the year and a serial of four digits, as 20240076, unique within `body`; `term` and `session` say of which
    session it is (第十三届 … 第三次会议). `host_unit_id` is the unit that answers (主办单位), the same as the case's;
    `cohost_units` are those that see it because they help (协办, 分办), the same as in `ProposalCohost`.

    `openness` is decided when it is concluded: an `open` answer is published from `published_at` on, a `closed` one never,
    for `openness_reason`. `round` is how many times it was answered, from 1: who is not satisfied is answered again.
    `published_round` is the answer the public reads, which stays until the next one is published.
    `concluded_at` is when its last answer was published or given without publishing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    body = models.TextField()
    number = models.TextField(db_collation="C")
    year = models.SmallIntegerField()
    term = models.SmallIntegerField()
    session = models.SmallIntegerField()
    title = models.TextField()
    content = models.TextField()
    area_code = AreaCodeField()
    host_unit_id = models.UUIDField(null=True)
    host_name = models.TextField(default="")
    cohost_units = ArrayField(models.UUIDField(), default=list)
    round = models.SmallIntegerField(default=1)
    openness = models.TextField(default="")
    openness_reason = models.TextField(default="")
    published_at = models.DateTimeField(null=True)
    published_round = models.SmallIntegerField(null=True)
    concluded_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField()
    registered_by = models.TextField()
    registered_by_name = models.TextField()

    class Meta:
        app_label = "cases"
        db_table = "cases_proposal"
        constraints = [
            models.UniqueConstraint(fields=["body", "number"], name="proposal_number"),
            models.CheckConstraint(condition=models.Q(body__in=BODIES), name="proposal_body"),
            models.CheckConstraint(condition=models.Q(openness__in=OPENNESS), name="proposal_openness"),
            models.CheckConstraint(
                condition=models.Q(published_at=None, published_round=None)
                | models.Q(openness="open", published_at__isnull=False, published_round__isnull=False),
                name="proposal_published_if_open",
            ),
        ]
        indexes = [
            models.Index(fields=["year", "number", "id"], name="proposal_year"),
            models.Index(
                fields=["year", "number", "id"],
                condition=models.Q(published_at__isnull=False),
                name="proposal_published",
            ),
        ]


class Proposer(models.Model):
    """Somebody who put a proposal forward (建议人), the first one first. `name` and `contact` are ciphertext; `shown`: they
    agreed that their name stands on the public page. The contact goes when its time is over (retention)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="proposers")
    position = models.SmallIntegerField()
    name = models.BinaryField()  # ciphertext
    contact = models.BinaryField(null=True)  # ciphertext
    masked = models.TextField(default="")
    shown = models.BooleanField(default=False)

    class Meta:
        app_label = "cases"
        db_table = "cases_proposer"
        constraints = [models.UniqueConstraint(fields=["proposal", "position"], name="proposer_position")]


class ProposalCohost(models.Model):
    """A unit that helps the host (协办), or that answers its part by itself (分办), with what it contributed."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="cohosts")
    unit_id = models.UUIDField()
    unit_name = models.TextField()
    role = models.TextField()
    contribution = models.TextField(default="")
    contributed_at = models.DateTimeField(null=True)
    contributed_by_name = models.TextField(default="")

    class Meta:
        app_label = "cases"
        db_table = "cases_proposal_cohost"
        constraints = [
            models.UniqueConstraint(fields=["proposal", "unit_id"], name="cohost_once"),
            models.CheckConstraint(condition=models.Q(role__in=ROLES), name="cohost_role"),
        ]


class ProposalReply(models.Model):
    """The answer of one round (答复), from its draft to what the proposer thought of it. Signed, it is never changed.

    `version` rises with each saved draft. `drafters` are all who saved one in the round, of whom none reviews it; `drafted_by`
    is the last of them. `document_number` is the host's own (川政办字〔2024〕27号), `signed_post` and
    `signed_name` who signed it off (签发人), `answered_on` the day on the letter (答复时间), `due_on` the day by which it was to
    be answered when it was signed: from the two follows whether it was in time. `opinion` of the proposer as a whole,
    `attitude` on how it was handled, `outcome` on what came of it (满意, 基本满意, 不满意; the three questions and their answers
    are usual in public forms, inferred).
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="replies")
    round = models.SmallIntegerField()
    version = models.IntegerField(default=0)
    unit_name = models.TextField(default="")
    text = models.TextField(default="")
    contact_name = models.TextField(default="")
    contact_phone = models.TextField(default="")
    drafted_at = models.DateTimeField(null=True)
    drafted_by = models.TextField(default="")
    drafted_by_name = models.TextField(default="")
    drafters = ArrayField(models.TextField(), default=list)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by_name = models.TextField(default="")
    document_number = models.TextField(default="")
    signed_at = models.DateTimeField(null=True)
    signed_by = models.TextField(default="")
    signed_post = models.TextField(default="")
    signed_name = models.TextField(default="")
    answered_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    opinion = models.TextField(default="")
    attitude = models.TextField(default="")
    outcome = models.TextField(default="")
    remark = models.TextField(default="")
    rated_at = models.DateTimeField(null=True)
    rated_by_name = models.TextField(default="")

    class Meta:
        app_label = "cases"
        db_table = "cases_proposal_reply"
        constraints = [
            models.UniqueConstraint(fields=["proposal", "round"], name="reply_round"),
            models.CheckConstraint(
                condition=models.Q(signed_at=None) | models.Q(answered_on__isnull=False), name="reply_signed_has_day"
            ),
            *(
                models.CheckConstraint(condition=models.Q(**{f"{name}__in": ("", *OPINIONS)}), name=f"reply_{name}")
                for name in ("opinion", "attitude", "outcome")
            ),
        ]
