"""Bytes: the messages of alts-local/2, and the frames that they and all records travel in.

The messages are those of alts/handshake/proto/alts_local/v2/handshake.proto. Protobuf is little
enough to write down: a message is a row of fields, and each begins with a number that says which
field follows and in which shape.

    tag = 8 * number + shape      shape 0: a varint    1: eight bytes    2: a length, and so many bytes

A field that is zero or empty is left out; one that a reader does not know is skipped.
"""

import struct
from types import SimpleNamespace

# What a frame carries. Records have a number that no message of the handshake has.
CLIENT_INIT, SERVER_INIT, SERVER_FINISHED, CLIENT_FINISHED, ABORT = 0x11, 0x12, 0x13, 0x14, 0x1F
RECORD = 6

# Why a side gives up: the codes of an Abort.
BAD_MESSAGE, BAD_VERSION, NOTHING_IN_COMMON, BAD_CERTIFICATE = 1, 2, 3, 4
NOT_AUTHENTIC, WRONG_PEER, NO_CREDENTIAL = 5, 6, 7


class Refused(Exception):
    """We give up. `code` is what the peer is told; None: it is told nothing."""

    def __init__(self, code, why):
        super().__init__(why)
        self.code = code


def check(holds, code, why):
    if not holds:
        raise Refused(code, why)


# The kinds of fields: their shape on the wire, and what they are when they are not there.
UINT, FIXED64, BYTES, TEXT = "uint", "fixed64", "bytes", "text"
UINTS, TEXTS, PARTS = "uints", "texts", "parts"  # repeated; parts are bytes or messages
SHAPES = {UINT: 0, FIXED64: 1, BYTES: 2, TEXT: 2, UINTS: 2, TEXTS: 2, PARTS: 2}
ABSENT = {UINT: 0, FIXED64: 0, BYTES: b"", TEXT: ""}


class Message:
    """One kind of message, from its fields: name=(number, kind), in the order of their numbers."""

    def __init__(self, **fields):
        self.fields = fields

    def encode(self, **values):
        out = b""
        for name, (number, kind) in self.fields.items():
            value = values.pop(name, ABSENT.get(kind, []))
            if kind == UINTS:
                value = b"".join(map(varint, value))  # all of them in one field
            for item in value if kind in (TEXTS, PARTS) else [value] if value else []:
                out += varint(number << 3 | SHAPES[kind])
                if kind == UINT:
                    out += varint(item)
                elif kind == FIXED64:
                    out += struct.pack("<Q", item)
                else:
                    item = item.encode() if isinstance(item, str) else item
                    out += varint(len(item)) + item
        assert not values, f"there are no fields {list(values)}"
        return out

    def decode(self, data):
        found = SimpleNamespace(**{name: ABSENT.get(kind, []) for name, (_, kind) in self.fields.items()})
        known = {number: (name, kind) for name, (number, kind) in self.fields.items()}
        at = 0
        while at < len(data):
            tag, at = read_varint(data, at)
            number, shape = tag >> 3, tag & 7
            check(number and shape in (0, 1, 2), BAD_MESSAGE, "a message does not decode")
            value, at = (8, at) if shape == 1 else read_varint(data, at)
            if shape:  # that was a length
                value, at = data[at : at + value], at + value
            check(at <= len(data), BAD_MESSAGE, "a message ends inside a field")
            name, kind = known.get(number, ("unknown", None))
            if kind:
                check(SHAPES[kind] == shape, BAD_MESSAGE, f"the field {name} has the wrong shape")
                setattr(found, name, self._read(kind, value, getattr(found, name)))
        return found

    @staticmethod
    def _read(kind, value, before):
        if kind == FIXED64:
            return struct.unpack("<Q", value)[0]
        if kind == UINTS:
            numbers, at = [], 0
            while at < len(value):
                number, at = read_varint(value, at)
                numbers.append(number)
            return before + numbers
        if kind in (TEXT, TEXTS):
            try:
                value = value.decode()
            except UnicodeDecodeError:
                raise Refused(BAD_MESSAGE, "a text is not UTF-8") from None
        return before + [value] if kind in (TEXTS, PARTS) else value


