"""What intake tells people: of work that was done in the background for them, and of forms that were decided."""

from linli.kernel.errors import Text
from linli.messages.kinds import NoticeKind, declare

LEDGER_DONE = "intake.ledger.done"
LEDGER_FAILED = "intake.ledger.failed"
FORM_APPROVED = "intake.form.approved"
FORM_RETURNED = "intake.form.returned"

declare(
    NoticeKind(
        LEDGER_DONE,
        Text("台账已生成", "Ledger ready"),
        Text("台账“{form}”（{area}）已生成，共 {rows} 行，可以下载。", "The ledger “{form}” for {area} is ready to download: {rows} rows."),
    ),
    NoticeKind(
        LEDGER_FAILED,
        Text("台账生成失败", "Ledger failed"),
        Text("台账“{form}”（{area}）没有生成，请打开查看原因。", "The ledger “{form}” for {area} was not made; open it to see why."),
    ),
    NoticeKind(
        FORM_APPROVED,
        Text("报表已准入", "Form approved"),
        Text("报表“{form}”已获准入，可以使用。", "The form “{form}” was approved and can be used."),
    ),
    NoticeKind(
        FORM_RETURNED,
        Text("报表被退回", "Form returned"),
        Text("报表“{form}”没有获得准入，请查看意见。", "The form “{form}” was not approved; see the reason."),
    ),
)  # fmt: skip
