"""The handshake alts-local/2, both sides of it: four messages, then each knows who the other is.

    client                                                     server

    ClientInit      random, certificate, ephemeral key  -->
                                                        <--  ServerInit      random, certificate, ephemeral key
                                                        <--  ServerFinished  mac, a ticket for later
    ClientFinished  mac                                 -->

Read `Handshaker.client` and `Handshaker.server` from top to bottom: they stand in the order of the wire.
"""

import hashlib
import hmac
import os
import struct
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import records
import wire
from certificates import CREDENTIAL_S, LONGEST_CHAIN, Machine, Peer, Trust
from wire import ABORT, BAD_MESSAGE, CLIENT_FINISHED, CLIENT_INIT, NOT_AUTHENTIC, SERVER_FINISHED
from wire import SERVER_INIT, Refused, check, frame

VERSION, APPLICATION_PROTOCOL = 2, "grpc"
RPC_VERSIONS = wire.RpcVersions.encode(
    max=wire.Version.encode(major=2, minor=1), min=wire.Version.encode(major=2, minor=1)
)
LONGEST_FRAME, LONGEST_NAME, LONGEST_TICKET, TICKET_S = 65536, 4096, 2048, 3600
MOST_USED = 65536


@dataclass(frozen=True)
class Session:
    """What a handshake leads to."""

    peer: Peer
    record_key: bytes = field(repr=False)  # never printed
    resumed: bool
    max_frame_size: int  # the longest record that the peer takes; 0: it did not say
    target_name: str = ""  # whom the client dialled, as it says

    def __str__(self):
        return f"a session with {self.peer.account}{', resumed' if self.resumed else ''}"


# Keys.


def agree(private, public):
    """X25519. `cryptography` refuses a result of all zeroes, which no honest key leads to."""
    try:
        return private.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise Refused(NOT_AUTHENTIC, "an agreement came to nothing: the peer's key has small order") from None


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def mac(key, *parts):
    return hmac.digest(key, b"".join(parts), hashlib.sha256)


def session_keys(salt, secret, inits):
    """M, the record key; R, for a later session; A, which the two Finished messages are proven with."""
    prk = mac(salt, secret)  # HKDF-Extract
    okm = block = b""
    for number in (1, 2, 3, 4):  # HKDF-Expand, for 108 bytes
        block = mac(prk, block, b"alts-local/2 keys", inits, bytes([number]))
        okm += block
    return okm[:44], okm[44:76], okm[76:108]


def server_proof(a, inits, new_ticket):
    return mac(a, b"alts-local/2 server finished", inits, new_ticket)


def client_proof(a, three_frames):
    return mac(a, b"alts-local/2 client finished", three_frames)


# What both sides do with messages.


@contextmanager
def telling_the_peer(stream):
    """Whoever gives up says why, where the other side is to know."""
    try:
        yield
    except Refused as refused:
        if refused.code is not None:
            with suppress(OSError):
                stream.send(frame(ABORT, wire.Abort.encode(code=refused.code, text=str(refused))))
        raise


def expect(stream, kind):
    """The frame that is due: its bytes and its body. An Abort may always come instead."""
    whole = stream.read_frame(LONGEST_FRAME)
    check(whole, None, "the peer hung up in the handshake")
    found, body = struct.unpack("<I", whole[4:8])[0], whole[8:]
    if found == ABORT:
        said = wire.Abort.decode(body)
        raise Refused(None, f"the peer gave up, with code {said.code}, in its own words: {said.text!r}")
    check(found == kind, BAD_MESSAGE, f"a frame of the kind {found:#x} came where {kind:#x} was due")
    return whole, body


def decode_exactly(message, body):
    """The Finished messages have one encoding each: their MACs do not cover how they are encoded."""
    found = message.decode(body)
    check(message.encode(**vars(found)) == body, BAD_MESSAGE, "a Finished message is not in its one encoding")
    return found


def check_init(init):
    check(init.version == VERSION, wire.BAD_VERSION, f"the peer speaks version {init.version}, we speak 2")
    sizes = len(init.random), len(init.ephemeral)
    check(sizes == (32, 32), BAD_MESSAGE, "random and ephemeral have 32 bytes each")


