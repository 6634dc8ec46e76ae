"""Columns of messages that hold ciphertext."""

from linli.kernel.ciphertext import declare

declare("messages_contact", "address")
declare("messages_robot", "address")
