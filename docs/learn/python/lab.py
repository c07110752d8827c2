"""A laboratory: an authority, a client and a server in one process, and somebody on the wire between them."""

import hashlib
import hmac
import socket
import threading
from pathlib import Path
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

import handshake
import wire
from certificates import CRL, MASTER, Machine, Trust, sign
from handshake import Handshaker
from wire import Refused

NOW, HOUR = 1_700_000_000, 3600
CLIENT, SERVER = "client@p.iam", "server@p.iam"
REPOSITORY = Path(__file__).parents[3]
# Those of experiments; whoever is done with them closes them.
SOCKETS = []


class Authority:
    """The other side of a certificate: who signs it."""

    def __init__(self, seed=b"\x01" * 32):
        self.key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self.key.public_key().public_bytes_raw()

    def certify(self, machine, account, serial, seed=None, lifetime_s=HOUR):
        key = Ed25519PrivateKey.from_private_bytes(seed or hashlib.sha256(machine.encode()).digest())
        body = wire.MasterBody.encode(
            subject=machine,
            public_key=key.public_key().public_bytes_raw(),
            revocation_id=(2 << 56) + serial,
            not_before_s=NOW,
            not_after_s=NOW + lifetime_s,
            account=account,
        )
        return Machine(key, sign(MASTER, body, self.key))

    def revoke(self, *ids, at=NOW):
        ranges, lowest_possible = [], 0
        for one in sorted(ids):
            ranges += [one - lowest_possible, 0]
            lowest_possible = one + 2
        body = wire.CrlBody.encode(issued_at_s=at, next_update_s=at + HOUR, ranges=ranges)
        return sign(CRL, body, self.key)


def pair(clock=lambda: NOW):
    """A client and a server with machines of one authority."""
    authority = Authority()
    trust = Trust([authority.public_key])
    client = Handshaker(authority.certify("client-vm", CLIENT, 77), trust, clock)
    server = Handshaker(authority.certify("server-vm", SERVER, 78), trust, clock)
    return client, server


class Tapped(wire.Stream):
    """A stream whose owner's frames somebody on the way may change: each is a call of `changes`."""

    def __init__(self, socket, changes):
        super().__init__(socket)
        self.changes, self.sent = changes, []

    def send(self, *frames):
        for one in frames:
            self.sent.append(one)
            super().send(self.changes(len(self.sent) - 1, one))


def same(number, one):
    return one


def flipping(number, at):
    """Another bit in this byte of the frame with this number, counted from 0."""

    def flip(count, one):
        return one[:at] + bytes([one[at] ^ 1]) + one[at + 1 :] if count == number else one

    return flip


def socket_pair():
    both = socket.socketpair()
    SOCKETS.extend(both)
    return both


def meet(client, server, client_changes=same, server_changes=same, **wishes):
    """Lets both shake hands: what each ends with, a session or why it refused; and their streams."""
    on_the_way = zip(socket_pair(), (client_changes, server_changes))
    ends = [Tapped(one, changes) for one, changes in on_the_way]
    outcomes = [None, None]

    def one_side(at, shake):
        try:
            outcomes[at] = shake()
        except (Refused, OSError) as refused:
            outcomes[at] = refused
            ends[at].socket.close()

    other = threading.Thread(target=one_side, args=(1, lambda: server.server(ends[1])))
    other.start()
    one_side(0, lambda: client.client(ends[0], **wishes))
    other.join()
    return outcomes, ends


class Meeting:
    """What crossed the wire, and what both sides computed."""

    def __init__(self, sessions, ends, computed):
        self.sessions = sessions
        self.client_init, self.client_finished = ends[0].sent
        self.server_init, self.server_finished = ends[1].sent
        (self.salt, self.secret, self.inits), (self.m, self.r, self.a) = computed


def known_meetings():
    """A full handshake and one that is resumed from it, from the seeds of tests/known-answers."""
    authority = Authority()
    trust = Trust([authority.public_key])

    def side(name, account, serial, master_seed, static):
        machine = authority.certify(name, account, serial, bytes([master_seed]) * 32)
        handshaker = Handshaker(machine, trust, lambda: NOW)
        key = X25519PrivateKey.from_private_bytes(bytes([static]) * 32)
        handshaker.certified = key, machine.vouch(key, NOW, HOUR), NOW + HOUR
        return handshaker

    def expand(info, length):
        return hmac.digest(b"\x62" * 32, info + b"\x01", hashlib.sha256)[:length]

    computed = []
    compute = handshake.session_keys

    def noting(*known):
        computed.append((known, compute(*known)))
        return computed[-1][1]

    client = side("client-vm", CLIENT, 77, 0x51, 0x11)
    server = side("server-vm", SERVER, 78, 0x52, 0x33)
    server.ticket_key = expand(b"alts-local/2 ticket key name", 4), expand(b"alts-local/2 ticket key", 32)
    # The known bytes declare no size for frames, so these do not either.
    with patch("handshake.session_keys", noting), patch("records.WE_TAKE", 0):
        for client_first, server_first in ((0, 120), (10, 130)):
            client.random = known_bytes(client_first)
            server.random = known_bytes(server_first)
            sessions, ends = meet(client, server, target_name="backend:8080")
            yield Meeting(sessions, ends, computed[-1])


def known_bytes(first):
    """In the place of random ones: first, first + 1, and so on."""
    coming = iter(range(first, first + 108))
    return lambda count: bytes(next(coming) for _ in range(count))
