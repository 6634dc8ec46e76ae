"""The permission suite over the API of access."""

from __future__ import annotations

import staff
from permissions import AREA, FOREIGN_AREA, Door, PermissionSuite, Sample

from linli.access import actions, changes, reads
from linli.access.models import Account, DeletionCertificate, Identity, Role, SecondFactor, Session
from linli.kernel import clock, scope

VIEW_AS = "access.account.view_as"
VIEW, EDIT, ROLES, LOGS = "access.account.view", "access.account.edit", "access.role.edit", "access.log.view"
GRANT, FACTOR, REVIEW = "access.grant.edit", "access.factor.reset", "access.right.review"
KEPT, KEEP = "access.retention.view", "access.retention.edit"
DAYS = "access.calendar.edit"
OFFICER = (VIEW, *staff.shipped("officer"))  # what the sample's post opens: nobody handles more than that


class TestAccessDoors(PermissionSuite):
    urlconf = "access_urls"
    doors = [
        Door("PATCH", "/api/session", None, {"language": "en"}),
        # That it finds the old password wrong means that it opened.
        Door("POST", "/api/session/password", None, {"old": "x", "new": "y"}, answers=(422,)),
        Door("GET", "/api/session/list", None),
        Door("DELETE", "/api/session/list/{session}", None),
        Door("GET", "/api/session/second-factor", None),
        # The suite's accounts have no password: that they must prove anew who they are means that it opened.
        Door("POST", "/api/session/second-factor", None, answers=(403,)),
        # That nothing is being set up, or that there is no second factor, means that it opened.
        Door("POST", "/api/session/second-factor/confirm", None, {"code": "123456"}, answers=(409,)),
        Door("POST", "/api/session/second-factor/codes", None, {"code": "123456"}, answers=(404,)),
        Door("POST", "/api/session/second-factor/remove", None, {"code": "123456"}, answers=(404,)),
        Door("DELETE", "/api/session/view", None),
        Door("GET", "/api/accounts", VIEW, finds=True),
        Door("POST", "/api/accounts", EDIT, {"username": "fresh", "name": "新人", "unit_id": "{unit}"}, also=(VIEW,)),
        Door("GET", "/api/accounts/{account}", VIEW, finds=True),
        Door("PATCH", "/api/accounts/{account}", EDIT, {"name": "改名"}, also=(VIEW,)),
        Door("POST", "/api/accounts/{account}/password", EDIT),
        Door("POST", "/api/accounts/{account}/unlock", EDIT, also=(VIEW,)),
        Door("DELETE", "/api/accounts/{account}/second-factor", FACTOR),
        *[Door("GET", "/api/accounts/{account}/identities", one, instead=(EDIT, FACTOR)) for one in (EDIT, FACTOR)],
        Door("POST", "/api/accounts/{account}/identities/{identity}/vouch", FACTOR),
        # That there is no provider means that it opened.
        Door("POST", "/api/accounts/{account}/identities", EDIT, {"subject": "x1"}, answers=(409,)),
        Door("DELETE", "/api/accounts/{account}/identities/{identity}", EDIT),
        Door("POST", "/api/accounts/{account}/view", VIEW_AS, {"reason": "协助"}),
        Door("GET", "/api/accounts/{account}/sessions", EDIT),
        Door("DELETE", "/api/accounts/{account}/sessions", EDIT),
        Door("DELETE", "/api/accounts/{account}/sessions/{session}", EDIT),
        Door("GET", "/api/units", VIEW, finds=True),
        Door("POST", "/api/units", EDIT, {"name": "新村", "kind": "village", "area_code": "{area}299"}, also=(VIEW,),
             foreign=(403,)),
        Door("PATCH", "/api/units/{unit}", EDIT, {"name": "改名"}, also=(VIEW,)),
        Door("PUT", "/api/units/{unit}/end", EDIT, {"on": None, "reason": "机构改革"}, also=(VIEW,)),
        Door("GET", "/api/area-groups", VIEW),
        Door("POST", "/api/area-groups", GRANT, {"name": "新片区", "codes": ["{area}201"]}, foreign=(403,)),
        Door("PATCH", "/api/area-groups/{group}", GRANT, {"name": "改名"}),
        Door("DELETE", "/api/area-groups/{group}", GRANT),
        Door("GET", "/api/posts", VIEW, finds=True),
        Door("POST", "/api/posts", EDIT, {"unit_id": "{unit}", "title": "新岗"}, also=(VIEW,)),
        Door("GET", "/api/posts/{post}", VIEW, finds=True),
        Door("PATCH", "/api/posts/{post}", EDIT, {"title": "改名"}, also=(VIEW,)),
        Door("POST", "/api/posts/{post}/holders", GRANT, {"account_id": "{account}"}, also=OFFICER),
        Door("DELETE", "/api/posts/{post}/holders/{holder}", GRANT, also=OFFICER),
        Door("POST", "/api/posts/{post}/grants", GRANT, {"role_id": "{role}", "area_code": "{area}"}, also=OFFICER),
        Door("DELETE", "/api/posts/{post}/grants/{grant}", GRANT, also=OFFICER),
        Door("GET", "/api/roles", VIEW),
        Door("POST", "/api/roles", ROLES, {"name": "新角色", "permissions": ["places.view"]}, district_only=True),
        Door("PATCH", "/api/roles/{role}", ROLES, {"name": "改名"}, district_only=True),
        Door("GET", "/api/permissions", VIEW),
        Door("GET", "/api/access-review/accounts?area={area}&permission=registry.person.view", REVIEW,
             foreign=(200,)),
        Door("POST", "/api/access-review/export", REVIEW, {"area": "{area}", "purpose": "季度审查"}, logs="export",
             foreign=(200,)),
        Door("GET", "/api/access-review/marks", REVIEW, finds=True),
        Door("POST", "/api/access-review/marks", REVIEW, {"area_code": "{area}", "permission": "registry.person.view"},
             foreign=(403,)),
        Door("GET", "/api/read-log", LOGS, finds=True),
        Door("GET", "/api/change-log", LOGS, finds=True),
        Door("GET", "/api/retention", KEPT, district_only=True),
        Door("GET", "/api/retention/access.read_log/preview?days=400", KEPT, district_only=True),
        Door("POST", "/api/retention/access.read_log", KEEP, {"days": 400, "reason": "制度"}, district_only=True),
        Door("GET", "/api/deletion-certificates", KEPT, district_only=True),
        Door("GET", "/api/deletion-certificates/{certificate}", KEPT, district_only=True),
        Door("GET", "/api/calendar/years/2026", None),
        Door("GET", "/api/calendar/editions", None),
        Door("PUT", "/api/calendar/days/2027-07-12", DAYS, {"kind": "holiday", "name": "停工"}, district_only=True),
        Door("PUT", "/api/calendar/hours/2027-01-01", DAYS, {"spans": "08:00-12:00"}, district_only=True),
        Door("DELETE", "/api/calendar/hours/2027-01-01", DAYS, district_only=True),
        # Without a file it is refused: that it says so means that it opened.
        Door("POST", "/api/calendar/files", DAYS, answers=(422,), district_only=True),
    ]  # fmt: skip

    def sample(self) -> Sample:
        own, foreign = self._one(AREA, "here"), self._one(FOREIGN_AREA, "there")
        return Sample(own, foreign, (own["mark"],), (foreign["mark"], foreign["account"], foreign["post"]))

    def belonging(self, who: Account) -> dict[str, str]:
        """A session of their own for whoever ends one of their own; the sample's is an account's of the town."""
        return {"session": session_of(who)} if who.username == "holder" and not staff.actor(who).may(EDIT) else {}

    @staticmethod
    def _one(area: str, mark: str) -> dict[str, str]:
        """Everything of one town carries the mark in its name, its purpose or its detail."""
        unit = staff.units()[area]
        with scope.acting(staff.OPERATOR) as operator:
            actions.change_unit(operator, unit, name=f"mark-{mark}")
            account = actions.create_account(operator, username=f"mark-{mark}", name=f"mark-{mark}", unit_id=unit)
            post = actions.create_post(operator, unit_id=unit, title=f"mark-{mark}")
            role = actions.create_role(operator, name=f"role {mark}", permissions=["places.view"])
            other = actions.create_account(operator, username=f"second-{mark}", name=f"second-{mark}", unit_id=unit)
            holder = actions.appoint(operator, post_id=post.id, account_id=other.id)
            target = actions.Target(area_code=area)
            grant = actions.grant(operator, post_id=post.id, role_id=Role.objects.get(code="officer").id, target=target)
            SecondFactor.objects.create(account_id=account.id, area_code=area, secret=b"sealed")
            identity = Identity.objects.create(
                account_id=account.id, area_code=area, issuer="https://id.example", subject=mark, linked_by="x",
                created_at=clock.now(),
            )  # fmt: skip
            group = actions.create_group(operator, name=f"mark-{mark}", codes=[f"{area}201"])
            actions.mark_reviewed(operator, area_code=area, permission="registry.person.view", note=f"mark-{mark}")
            certificate = DeletionCertificate.objects.create(
                serial=DeletionCertificate.objects.count() + 1, at=clock.now(), kind="access.session", days=1,
                before=clock.now(), began_at=clock.now(), rows=1, files=0, oldest=clock.now(), newest=clock.now(),
                ids_digest=b"", made_by="system:retention", previous=b"", seal=b"",
            )  # fmt: skip
            reads.note("list", "person", area=area, purpose=f"mark-{mark}")
            changes.record(operator, "places.region.change", "region", "", area, {"name": f"mark-{mark}"})
        return {
            "mark": f"mark-{mark}", "unit": str(unit), "account": str(account.id), "post": str(post.id),
            "session": session_of(account), "holder": str(holder.id), "grant": str(grant.id), "role": str(role.id), "area": area,
            "group": str(group.id),
            "identity": str(identity.id), "certificate": str(certificate.id),
        }  # fmt: skip


def session_of(account: Account) -> str:
    """A session of an account, as signing in elsewhere opens one."""
    staff.client(account)
    with scope.acting(staff.OPERATOR):
        return str(Session.objects.filter(account_id=account.id).latest("created_at").id)
