"""Who somebody is: chains of certificates, and the list of those that no longer count.

    root key --signs--> MasterBody, a machine's --signs--> HandshakeBody, a workload's, with its X25519 key
"""

import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

import wire
from wire import BAD_CERTIFICATE, Refused, check

MASTER, HANDSHAKE, CRL = b"alts-local/2 master", b"alts-local/2 handshake", b"alts-local/2 crl"
LONGEST_CHAIN, CLOCK_SKEW_S, CREDENTIAL_S = 8192, 300, 600


def key_id(public_key):
    """How a signature names the key that made it."""
    return hashlib.sha256(public_key).digest()[:8]


def sign(label, body, key):
    """An envelope. The label is signed too: a body of one kind never passes for another."""
    signer, signature = key_id(key.public_key().public_bytes_raw()), key.sign(label + b"\0" + body)
    return wire.Signed.encode(body=body, signatures=[wire.Signature.encode(signer=signer, signature=signature)])


def open_signed(label, envelope, known):
    """The body, and the first of its signers among the `known` keys, a dict by their ids."""
    signed = wire.Signed.decode(envelope)
    for signature in map(wire.Signature.decode, signed.signatures[:8]):
        if key := known.get(signature.signer):
            try:
                key = Ed25519PublicKey.from_public_bytes(key)
                key.verify(signature.signature, label + b"\0" + signed.body)
            except (InvalidSignature, ValueError):
                raise Refused(BAD_CERTIFICATE, f"a signature over {label.decode()!r} is wrong") from None
            return signed.body, signature.signer
    raise Refused(BAD_CERTIFICATE, f"{label.decode()!r} was signed by nobody whom we know")


@dataclass(frozen=True)
class Peer:
    """What a chain says. That the peer also holds the chain's key is for the handshake to prove."""

    account: str
    machine: str
    root: bytes  # the id of the root key that signed
    machine_revocation_id: int
    revocation_id: int
    machine_not_before_s: int  # times are seconds since 1970
    machine_not_after_s: int
    not_before_s: int
    not_after_s: int

    def ends(self):
        return min(self.machine_not_after_s, self.not_after_s)


class Trust:
    """Whom we believe: what these root keys signed and the list does not name."""

    def __init__(self, roots, crl=b""):
        self.roots = {key_id(key): key for key in roots}
        self.issued_at_s, self.revoked = 0, []  # pairs: the first id of a range and the last
        if crl:
            self.use_list(crl)

    def use_list(self, crl):
        """A revocation list takes the place of an older one."""
        body = wire.CrlBody.decode(open_signed(CRL, crl, self.roots)[0])
        check(body.issued_at_s >= self.issued_at_s, BAD_CERTIFICATE, "the list is older than the one in use")
        check(len(body.ranges) % 2 == 0, BAD_CERTIFICATE, "a range of the list has no length")
        self.issued_at_s, self.revoked, lowest_possible = body.issued_at_s, [], 0
        for distance, more in zip(body.ranges[::2], body.ranges[1::2]):
            first = lowest_possible + distance
            self.revoked.append((first, first + more))
            lowest_possible = first + more + 2

    def verify(self, chain, now):
        """The peer and its X25519 key. First what the bytes say, then whether that counts now."""
        check(0 < len(chain) <= LONGEST_CHAIN, wire.BAD_MESSAGE, "a certificate has 1 to 8192 bytes")
        # The handshake certificate is a claim until we know the key that its signature is checked with.
        # That key is in the master certificate inside, which must be a root's.
        claim = wire.HandshakeBody.decode(wire.Signed.decode(chain).body)
        body, root = open_signed(MASTER, claim.master, self.roots)
        master = wire.MasterBody.decode(body)
        open_signed(HANDSHAKE, chain, {key_id(master.public_key): master.public_key})

        says = f"{master.subject} may vouch for {master.account}, and not for {claim.subject}"
        check(claim.subject == master.account, BAD_CERTIFICATE, says)
        ours_to_give = claim.revocation_id in workload_ids(master.revocation_id)
        check(ours_to_give, BAD_CERTIFICATE, "the revocation id is not the machine's to give")
        complete = master.subject and master.account and len(claim.public_key) == 32
        check(complete, BAD_CERTIFICATE, "a key or a name is missing")
        times = [master.not_before_s, master.not_after_s, claim.not_before_s, claim.not_after_s]
        check(times[0] < times[1] and times[2] < times[3], BAD_CERTIFICATE, "a certificate never holds")
        ids = master.revocation_id, claim.revocation_id
        peer = Peer(claim.subject, master.subject, root, *ids, *times)
        self.check_standing(peer, now)
        return peer, claim.public_key

    def check_standing(self, peer, now):
        """What may change while the bytes stay the same. Asked again whenever a ticket is used."""
        check(peer.root in self.roots, BAD_CERTIFICATE, "its root key is no longer known")
        for first, end in (
            (peer.machine_not_before_s, peer.machine_not_after_s),
            (peer.not_before_s, peer.not_after_s),
        ):
            check(first - CLOCK_SKEW_S <= now, BAD_CERTIFICATE, f"it becomes valid in {first - now} s")
            check(now < end + CLOCK_SKEW_S, BAD_CERTIFICATE, f"it expired {now - end} s ago")
        for one in (peer.machine_revocation_id, peer.revocation_id):
            revoked = any(first <= one <= last for first, last in self.revoked)
            check(not revoked, BAD_CERTIFICATE, f"it is revoked, as {one:#018x}")


def workload_ids(machine_id):
    """What a machine with this id gives to its workloads: the 4,096 ids that go with its serial."""
    serial = machine_id - (2 << 56)
    check(0 <= serial < 1 << 44, BAD_CERTIFICATE, "a machine's revocation id is none")
    return range((3 << 56) + 4096 * serial, (3 << 56) + 4096 * (serial + 1))


class Machine:
    """A machine's key and the certificate that the authority gave for it: it vouches for one account."""

    def __init__(self, key: Ed25519PrivateKey, certificate):
        self.key, self.certificate = key, certificate
        # The certificate is our own: there is nobody to doubt.
        self.master = wire.MasterBody.decode(wire.Signed.decode(certificate).body)

    def vouch(self, key: X25519PrivateKey, now, lifetime_s=CREDENTIAL_S):
        """A handshake certificate for this key of the workload."""
        public_key = key.public_key().public_bytes_raw()
        # Any of the 4,096 ids will do; the key's own hash spares us to count.
        pick = int.from_bytes(key_id(public_key), "little") % 4096
        body = wire.HandshakeBody.encode(
            subject=self.master.account,
            public_key=public_key,
            revocation_id=workload_ids(self.master.revocation_id)[pick],
            not_before_s=now,
            not_after_s=min(now + lifetime_s, self.master.not_after_s),
            master=self.certificate,
        )
        return sign(HANDSHAKE, body, self.key)
