"""How a program comes to hold a machine's key: it makes one, and has it certified by the authority.

Our handshaker does the same when one of its workloads connects, and from the same configuration file:
this reads `serve.toml`. The authority is asked by gRPC in plaintext: nothing in a question is secret, and
the answers are signed. gRPC, as far as one question needs it, is forty lines of HTTP/2 below.
"""

import hashlib
import hmac
import os
import socket
import struct
import time
import tomllib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import wire
from certificates import Machine, Trust, open_signed
from handshake import Handshaker
from wire import BYTES, PARTS, TEXT, UINT, Message

# alts/authority/proto/alts_handshaker/authority/v1/authority.proto
Asker = Message(
    machine=(1, TEXT), service_account=(2, TEXT), nonce=(3, BYTES), asked_at_s=(4, UINT),
    enrolment_mac=(5, BYTES),
)
IssueMasterRequest = Message(asker=(1, BYTES), public_key=(2, BYTES))
IssueMasterResponse = Message(certificate=(1, BYTES))
GetCrlRequest = Message(asker=(1, BYTES))
GetCrlResponse = Message(crl=(1, BYTES))
RootsBody = Message(generation=(1, UINT), issued_at_s=(2, UINT), keys=(3, PARTS))
CERTIFICATE, REVOCATION_LIST = b"\x01", b"\x02"


def enrol(serve_toml):
    """A handshaker for the machine and account of this file, with a key that was made just now."""
    config = tomllib.loads(Path(serve_toml).read_text())
    machine, account, authority = config["machine"], config["service_account"], config["authority"]
    secret = (Path(serve_toml).parent / config["identity"]["secret_file"]).read_bytes().strip()
    ask = Authority(authority["address"])

    # Which root keys count today is signed by each of them: who knows one learns of the others.
    trust = Trust(bytes.fromhex(root) for root in authority["roots"])
    statement, _ = open_signed(b"alts-local/1 roots", ask("GetRoots", b""), trust.roots)
    trust = Trust(RootsBody.decode(statement).keys)

    key = Ed25519PrivateKey.generate()
    public_key = key.public_key().public_bytes_raw()
    proof = prove(machine, account, secret, CERTIFICATE + public_key)
    answer = ask("IssueMaster", IssueMasterRequest.encode(asker=proof, public_key=public_key))
    certificate = IssueMasterResponse.decode(answer).certificate

    proof = prove(machine, account, secret, REVOCATION_LIST)
    if crl := GetCrlResponse.decode(ask("GetCrl", GetCrlRequest.encode(asker=proof))).crl:
        trust.use_list(crl)

    handshaker = Handshaker(Machine(key, certificate), trust)
    # The answer came over a network: it counts if it makes others believe that we are who we are.
    peer, _ = trust.verify(handshaker.credential()[1], handshaker.now())
    wire.check((peer.machine, peer.account) == (machine, account), None, "the certificate is somebody else's")
    return handshaker


def prove(machine, account, secret, question):
    """Who asks, and an HMAC by the secret that we share with the authority. It covers what is asked."""
    nonce, now, name = os.urandom(16), int(time.time()), machine.encode()
    claim = b"alts-local/1 claim\0" + question + nonce + struct.pack("<QH", now, len(name)) + name
    digest = hashlib.sha256(claim + account.encode()).digest()
    return Asker.encode(
        machine=machine,
        service_account=account,
        nonce=nonce,
        asked_at_s=now,
        enrolment_mac=hmac.digest(secret, digest, hashlib.sha256),
    )


class Authority:
    """One gRPC question to the authority, and its answer."""

    SERVICE = "/alts_handshaker.authority.v1.Authority/"
    DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY = 0, 1, 3, 4, 7
    END_STREAM, END_HEADERS, ACK = 1, 4, 1

    def __init__(self, address):
        self.address = address

    def __call__(self, method, message):
        host, port = self.address.rsplit(":", 1)
        headers = {
            ":method": "POST",
            ":scheme": "http",
            ":path": self.SERVICE + method,
            ":authority": self.address,
            "content-type": "application/grpc",
            "te": "trailers",
        }
        # HPACK's plainest form: neither a table nor compression.
        block = b"".join(b"\x00" + _text(name) + _text(value) for name, value in headers.items())
        data = b"\x00" + struct.pack(">I", len(message)) + message
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                + _frame(self.SETTINGS, 0, 0, b"")
                + _frame(self.HEADERS, self.END_HEADERS, 1, block)
                + _frame(self.DATA, self.END_STREAM, 1, data)
            )
            answer = self._answer(connection, connection.makefile("rb"))
        # Why it refuses is in the trailers, which are compressed.
        wire.check(len(answer) >= 5, None, f"the authority refuses {method}; its log says why")
        return answer[5 : 5 + struct.unpack(">I", answer[1:5])[0]]

    def _answer(self, connection, incoming):
        answer = b""
        while header := incoming.read(9):
            length, kind, flags = int.from_bytes(header[:3], "big"), header[3], header[4]
            payload = incoming.read(length)
            if kind == self.SETTINGS and not flags & self.ACK:
                connection.sendall(_frame(self.SETTINGS, self.ACK, 0, b""))
            elif kind == self.DATA:
                answer += payload
            if kind in (self.RST_STREAM, self.GOAWAY) or kind == self.HEADERS and flags & self.END_STREAM:
                break
        return answer


def _frame(kind, flags, stream, payload):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def _text(text):
    return bytes([len(text)]) + text.encode()  # below 127 bytes, which all of ours are