def varint(number):
    """Seven bits a byte, the lowest first; the top bit says that more follow."""
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def read_varint(data, at):
    number = 0
    for shift in range(0, 70, 7):
        if at < len(data):
            number |= (data[at] & 0x7F) << shift
            at += 1
            if data[at - 1] < 0x80 and number < 1 << 64:
                return number, at
    raise Refused(BAD_MESSAGE, "a number does not end")


ClientInit = Message(
    version=(1, UINT), random=(2, BYTES), certificate=(3, BYTES), record_protocols=(5, TEXTS),
    application_protocols=(6, TEXTS), ephemeral=(7, BYTES), rpc_versions=(8, BYTES),
    max_frame_size=(9, UINT), target_name=(10, TEXT), ticket=(12, BYTES), keeps_tickets=(13, UINT),
)
ServerInit = Message(
    version=(1, UINT), random=(2, BYTES), certificate=(3, BYTES), record_protocol=(5, TEXT),
    application_protocol=(6, TEXT), ephemeral=(7, BYTES), rpc_versions=(8, BYTES), max_frame_size=(9, UINT),
)
NewTicket = Message(ticket=(1, BYTES), lifetime_s=(2, UINT))
ServerFinished = Message(mac=(1, BYTES), new_ticket=(2, BYTES))
ClientFinished = Message(mac=(1, BYTES))
Abort = Message(code=(1, UINT), text=(2, TEXT))
TicketBody = Message(
    resumption=(1, BYTES), account=(2, TEXT), machine=(3, TEXT), root=(4, BYTES),
    machine_revocation_id=(5, FIXED64), revocation_id=(6, FIXED64), machine_not_before_s=(7, UINT),
    machine_not_after_s=(8, UINT), not_before_s=(9, UINT), not_after_s=(10, UINT),
    record_protocol=(11, TEXT), expires_s=(12, UINT),
)
Signed = Message(body=(1, BYTES), signatures=(2, PARTS))
Signature = Message(signer=(1, BYTES), signature=(2, BYTES))
MasterBody = Message(
    subject=(2, TEXT), public_key=(5, BYTES), revocation_id=(6, FIXED64), not_before_s=(7, UINT),
    not_after_s=(8, UINT), account=(9, TEXT),
)
HandshakeBody = Message(
    subject=(2, TEXT), public_key=(3, BYTES), revocation_id=(5, FIXED64), not_before_s=(6, UINT),
    not_after_s=(7, UINT), master=(8, BYTES),
)
CrlBody = Message(issued_at_s=(1, UINT), next_update_s=(2, UINT), ranges=(3, UINTS))
Version = Message(major=(1, UINT), minor=(2, UINT))
RpcVersions = Message(max=(1, BYTES), min=(2, BYTES))


def frame(kind, body):
    """length, which counts what follows it; kind; body. Both numbers little-endian."""
    return struct.pack("<II", 4 + len(body), kind) + body


def unseen(arrow, frame):
    """Nobody watches."""


class Stream:
    """A connected socket, read frame by frame. `shows` is told of every frame, for people who watch."""

    def __init__(self, socket, shows=unseen):
        self.socket, self.shows = socket, shows

    def send(self, *frames):
        for one in frames:
            self.shows("-->", one)
        self.socket.sendall(b"".join(frames))

    def read_frame(self, longest):
        """The next whole frame, or None where the peer ended between two frames."""
        header = self._read(8)
        if not header:
            return None
        check(len(header) == 8, None, "the connection ended inside a frame")
        length = struct.unpack("<I", header[:4])[0]
        check(4 <= length <= longest - 4, BAD_MESSAGE, f"a frame claims {length} bytes")
        whole = header + self._read(length - 4)
        check(len(whole) == 4 + length, None, "the connection ended inside a frame")
        self.shows("<--", whole)
        return whole

    def _read(self, count):
        """So many bytes, or fewer at the end of the connection."""
        data = b""
        while len(data) < count and (more := self.socket.recv(count - len(data))):
            data += more
        return data
