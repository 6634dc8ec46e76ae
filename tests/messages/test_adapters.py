"""What each road says of a message: it was taken, nothing left us, it never will be taken, or nobody knows."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import servers

from linli.messages import adapters
from linli.messages.adapters import Message, NotHandedOver, Refused, Unsure
from linli.messages.models import Channel

MESSAGE = Message("0198-key", "clerk@example.org", "c***@example.org", "邻里：1 条消息", "台账“高龄津贴”已生成。")


def nobody() -> str:
    """The address of a port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def test_the_folder_holds_one_private_file_a_message_without_the_address(tmp_path: Path) -> None:
    send = adapters.to_folder(tmp_path, Channel.EMAIL)
    assert send(MESSAGE) == send(MESSAGE) == "0198-key.txt"
    (file,) = (tmp_path / "email").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert file.read_text(encoding="utf-8").splitlines() == [MESSAGE.masked, MESSAGE.subject, "", MESSAGE.text]


def test_mail_is_taken_once_under_the_key_of_its_delivery() -> None:
    with servers.mail_server() as mail:
        assert adapters.by_mail(mail.address, "linli@example.org")(MESSAGE) == "<0198-key@example.org>"
        (taken,) = mail.taken
    assert "To: clerk@example.org" in taken and "Message-ID: <0198-key@example.org>" in taken


@pytest.mark.parametrize(
    ("answer", "fault"),
    [("451 later", NotHandedOver), ("554 never", Refused), ("", Unsure)],
    ids=["later", "never", "cut off"],
)
def test_what_a_mail_server_answers_tells_whether_to_try_again(answer: str, fault: type[Exception]) -> None:
    with servers.mail_server() as mail:
        mail.accept = answer
        with pytest.raises(fault):
            adapters.by_mail(mail.address, "linli@example.org")(MESSAGE)


def test_an_address_the_mail_server_does_not_know_is_refused() -> None:
    with servers.mail_server() as mail:
        mail.recipient = "550 no such user"
        with pytest.raises(Refused):
            adapters.by_mail(mail.address, "linli@example.org")(MESSAGE)


def test_where_nobody_listens_nothing_left_us() -> None:
    address = nobody()
    with pytest.raises(NotHandedOver):
        adapters.by_mail(f"smtp://{address}", "linli@example.org")(MESSAGE)
    with pytest.raises(NotHandedOver):
        adapters.by_sms(f"http://{address}/sms", "")(MESSAGE)


def test_an_sms_goes_with_its_key_and_the_gateways_token() -> None:
    with servers.gateway() as gateway:
        gateway.answer = {"id": "ref-1"}
        assert adapters.by_sms(f"{gateway.address}/sms", "secret")(MESSAGE) == "ref-1"
        ((path, head, body),) = gateway.asked
    assert (path, head["Authorization"]) == ("/sms", "Bearer secret")
    assert body == {"id": MESSAGE.key, "to": MESSAGE.to, "text": MESSAGE.text}


@pytest.mark.parametrize(
    ("status", "fault"), [(429, NotHandedOver), (503, NotHandedOver), (500, Unsure), (400, Refused), (302, Refused)]
)
def test_what_a_gateway_answers_tells_whether_to_try_again(status: int, fault: type[Exception]) -> None:
    with servers.gateway() as gateway:
        gateway.status = status
        with pytest.raises(fault):
            adapters.by_sms(f"{gateway.address}/sms", "")(MESSAGE)


def test_a_gateway_that_hangs_up_may_have_taken_it() -> None:
    with servers.gateway() as gateway:
        gateway.hang_up = True
        with pytest.raises(Unsure):
            adapters.by_sms(f"{gateway.address}/sms", "")(MESSAGE)


def test_a_group_robot_hears_plain_text_and_its_answer_is_read() -> None:
    with servers.gateway() as gateway:
        robot = Message("k", f"{gateway.address}/cgi-bin/webhook/send?key=abc", "群", "", "台账已生成")
        gateway.answer = {"errcode": 0, "errmsg": "ok"}
        adapters.by_wecom(robot)
        ((path, _, body),) = gateway.asked
        assert (path, body) == ("/cgi-bin/webhook/send?key=abc", {"msgtype": "text", "text": {"content": "台账已生成"}})
        for code, fault in ((45009, NotHandedOver), (93000, Refused)):
            gateway.answer = {"errcode": code}
            with pytest.raises(fault):
                adapters.by_wecom(robot)


@pytest.mark.parametrize(
    "address",
    ["http://qyapi.weixin.qq.com/send?key=1", "https://example.org/send?key=1", "https://qyapi.weixin.qq.com/send", "file:///etc/passwd", "",
     "https://qyapi.weixin.qq.com.example.org/?key=1", "http://127.0.0.1:2375/stop?key=1", "https://localhost/?key=1",
     "https://qyapi.weixin.qq.com/send?key=键", "https://qyapi.weixin.qq.com:8443/send?key=1", "https://qyapi.weixin.qq.com:x/?key=1"],
)  # fmt: skip
def test_other_addresses_are_no_robots(address: str) -> None:
    assert not adapters.is_wecom(address)