def check_offer(init):
    for names in (init.record_protocols, init.application_protocols):
        good = len(names) <= 16 and all(0 < len(name.encode()) <= 64 for name in names)
        check(good, BAD_MESSAGE, "there are at most 16 protocols, of 1 to 64 bytes")
    # Also where a ticket makes the chain superfluous.
    sizes = len(init.certificate), len(init.target_name.encode()), len(init.ticket)
    good = 0 < sizes[0] <= LONGEST_CHAIN and sizes[1] <= LONGEST_NAME and sizes[2] <= LONGEST_TICKET
    check(good, BAD_MESSAGE, "certificate, target_name or ticket is too long, or there is no certificate")


def check_proof(found, expected, code):
    why = "the peer did not prove who it is, or somebody changed a message on the way"
    check(hmac.compare_digest(found, expected), code, why)


class Handshaker:
    """Both sides for one workload: its machine's key, whom it believes, its tickets."""

    def __init__(self, machine: Machine, trust: Trust, clock=time.time, random=os.urandom):
        self.machine, self.trust, self.clock, self.random = machine, trust, clock, random
        self.account = machine.master.account
        self.certified = None  # our X25519 key, its chain, and until when we use both
        self.kept = {}  # a client's tickets: by the name dialled, those that servers gave
        self.ticket_key = os.urandom(4), os.urandom(32)  # a server's: the key's name, the key
        self.used = {}  # a server's: the hashes of the R that came back, and until when they could

    def now(self):
        return int(self.clock())

    def credential(self):
        """The key that we agree with, and its chain. Another every ten minutes, and nobody is asked."""
        if self.certified is None or self.now() >= self.certified[2]:
            key = X25519PrivateKey.generate()
            self.certified = key, self.machine.vouch(key, self.now()), self.now() + CREDENTIAL_S
        return self.certified[:2]

    def our_init(self):
        """An ephemeral key, for this session alone, and the fields that both Init messages have."""
        random, ephemeral = self.random(32), X25519PrivateKey.from_private_bytes(self.random(32))
        return ephemeral, {
            "version": VERSION,
            "random": random,
            "ephemeral": ephemeral.public_key().public_bytes_raw(),
            "rpc_versions": RPC_VERSIONS,
            "max_frame_size": records.WE_TAKE,
        }

    # The client.

    def client(self, stream, target_name="", targets=()):
        """Any of `targets` may be at the other end; without one, anybody whom we believe."""
        with telling_the_peer(stream):
            ticket, r, known = self._take_ticket(target_name, targets)
            certified, chain = self.credential()
            ephemeral, ours = self.our_init()
            ours |= {"certificate": chain, "target_name": target_name, "ticket": ticket, "keeps_tickets": 1}
            ours |= {"record_protocols": [records.NAME], "application_protocols": [APPLICATION_PROTOCOL]}
            client_init = frame(CLIENT_INIT, wire.ClientInit.encode(**ours))
            stream.send(client_init)

            server_init, body = expect(stream, SERVER_INIT)
            init = wire.ServerInit.decode(body)
            check_init(init)
            chosen = init.record_protocol, init.application_protocol
            offered = chosen == (records.NAME, APPLICATION_PROTOCOL)
            check(offered, BAD_MESSAGE, "the server chose what we did not offer")
            ee = agree(ephemeral, init.ephemeral)
            if init.certificate:
                peer, their_key = self.trust.verify(init.certificate, self.now())
                es, se = agree(ephemeral, their_key), agree(certified, init.ephemeral)
                salt, secret = b"alts-local/2 full", ee + es + se
            else:
                check(known, BAD_MESSAGE, "the server resumes a session that we did not ask for")
                peer, salt, secret = known, b"alts-local/2 resumed", r + ee
            inits = sha256(client_init, server_init)
            m, r, a = session_keys(salt, secret, inits)

            server_finished, body = expect(stream, SERVER_FINISHED)
            finished = decode_exactly(wire.ServerFinished, body)
            check_proof(finished.mac, server_proof(a, inits, finished.new_ticket), NOT_AUTHENTIC)
            self.trust.check_standing(peer, self.now())
            # Asked only now: before the proof the name was a claim.
            wanted = not targets or peer.account in targets
            check(wanted, wire.WRONG_PEER, f"this is {peer.account}, and we want {' or '.join(targets)}")
            if finished.new_ticket:
                self._keep_ticket(target_name, finished.new_ticket, r, peer)
            proof = client_proof(a, sha256(client_init, server_init, server_finished))
            stream.send(frame(CLIENT_FINISHED, wire.ClientFinished.encode(mac=proof)))
            return Session(peer, m, not init.certificate, init.max_frame_size)

    def _take_ticket(self, target_name, targets):
        """The newest that suits, what it stands for, and whose it is. It is gone then: one use."""
        kept = self.kept.get(target_name, [])
        while kept:
            ticket, r, peer, ends = kept.pop()
            with suppress(Refused):
                self.trust.check_standing(peer, self.now())
                if self.now() < ends and (not targets or peer.account in targets):
                    return ticket, r, peer
        return b"", b"", None

    def _keep_ticket(self, target_name, new_ticket, r, peer):
        given = decode_exactly(wire.NewTicket, new_ticket)
        check(0 < len(given.ticket) <= LONGEST_TICKET, BAD_MESSAGE, "a ticket has 1 to 2048 bytes")
        ends = min(self.now() + min(given.lifetime_s, TICKET_S), peer.ends())
        self.kept.setdefault(target_name, []).append((given.ticket, r, peer, ends))

    # The server.

    def server(self, stream):
        with telling_the_peer(stream):
            client_init, body = expect(stream, CLIENT_INIT)
            init = wire.ClientInit.decode(body)
            check_init(init)
            check_offer(init)
            both = records.NAME in init.record_protocols, APPLICATION_PROTOCOL in init.application_protocols
            check(all(both), wire.NOTHING_IN_COMMON, f"we know {records.NAME} and {APPLICATION_PROTOCOL} alone")

            r, known = self._open_ticket(init.ticket)
            certified, chain = self.credential()
            ephemeral, ours = self.our_init()
            ours |= {"record_protocol": records.NAME, "application_protocol": APPLICATION_PROTOCOL}
            ours |= {"certificate": b"" if known else chain}
            server_init = frame(SERVER_INIT, wire.ServerInit.encode(**ours))
            ee = agree(ephemeral, init.ephemeral)
            if known:
                peer, salt, secret = known, b"alts-local/2 resumed", r + ee
            else:
                peer, their_key = self.trust.verify(init.certificate, self.now())
                es, se = agree(certified, init.ephemeral), agree(ephemeral, their_key)
                salt, secret = b"alts-local/2 full", ee + es + se
            inits = sha256(client_init, server_init)
            m, r, a = session_keys(salt, secret, inits)

            new_ticket = self._new_ticket(r, peer) if init.keeps_tickets else b""
            finished = wire.ServerFinished.encode(mac=server_proof(a, inits, new_ticket), new_ticket=new_ticket)
            server_finished = frame(SERVER_FINISHED, finished)
            stream.send(server_init, server_finished)

            _, body = expect(stream, CLIENT_FINISHED)
            finished = decode_exactly(wire.ClientFinished, body)
            proof = client_proof(a, sha256(client_init, server_init, server_finished))
            check_proof(finished.mac, proof, None)  # whoever guesses at MACs is told nothing
            self.trust.check_standing(peer, self.now())
            return Session(peer, m, known is not None, init.max_frame_size, init.target_name)

    def _new_ticket(self, r, peer):
        """R and whose it is, sealed for ourselves: we keep nothing for a client."""
        ends = min(self.now() + TICKET_S, peer.ends())
        if ends <= self.now():
            return b""
        body = wire.TicketBody.encode(
            resumption=r, record_protocol=records.NAME, expires_s=ends, **asdict(peer)
        )
        (name, key), nonce = self.ticket_key, self.random(12)
        ticket = name + nonce + AESGCM(key).encrypt(nonce, body, self._whose())
        return wire.NewTicket.encode(ticket=ticket, lifetime_s=ends - self.now())

    def _open_ticket(self, ticket):
        """R and the client, once. A ticket that is no good is no failure: the handshake is a full one."""
        name, key = self.ticket_key
        if ticket.startswith(name):
            with suppress(InvalidTag, ValueError, Refused):
                plain = AESGCM(key).decrypt(ticket[4:16], ticket[16:], self._whose())
                says = vars(wire.TicketBody.decode(plain))
                r, protocol, ends = says.pop("resumption"), says.pop("record_protocol"), says.pop("expires_s")
                peer = Peer(**says)
                self.trust.check_standing(peer, self.now())
                if protocol == records.NAME and self.now() < ends and self._first_use(r, ends):
                    return r, peer
        return b"", None

    def _first_use(self, r, ends):
        self.used = {digest: until for digest, until in self.used.items() if self.now() < until}
        if sha256(r) in self.used or len(self.used) >= MOST_USED:
            return False
        self.used[sha256(r)] = ends
        return True

    def _whose(self):
        return b"alts-local/2 ticket\0" + self.account.encode()
