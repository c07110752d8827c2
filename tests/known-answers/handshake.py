"""A second implementation of the handshake alts-local/2, to hold the first one to.

Computes a whole full handshake, a session that is resumed from it, and a revocation list, byte for
byte, from fixed seeds. Written from the RFCs and from handshake.proto, with Python's standard library
alone, and not meant for anything else: nothing here takes constant time.

    python3 handshake.py > handshake.txt

RFC 7748 (X25519), RFC 8032 (Ed25519), RFC 5869 (HKDF), FIPS 197 and NIST SP 800-38D (AES-256-GCM).
"""

import hashlib
import hmac
import struct


def sha256(data):
    return hashlib.sha256(data).digest()


def hmac_sha256(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def hkdf_extract(salt, ikm):
    return hmac_sha256(salt, ikm)


def hkdf_expand(prk, info, length):
    out, block, counter = b"", b"", 1
    while len(out) < length:
        block = hmac_sha256(prk, block + info + bytes([counter]))
        out += block
        counter += 1
    return out[:length]


# Curve25519: the field, X25519 on the Montgomery form, Ed25519 on the Edwards form.

P = 2**255 - 19


def x25519(scalar, u=9):
    k = int.from_bytes(scalar, "little") & ~7 & ~(1 << 255) | 1 << 254
    u = u if isinstance(u, int) else int.from_bytes(u, "little") & (1 << 255) - 1
    x2, z2, x3, z3 = 1, 0, u, 1
    for bit in reversed(range(255)):
        if k >> bit & 1:
            x2, z2, x3, z3 = x3, z3, x2, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        da, cb, aa, bb = d * a, c * b, a * a, b * b
        x3, z3 = (da + cb) ** 2 % P, u * (da - cb) ** 2 % P
        e = aa - bb
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
        if k >> bit & 1:
            x2, z2, x3, z3 = x3, z3, x2, z2
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


D = -121665 * pow(121666, P - 2, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493
BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202


def ed_add(p, q):
    """In extended coordinates, RFC 8032, section 5.1.4."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def ed_multiply(scalar):
    """The base point so many times, encoded."""
    point, total = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P), (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = ed_add(total, point)
        point, scalar = ed_add(point, point), scalar >> 1
    inverse = pow(total[2], P - 2, P)
    x, y = total[0] * inverse % P, total[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def ed_secret(seed):
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & ~7 & (1 << 254) - 1 | 1 << 254
    return scalar, digest[32:]


def ed_public(seed):
    return ed_multiply(ed_secret(seed)[0])


def ed_sign(seed, message):
    scalar, prefix = ed_secret(seed)
    public = ed_multiply(scalar)
    nonce = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % ORDER
    commitment = ed_multiply(nonce)
    challenge = int.from_bytes(hashlib.sha512(commitment + public + message).digest(), "little")
    return commitment + ((nonce + challenge * scalar) % ORDER).to_bytes(32, "little")


# AES-256-GCM, encryption only.


def times_two(byte):
    return byte << 1 ^ (0x11B if byte & 0x80 else 0)


def make_sbox():
    # The multiplicative inverse in GF(2^8) by logarithms to the generator 3, then the affine map.
    powers, value = [], 1
    for _ in range(255):
        powers.append(value)
        value ^= times_two(value)
    logs = {value: power for power, value in enumerate(powers)}
    box = []
    for byte in range(256):
        inverse = powers[-logs[byte] % 255] if byte else 0
        box.append(affine(inverse))
    return box


def affine(byte):
    out = 0x63
    for shift in range(5):
        out ^= (byte << shift | byte >> (8 - shift)) & 0xFF
    return out


SBOX = make_sbox()


def aes_round_keys(key):
    words = [key[at : at + 4] for at in range(0, 32, 4)]
    constant = 1
    for at in range(8, 60):
        word = words[-1]
        if at % 8 == 0:
            word = bytes(SBOX[byte] for byte in word[1:] + word[:1])
            word = bytes([word[0] ^ constant]) + word[1:]
            constant = times_two(constant)
        elif at % 8 == 4:
            word = bytes(SBOX[byte] for byte in word)
        words.append(bytes(a ^ b for a, b in zip(words[at - 8], word)))
    return [b"".join(words[at : at + 4]) for at in range(0, 60, 4)]


def aes_block(round_keys, block):
    state = bytes(a ^ b for a, b in zip(block, round_keys[0]))
    for number, key in enumerate(round_keys[1:], 1):
        # SubBytes and ShiftRows together: row r of column c comes from column c + r.
        state = [SBOX[state[(4 * (at // 4 + at % 4) + at % 4) % 16]] for at in range(16)]
        if number < len(round_keys) - 1:
            mixed = []
            for column in range(0, 16, 4):
                a = state[column : column + 4]
                every = a[0] ^ a[1] ^ a[2] ^ a[3]
                mixed += [a[i] ^ every ^ times_two(a[i] ^ a[(i + 1) % 4]) for i in range(4)]
            state = mixed
        state = bytes(a ^ b for a, b in zip(state, key))
    return state


def ghash(subkey, data):
    h, total = int.from_bytes(subkey, "big"), 0
    for at in range(0, len(data), 16):
        x, product, shifted = total ^ int.from_bytes(data[at : at + 16], "big"), 0, h
        for bit in reversed(range(128)):
            if x >> bit & 1:
                product ^= shifted
            shifted = shifted >> 1 ^ (0xE1 << 120 if shifted & 1 else 0)
        total = product
    return total.to_bytes(16, "big")


def padded(data):
    return data + bytes(-len(data) % 16)


def aes_256_gcm(key, nonce, plain, aad):
    round_keys = aes_round_keys(key)
    stream = b"".join(
        aes_block(round_keys, nonce + struct.pack(">I", 2 + at)) for at in range(len(plain) // 16 + 1)
    )
    sealed = bytes(a ^ b for a, b in zip(plain, stream))
    lengths = struct.pack(">QQ", 8 * len(aad), 8 * len(sealed))
    hashed = ghash(aes_block(round_keys, bytes(16)), padded(aad) + padded(sealed) + lengths)
    mask = aes_block(round_keys, nonce + struct.pack(">I", 1))
    return sealed + bytes(a ^ b for a, b in zip(hashed, mask))


# Protobuf: fields in the order of their numbers; what is empty or zero is left out.


def varint(number):
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def number_field(field, value):
    return varint(field << 3) + varint(value) if value else b""


def fixed64_field(field, value):
    return varint(field << 3 | 1) + struct.pack("<Q", value) if value else b""


def bytes_field(field, value):
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value if value else b""


def frame(kind, body):
    return struct.pack("<II", len(body) + 4, kind) + body


# Certificates and lists.

NOW, HOUR = 1_700_000_000, 3600


def key_id(public):
    return sha256(public)[:8]


def signed(label, body, seed):
    signature = bytes_field(1, key_id(ed_public(seed)))
    signature += bytes_field(2, ed_sign(seed, label + b"\0" + body))
    return bytes_field(1, body) + bytes_field(2, signature)


class Side:
    """A workload: who it is, and its keys."""

    def __init__(self, account, machine, serial, master_seed, static):
        self.account, self.machine, self.static = account, machine, static
        self.machine_id = 2 << 56 | serial
        public = x25519(static)
        pick = int.from_bytes(sha256(public)[:8], "little") % 4096
        self.id = (3 << 56) + 4096 * serial + pick
        master = bytes_field(2, machine) + bytes_field(5, ed_public(master_seed))
        master += fixed64_field(6, self.machine_id)
        master += number_field(7, NOW) + number_field(8, NOW + HOUR) + bytes_field(9, account)
        body = bytes_field(2, account) + bytes_field(3, public) + fixed64_field(5, self.id)
        body += number_field(6, NOW) + number_field(7, NOW + HOUR)
        body += bytes_field(8, signed(b"alts-local/2 master", master, ROOT))
        self.certificate = signed(b"alts-local/2 handshake", body, master_seed)


# The handshake.

RECORD_PROTOCOL, APPLICATION_PROTOCOL = "ALTSRP_GCM_AES128_REKEY", "grpc"
# RPC versions 2.1 to 2.1.
RPC_VERSIONS = bytes_field(1, number_field(1, 2) + number_field(2, 1)) + bytes_field(
    2, number_field(1, 2) + number_field(2, 1)
)


class Entropy:
    def __init__(self, data):
        self.random, self.ephemeral, self.nonce = data[:32], data[32:64], data[64:76]


def session_keys(salt, secret, transcript):
    okm = hkdf_expand(hkdf_extract(salt, secret), b"alts-local/2 keys" + sha256(transcript), 108)
    return okm[:44], okm[44:76], okm[76:]


def new_ticket(resumption, client, server, seed, nonce):
    body = bytes_field(1, resumption) + bytes_field(2, client.account)
    body += bytes_field(3, client.machine) + bytes_field(4, key_id(ed_public(ROOT)))
    body += fixed64_field(5, client.machine_id) + fixed64_field(6, client.id)
    body += number_field(7, NOW) + number_field(8, NOW + HOUR)
    body += number_field(9, NOW) + number_field(10, NOW + HOUR)
    body += bytes_field(11, RECORD_PROTOCOL) + number_field(12, NOW + HOUR)
    key = hkdf_expand(seed, b"alts-local/2 ticket key", 32)
    name = hkdf_expand(seed, b"alts-local/2 ticket key name", 4)
    aad = b"alts-local/2 ticket\0" + server.account.encode()
    return name + nonce + aes_256_gcm(key, nonce, body, aad)


def handshake(name, client, server, client_entropy, server_entropy, ticket=b"", resumed_from=None):
    """Prints the three flights and the keys; returns R and the new ticket."""
    init = number_field(1, 2) + bytes_field(2, client_entropy.random)
    init += bytes_field(3, client.certificate) + bytes_field(5, RECORD_PROTOCOL)
    init += bytes_field(6, APPLICATION_PROTOCOL) + bytes_field(7, x25519(client_entropy.ephemeral))
    init += bytes_field(8, RPC_VERSIONS) + bytes_field(10, "backend:8080")
    init += bytes_field(12, ticket) + number_field(13, 1)
    transcript = client_init = frame(0x11, init)

    init = number_field(1, 2) + bytes_field(2, server_entropy.random)
    init += bytes_field(3, b"" if resumed_from else server.certificate)
    init += bytes_field(5, RECORD_PROTOCOL) + bytes_field(6, APPLICATION_PROTOCOL)
    init += bytes_field(7, x25519(server_entropy.ephemeral)) + bytes_field(8, RPC_VERSIONS)
    server_init = frame(0x12, init)
    transcript += server_init

    ee = x25519(client_entropy.ephemeral, x25519(server_entropy.ephemeral))
    es = x25519(client_entropy.ephemeral, x25519(server.static))
    se = x25519(client.static, x25519(server_entropy.ephemeral))
    if resumed_from:
        salt, secret = b"alts-local/2 resumed", resumed_from + ee
    else:
        salt, secret = b"alts-local/2 full", ee + es + se
    record, resumption, authenticator = session_keys(salt, secret, transcript)

    ticket = new_ticket(resumption, client, server, TICKET_SEED, server_entropy.nonce)
    given = bytes_field(1, ticket) + number_field(2, HOUR)
    mac = hmac_sha256(authenticator, b"alts-local/2 server finished" + sha256(transcript) + given)
    server_finished = frame(0x13, bytes_field(1, mac) + bytes_field(2, given))
    transcript += server_finished
    mac = hmac_sha256(authenticator, b"alts-local/2 client finished" + sha256(transcript))

    show(name + "_client_init", client_init)
    show(name + "_server_flight", server_init + server_finished)
    show(name + "_client_finished", frame(0x14, bytes_field(1, mac)))
    show(name + "_secret", secret)
    show(name + "_record_key", record)
    return resumption, ticket


def revocation_list():
    """Revokes the ids 5 to 9 and 20."""
    ranges = b"".join(map(varint, [5, 4, 20 - (9 + 2), 0]))
    body = number_field(1, NOW) + number_field(2, NOW + HOUR) + bytes_field(3, ranges)
    return signed(b"alts-local/2 crl", body, ROOT)


def show(name, value):
    print(name, value.hex())


ROOT, TICKET_SEED = bytes([1] * 32), bytes([0x62] * 32)


def main():
    client = Side("client@p.iam", "client-vm", 77, bytes([0x51] * 32), bytes([0x11] * 32))
    server = Side("server@p.iam", "server-vm", 78, bytes([0x52] * 32), bytes([0x33] * 32))
    show("client_certificate", client.certificate)
    show("server_certificate", server.certificate)
    entropy = [Entropy(bytes(range(first, first + 108))) for first in (0, 120, 10, 130)]
    resumption, ticket = handshake("full", client, server, *entropy[:2])
    handshake("resumed", client, server, *entropy[2:], ticket, resumption)
    show("revocation_list", revocation_list())


if __name__ == "__main__":
    main()
