"""What can be done with a batch: the same actions behind the wizard, the API and `linli intake run`.

Actions in a request only note what is wanted and put a job into the queue, both in the request's transaction; the
work itself (`perform_…`) runs in a worker or in the command, holding the batch by a lock that dies with the process.
"""

from .batch import FileGone, cancel_batch, close, expire_files, find, same_content
from .columns import check_batch, choose_sheets, remember, set_kind, set_mapping
from .merging import (
    HasErrors,
    UndoBlocked,
    blockers,
    check_merge,
    decide_review,
    merge_batch,
    undo_batch,
)
from .upload import check_upload, save_source, upload_batch

__all__ = [
    "FileGone",
    "HasErrors",
    "UndoBlocked",
    "blockers",
    "cancel_batch",
    "check_batch",
    "check_merge",
    "check_upload",
    "choose_sheets",
    "close",
    "decide_review",
    "expire_files",
    "find",
    "merge_batch",
    "remember",
    "same_content",
    "save_source",
    "set_kind",
    "set_mapping",
    "undo_batch",
    "upload_batch",
]
