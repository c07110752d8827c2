"""An application and its handshaker in one: dials and accepts over TCP, and shows what it does.

    python3 alts.py SERVE_TOML whoami
    python3 alts.py SERVE_TOML dial HOST:PORT [--target ACCOUNT] [--times 2] [--say TEXT] [--show]
    python3 alts.py SERVE_TOML accept HOST:PORT [--times N] [--show]

SERVE_TOML is the configuration of a handshaker of ours: the machine's name, its account, its secret, and
which authority is asked and believed. `accept` sends back what it hears; `dial` waits for that.
"""

import argparse
import itertools
import socket
import struct

import certificates
import records
import wire
from authority import enrol

NAMES = {
    wire.CLIENT_INIT: ("ClientInit", wire.ClientInit),
    wire.SERVER_INIT: ("ServerInit", wire.ServerInit),
    wire.SERVER_FINISHED: ("ServerFinished", wire.ServerFinished),
    wire.CLIENT_FINISHED: ("ClientFinished", wire.ClientFinished),
    wire.ABORT: ("Abort", wire.Abort),
}


def dial(handshaker, address, targets=(), shows=wire.unseen):
    """A connection to whoever is there, once it has proven to be one of `targets`, if there are any."""
    host, port = address.rsplit(":", 1)
    stream = wire.Stream(socket.create_connection((host, int(port))), shows)
    return connection(stream, lambda: handshaker.client(stream, address, targets), is_server=False)


def accept(handshaker, listener, shows=wire.unseen):
    """The next connection, once whoever dials has proven who it is."""
    stream = wire.Stream(listener.accept()[0], shows)
    return connection(stream, lambda: handshaker.server(stream), is_server=True)


def connection(stream, handshake, is_server):
    try:
        return records.Connection(stream, handshake(), is_server)
    except BaseException:
        stream.socket.close()
        raise


def show(arrow, whole):
    """A frame for people: what it is, how long, and the fields of a handshake's message."""
    kind = struct.unpack("<I", whole[4:8])[0]
    name, message = NAMES.get(kind, ("record", None))
    print(f"{arrow} {name}, {len(whole)} bytes")
    if message:
        for field, value in vars(message.decode(whole[8:])).items():
            if value:
                print(f"      {field:22} {text(value)}")


def text(value):
    if isinstance(value, bytes):
        return f"{value[:24].hex()}{'…' if len(value) > 24 else ''} ({len(value)} bytes)"
    return ", ".join(value) if isinstance(value, list) else value


def describe(handshaker):
    """The chain that a handshake shows to everybody, from the root key down."""
    _, chain = handshaker.credential()
    body = wire.HandshakeBody.decode(wire.Signed.decode(chain).body)
    signed = wire.Signed.decode(body.master)
    master = wire.MasterBody.decode(signed.body)
    root = wire.Signature.decode(signed.signatures[0]).signer
    print(f"root key {root.hex()} signed for the machine {master.subject}:")
    print(f"  its Ed25519 key {master.public_key.hex()}")
    print(f"  it may vouch for {master.account}")
    print(f"  revocation id {master.revocation_id:#018x}, good for {lifetime(master)} s")
    signer = certificates.key_id(master.public_key).hex()
    print(f"{master.subject}'s key {signer} signed for the workload {body.subject}:")
    print(f"  its X25519 key {body.public_key.hex()}")
    print(f"  revocation id {body.revocation_id:#018x}, good for {lifetime(body)} s")
    print(f"{len(chain)} bytes in all")


def lifetime(body):
    return body.not_after_s - body.not_before_s


def greet(connection):
    how = "resumed" if connection.resumed else "full handshake"
    print(f"{connection.peer.account} on {connection.peer.machine}, {how}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("serve_toml")
    parser.add_argument("verb", choices=["whoami", "dial", "accept"])
    parser.add_argument("address", nargs="?", default="127.0.0.1:0")
    parser.add_argument("--target", action="append", default=[], help="an account that may be there")
    parser.add_argument("--times", type=int, help="how many connections, one after the other")
    parser.add_argument("--say", default="hello", help="what to send")
    parser.add_argument("--show", action="store_true", help="every frame")
    words = parser.parse_args()
    handshaker, shows = enrol(words.serve_toml), show if words.show else wire.unseen

    if words.verb == "whoami":
        describe(handshaker)
    elif words.verb == "dial":
        for _ in range(words.times or 1):
            with dial(handshaker, words.address, words.target, shows) as bob:
                greet(bob)
                bob.send(words.say.encode())
                heard = b""
                while len(heard) < len(words.say.encode()) and (more := bob.receive()):
                    heard += more
                print(f"heard: {heard.decode()}", flush=True)
    else:
        host, port = words.address.rsplit(":", 1)
        listener = socket.create_server((host, int(port)))
        print("accept ready on %s:%d" % listener.getsockname(), flush=True)
        for _ in itertools.count() if words.times is None else range(words.times):
            try:
                with accept(handshaker, listener, shows) as alice:
                    greet(alice)
                    while heard := alice.receive():
                        alice.send(heard)
            except (wire.Refused, OSError) as refused:
                print(f"refused: {refused}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except wire.Refused as refused:
        raise SystemExit(f"refused: {refused}") from None
