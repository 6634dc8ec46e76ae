"""Every operation of the API says who may call it: a declared permission, "signed in", or an explicit "public"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linli.kernel import permissions
from linli.kernel.http import Public, Require

#: Open to anyone by decision: the sign-in page needs them.
PUBLIC = {"GET /session", "POST /session", "DELETE /session", "POST /session/second-step"}


def operations() -> Iterator[tuple[str, Any]]:
    from linli.project.urls import api

    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield f"{method} {prefix}{path}".replace("//", "/"), operation


def test_there_are_operations() -> None:
    assert len(dict(operations())) > 40


def test_every_operation_says_who_may_call_it() -> None:
    wrong = []
    for name, operation in operations():
        marks = operation.auth_callbacks
        if len(marks) != 1 or not isinstance(marks[0], Require):
            wrong.append(f"{name}: no mark")
        elif isinstance(marks[0], Public):
            if name not in PUBLIC:
                wrong.append(f"{name}: public")
        else:
            wrong += [f"{name}: {p} is not declared" for p in marks[0].permissions if not permissions.declared(p)]
    assert not wrong, "\n".join(wrong)
