"""The Python of docs/learn/python with somebody on its wire, or with a certificate that is no good.

    cheat.py SERVE_TOML ADDRESS CASE...

For each case it dials, says hello, and prints what that ends with. What it sends and hears is counted in frames: ClientInit is
the first that it sends, and its record the third; ServerInit is the first that it hears, and so on.
"""

import copy
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "docs/learn/python"))

import wire
from authority import enrol
from certificates import MASTER, Machine, sign
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from records import Connection


def flipped(frame):
    """Another bit in the last byte: of a MAC, of a tag."""
    return [frame[:-1] + bytes([frame[-1] ^ 1])]


def flipped_inside(frame):
    """Another bit of `random`, which stands behind frame header and version."""
    return [frame[:20] + bytes([frame[20] ^ 1]) + frame[21:]]


def twice(frame):
    return [frame, frame]


# What happens to which frame: of those that are sent, and of those that are heard.
ON_THE_WAY = {
    "ClientInit is altered": ("sent", 0, flipped_inside),
    "ClientFinished is altered": ("sent", 1, flipped),
    "a record is altered": ("sent", 2, flipped),
    "a record is replayed": ("sent", 2, twice),
    "ServerInit is altered": ("heard", 0, flipped_inside),
    "ServerFinished is altered": ("heard", 1, flipped),
    "the server's record is altered": ("heard", 2, flipped),
    "the server's record is replayed": ("heard", 2, twice),
}


class Meddled(wire.Stream):
    """A stream with somebody on the way."""

    def __init__(self, socket, way, at, change):
        super().__init__(socket)
        self.way, self.at, self.change = way, at, change
        self.count = {"sent": 0, "heard": 0}
        self.waiting = []

    def meddle(self, way, frame):
        self.count[way] += 1
        due = (way, self.count[way] - 1) == (self.way, self.at)
        return self.change(frame) if due else [frame]

    def send(self, *frames):
        for one in frames:
            super().send(*self.meddle("sent", one))

    def read_frame(self, longest):
        if not self.waiting:
            frame = super().read_frame(longest)
            self.waiting = self.meddle("heard", frame) if frame else [frame]
        return self.waiting.pop(0)


def of_another_authority(handshaker):
    """The same claims, signed by a root key that nobody knows."""
    body = wire.Signed.decode(handshaker.machine.certificate).body
    certificate = sign(MASTER, body, Ed25519PrivateKey.generate())
    handshaker.machine = Machine(handshaker.machine.key, certificate)


def of_another_account(handshaker):
    """The machine's key signs for an account that the machine was not given."""
    handshaker.machine.master.account = "somebody-else@grpc-alts-demo.iam.gserviceaccount.com"


def of_an_hour_ago(handshaker):
    """A handshake certificate that was good for ten minutes, an hour ago."""
    key, now = X25519PrivateKey.generate(), int(time.time())
    handshaker.certified = key, handshaker.machine.vouch(key, now - 3600), now + 3600


CERTIFICATES = {
    "the certificate is another authority's": of_another_authority,
    "the certificate is for another account": of_another_account,
    "the certificate has expired": of_an_hour_ago,
}


def ends(handshaker, address, case):
    """What one connection ends with. The handshaker is as if it were new."""
    handshaker = copy.deepcopy(handshaker, {id(handshaker.machine.key): handshaker.machine.key})
    CERTIFICATES.get(case, lambda unchanged: None)(handshaker)
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=10) as connected:
        stream = Meddled(connected, *ON_THE_WAY.get(case, ("sent", None, None)))
        try:
            connection = Connection(stream, handshaker.client(stream), is_server=False)
            connection.send(b"hello")
            connection.receive()
            connected.shutdown(socket.SHUT_WR)
            while connection.receive():
                pass
            return "ended"
        except (wire.Refused, OSError) as refused:
            return f"refused: {refused}"


if __name__ == "__main__":
    serve_toml, address, *cases = sys.argv[1:]
    enrolled = enrol(serve_toml)
    enrolled.certified = None
    for case in cases:
        print(ends(enrolled, address, case))
