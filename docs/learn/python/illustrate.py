"""Writes ../every-byte.md: two connections from fixed seeds, byte by byte. Run: python3 illustrate.py

The seeds are those of tests/known-answers, so the bytes are the ones that the handshaker in Rust is held to.
"""

import struct
from datetime import datetime, timezone
from pathlib import Path

import wire
from lab import known_meetings
from records import Direction
from wire import BYTES, FIXED64, PARTS, SHAPES, TEXT, TEXTS, UINT, read_varint

# What is inside a field, and what the fields of messages are for.
INSIDE = {
    "certificate": wire.Signed, "master": wire.Signed, "signatures": wire.Signature,
    "new_ticket": wire.NewTicket, "rpc_versions": wire.RpcVersions, "max": wire.Version, "min": wire.Version,
}
MEANING = {
    "version": "alts-local/2",
    "random": "makes this session's keys others than those of every other session; no secret",
    "certificate": "who the sender is, and who vouches for it",
    "record_protocols": "what the client can protect data with",
    "record_protocol": "what the server has chosen of it",
    "application_protocols": "what is to be spoken afterwards",
    "application_protocol": "what the server has chosen of it",
    "ephemeral": "the public half of an X25519 key that was made for this session",
    "rpc_versions": "for the two gRPC libraries, which the handshakers pass it on to",
    "target_name": "what the client dialled, in clear; nobody vouches for it",
    "ticket": "what a server gave to resume a session with; only the server can open it",
    "keeps_tickets": "the client would like a ticket",
    "mac": "the proof: whoever made it has the session's key A and saw the same messages",
    "new_ticket": "to resume this session with, once",
    "lifetime_s": "seconds for which the ticket is good",
    "body": "what is signed, together with the name of its kind",
    "signatures": "by whom, and the signature",
    "signer": "the first 8 bytes of SHA-256 of the signer's public key",
    "signature": "Ed25519",
    "master": "the machine's certificate, which says that its key may sign the one around it",
    "revocation_id": "what a revocation list would name",
    "not_before_s": "from when on it holds: seconds since 1970",
    "not_after_s": "from when on it holds no more",
    "account": "whom the machine may vouch for, and nobody else",
    (wire.HandshakeBody, "subject"): "the account that the workload runs as",
    (wire.HandshakeBody, "public_key"): "X25519, to agree with",
    (wire.MasterBody, "subject"): "the machine",
    (wire.MasterBody, "public_key"): "Ed25519, to check the machine's signature with, at the end",
}


def fields(message, data, at):
    """Name, kind, where its tag and its value begin, where it ends, value. `at`: where the data begins."""
    names = {number: (name, kind) for name, (number, kind) in message.fields.items()}
    here = 0
    while here < len(data):
        tag_at = here
        tag, here = read_varint(data, here)
        name, kind = names[tag >> 3]
        value_at = here
        if SHAPES[kind] == 0:
            value, here = read_varint(data, here)
        else:
            length, value_at = (8, here) if kind == FIXED64 else read_varint(data, here)
            value, here = data[value_at : value_at + length], value_at + length
        yield name, kind, at + tag_at, at + value_at, at + here, value


def rows(message, data, at, depth, handshake=True):
    for name, kind, tag_at, value_at, end, value in fields(message, data, at):
        inner = INSIDE.get(name)
        if name == "body":
            inner = wire.HandshakeBody if handshake else wire.MasterBody
        shown = "" if inner else said(name, kind, value)
        meaning = MEANING.get((message, name), MEANING.get(name, ""))
        yield f"| {tag_at} | {end - tag_at} | {'&emsp;' * depth}`{name}` | {shown} | {meaning} |"
        if inner:
            yield from rows(inner, value, value_at, depth + 1, handshake and name != "master")


def said(name, kind, value):
    if name.endswith("_s") and kind == UINT and value > 10**9:
        return datetime.fromtimestamp(value, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
    if kind in (TEXT, TEXTS):
        return value.decode()
    if kind == FIXED64:
        return f"`{struct.unpack('<Q', value)[0]:#018x}`"
    if kind in (BYTES, PARTS):
        return f"`{value[:16].hex()}{'…' if len(value) > 16 else ''}`, {len(value)} bytes"
    return value


def message(name, kind, whole):
    length, number = struct.unpack("<II", whole[:8])
    yield f"### {name}\n\n```text"
    for at in range(0, len(whole), 32):
        yield f"{at:4}  {whole[at : at + 32].hex(' ', 4)}"
    yield "```\n\n| byte | long | field | value | what it is |\n|---:|---:|---|---|---|"
    yield f"| 0 | 4 | length | {length} | of what follows; little-endian, as all numbers of fixed size |"
    yield f"| 4 | 4 | type | `{number:#x}` | {name} |"
    yield from rows(kind, whole[8:], 8, 0)
    yield ""


def keys(met, resumed):
    yield "### The keys\n\nBoth sides have computed the same, and nobody else can:\n\n```text"
    names = ("R of before", "ee") if resumed else ("ee", "es", "se")
    for at, name in enumerate(names):
        yield f"{name:12} {met.secret[32 * at : 32 * at + 32].hex()}"
    yield f"TH           {met.inits.hex()}      SHA-256(ClientInit | ServerInit)"
    yield f"salt         {met.salt.decode()}\n"
    for name, value in (("M, records", met.m), ("R, resuming", met.r), ("A, proofs", met.a)):
        yield f"{name:12} {value.hex()}"
    yield "```\n"


def first_records(met):
    yield "### The first records\n\n```text"
    for who, from_server in (("client", False), ("server", True)):
        direction = Direction(met.m, from_server)
        whole = direction.seal(b"hello")
        yield f"{who}: 'hello', nonce {direction.nonce.hex()}, AES key {direction.aes_key.hex()}"
        yield f"        {whole[:4].hex()} length   {whole[4:8].hex()} type   {whole[8:-16].hex()} ciphertext"
        yield f"        {whole[-16:].hex()} tag"
    yield "```\n"


HEAD = """# Every byte

*Written by [illustrate.py](python/illustrate.py); a test compares. Change that, not this.*

Two connections between the same two, from fixed seeds: a full handshake, and a session that is resumed from it. The handshaker in Rust
computes the same bytes from the same seeds. Offsets are counted from the first byte of the frame, and the length of a field includes its tag and
its own length. [The handshake](handshake.md) says what happens; this says where it stands.

An exercise: what is random to the server are the numbers from 120, which is `78`, on. Let them begin with 121: `known_meetings` in
[lab.py](python/lab.py). Of which messages, fields and keys of the first connection does nothing change? Write them down, run `python3 illustrate.py` in its
folder, and look at `git diff`.

<details><summary>Answer</summary>

ClientInit, which was sent before; the server's chain and its choices; and `es`, which is agreed between the client's ephemeral key and the server's certified one.
Everything else is another, ClientFinished too: the client's proof covers what the server said. (Put it back afterwards.)
</details>
"""


def page():
    yield HEAD
    for title, met in zip(("A full handshake", "A resumed session"), known_meetings()):
        yield f"## {title}\n"
        yield from message("ClientInit", wire.ClientInit, met.client_init)
        yield from message("ServerInit", wire.ServerInit, met.server_init)
        yield from keys(met, resumed=title != "A full handshake")
        yield from message("ServerFinished", wire.ServerFinished, met.server_finished)
        yield from message("ClientFinished", wire.ClientFinished, met.client_finished)
        yield from first_records(met)


PAGE = Path(__file__).parents[1] / "every-byte.md"

if __name__ == "__main__":
    PAGE.write_text("\n".join(page()))
    print(f"wrote {PAGE.name}")
