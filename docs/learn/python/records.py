"""The record protocol ALTSRP_GCM_AES128_REKEY: what protects the bytes once both sides have a key.

    0         4         8                     8+N             24+N
    +---------+---------+---------------------+----------------+
    | length  | type 6  | ciphertext, N bytes | GCM tag, 16    |      length = 4 + N + 16
    +---------+---------+---------------------+----------------+

    key, 44 bytes  =  KDF key [32]  |  nonce mask [12]
    counter        =  number of the frame, 8 bytes little-endian | 00 00 00 | 80 from the server, else 00
    nonce          =  counter XOR nonce mask                                   never sent
    AES-128 key    =  HMAC-SHA256(KDF key, counter[2..8] | 01)[0..16]          another every 65,536 frames

Both sides count the frames of each direction, from 0. So a frame that is changed, lost, repeated, out of
its order, or sent back to where it came from is decrypted with the wrong nonce, or does not fit its tag.
"""

import hashlib
import hmac
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wire import RECORD, Refused, check, frame

NAME = "ALTSRP_GCM_AES128_REKEY"
KEY_LEN, TAG_LEN, OVERHEAD = 44, 16, 24
# The longest frame that we take, and say that we take; what a peer takes that says nothing; and the most
# that we send.
WE_TAKE, UNSAID, WE_SEND = (1 << 20) + 4, 16 << 10, 128 << 10


class Direction:
    """One direction of a connection. The sender seals with it, the receiver opens."""

    def __init__(self, key, from_server):
        assert len(key) == KEY_LEN
        self.kdf_key, self.mask = key[:32], key[32:]
        self.end = b"\x00\x00\x00" + (b"\x80" if from_server else b"\x00")
        self.number = 0  # of the next frame; None after a failure: there is no next one
        self.epoch = None  # of the AES key: the frame's number without its lowest 16 bits

    def seal(self, plaintext):
        cipher = self._next()
        return frame(RECORD, cipher.encrypt(self.nonce, plaintext, None))

    def open(self, whole):
        length, kind = struct.unpack("<II", whole[:8])
        cipher = self._next()
        number, self.number = self.number, None
        check(kind == RECORD and length >= 4 + TAG_LEN, None, "this is not a record")
        try:
            plaintext = cipher.decrypt(self.nonce, whole[8:], None)
        except InvalidTag:
            raise Refused(None, f"the record {number - 1} was altered, or is not the one that is due") from None
        self.number = number
        return plaintext

    def _next(self):
        """The cipher for the frame that is due, whose nonce is left in `self.nonce`."""
        check(self.number is not None, None, "this direction has failed before")
        counter = struct.pack("<Q", self.number) + self.end
        if self.epoch != self.number >> 16:
            self.epoch = self.number >> 16
            self.aes_key = hmac.digest(self.kdf_key, counter[2:8] + b"\x01", hashlib.sha256)[:16]
            self.cipher = AESGCM(self.aes_key)
        self.nonce = bytes(a ^ b for a, b in zip(counter, self.mask))
        self.number += 1
        return self.cipher


class Connection:
    """What the application holds after the handshake: it sends and receives plaintext."""

    def __init__(self, stream, session, is_server):
        self.stream, self.peer, self.resumed = stream, session.peer, session.resumed
        self.sealer = Direction(session.record_key, from_server=is_server)
        self.opener = Direction(session.record_key, from_server=not is_server)
        takes = max(session.max_frame_size or UNSAID, UNSAID)
        self.most = min(takes, WE_SEND) - OVERHEAD

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.socket.close()

    def send(self, data):
        for at in range(0, len(data), self.most):
            self.stream.send(self.sealer.seal(data[at : at + self.most]))

    def receive(self):
        """What the next record holds; b"" at the end. ALTS has no goodbye: the end may be an attacker's."""
        while whole := self.stream.read_frame(WE_TAKE):
            if plaintext := self.opener.open(whole):
                return plaintext
        return b""
