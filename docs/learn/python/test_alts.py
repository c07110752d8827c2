"""What holds, and what happens when somebody cheats. Run: python3 -m unittest -v

Each test is an experiment: change one line of it, predict what happens, and run it again.
"""

import socket
import struct
import unittest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import illustrate
import wire
from certificates import HANDSHAKE, Trust, key_id, sign
from handshake import Handshaker
from lab import CLIENT, NOW, HOUR, REPOSITORY, SERVER, SOCKETS, Authority
from lab import flipping, known_meetings, meet, pair, socket_pair
from records import Connection, Direction
from wire import Refused


class Experiment(unittest.TestCase):
    """Its sockets go with it."""

    def tearDown(self):
        while SOCKETS:
            SOCKETS.pop().close()


def connected(client, server):
    """Two connections of which each is the other's end."""
    sessions, ends = meet(client, server)
    return [Connection(ends[at], sessions[at], is_server=at == 1) for at in (0, 1)]


class Vectors(Experiment):
    """Byte for byte what the repository's other two implementations compute."""

    def test_a_full_handshake_and_a_resumed_one_are_the_known_bytes(self):
        lines = (REPOSITORY / "tests/known-answers/handshake.txt").read_text().splitlines()
        known = {name: bytes.fromhex(value) for name, value in map(str.split, lines)}
        trust = Trust([Authority().public_key], known["revocation_list"])
        self.assertEqual(trust.revoked, [(5, 9), (20, 20)])
        for name, met in zip(("full", "resumed"), known_meetings()):
            chain = wire.ClientInit.decode(met.client_init[8:]).certificate
            self.assertEqual(chain, known["client_certificate"])
            self.assertEqual(met.client_init.hex(), known[name + "_client_init"].hex())
            flight = met.server_init + met.server_finished
            self.assertEqual(flight.hex(), known[name + "_server_flight"].hex())
            self.assertEqual(met.client_finished.hex(), known[name + "_client_finished"].hex())
            self.assertEqual(met.secret, known[name + "_secret"])
            for session in met.sessions:
                self.assertEqual(session.record_key, known[name + "_record_key"])

    def test_the_illustrated_connection_is_this_one(self):
        written = illustrate.PAGE.read_text()
        self.assertEqual(written, "\n".join(illustrate.page()), "run: python3 illustrate.py")

    def test_records_are_those_that_the_library_is_held_to(self):
        lines = (REPOSITORY / "alts/src/record/vectors/frame_vectors.txt").read_text().splitlines()
        vectors = [line.split(" | ") for line in lines if not line.startswith("#")]
        self.assertGreater(len(vectors), 10)
        for key, sender, number, plaintext, aes_key, expected in vectors:
            direction = Direction(bytes.fromhex(key), from_server=sender == "server")
            direction.number = int(number)
            sealed = direction.seal(bytes.fromhex(plaintext.replace("-", "")))
            self.assertEqual((sealed.hex(), direction.aes_key.hex()), (expected, aes_key))


class Handshakes(Experiment):
    def test_each_learns_who_the_other_is_and_both_have_one_key(self):
        (client, server), _ = meet(*pair())
        self.assertEqual((client.peer.account, server.peer.account), (SERVER, CLIENT))
        self.assertEqual(client.record_key, server.record_key)
        self.assertFalse(client.resumed or server.resumed)

    def test_the_second_session_is_resumed_and_has_another_key(self):
        client, server = pair()
        first, _ = meet(client, server)
        second, ends = meet(client, server)
        self.assertTrue(second[0].resumed and second[1].resumed)
        self.assertEqual(second[1].peer.account, CLIENT)
        self.assertNotEqual(first[0].record_key, second[0].record_key)
        self.assertEqual(wire.ServerInit.decode(ends[1].sent[0][8:]).certificate, b"")

    def test_a_ticket_is_good_once(self):
        client, server = pair()
        meet(client, server)
        kept = [list(tickets) for tickets in client.kept.values()][0]
        self.assertTrue(meet(client, server)[0][0].resumed)
        client.kept[""] = kept
        self.assertFalse(meet(client, server)[0][0].resumed)

    def test_a_flipped_bit_of_any_message_is_noticed(self):
        for side, messages in ((0, 2), (1, 2)):
            for message in range(messages):
                length = len(meet(*pair())[1][side].sent[message])
                for at in range(8, length, 7):
                    flips = flipping(message, at)
                    changes = {"client_changes" if side == 0 else "server_changes": flips}
                    outcomes, _ = meet(*pair(), **changes)
                    # Who sent last may believe in a session; the other never does.
                    self.assertIsInstance(outcomes[1 - side], Exception, f"{side} {message} {at}")

    def test_a_ticket_ends_with_the_certificates_that_it_stands_for(self):
        _, ends = meet(*pair())
        finished = wire.ServerFinished.decode(ends[1].sent[1][8:])
        self.assertEqual(wire.NewTicket.decode(finished.new_ticket).lifetime_s, 600)

    def test_a_server_resumes_nothing_that_the_client_did_not_ask_for(self):
        client, server = pair()
        known, _ = server.trust.verify(client.credential()[1], NOW)
        server._open_ticket = lambda ticket: (b"", known)  # a secret that everybody knows
        (client, _), _ = meet(client, server)
        self.assertEqual(client.code, wire.BAD_MESSAGE)

    def test_fields_have_bounds(self):
        bad = [
            {"version": 1},
            {"random": bytes(31)},
            {"ephemeral": bytes(33)},
            {"ephemeral": bytes(32)},  # a key of small order
            {"certificate": b""},
            {"certificate": bytes(8193)},
            {"ticket": bytes(2049)},
            {"target_name": "x" * 4097},
            {"record_protocols": ["x" * 65]},
            {"record_protocols": ["x"] * 17},
            {"application_protocols": []},
        ]
        codes = []
        for fields in bad:

            def changed(number, one):
                init = vars(wire.ClientInit.decode(one[8:])) | fields
                return wire.frame(wire.CLIENT_INIT, wire.ClientInit.encode(**init))

            (_, server), _ = meet(*pair(), client_changes=changed)
            codes.append(server.code)
        message, version = wire.BAD_MESSAGE, wire.BAD_VERSION
        agreement, nothing = wire.NOT_AUTHENTIC, wire.NOTHING_IN_COMMON
        self.assertEqual(codes, [version, message, message, agreement, *[message] * 6, nothing])

    def test_a_finished_message_has_one_encoding(self):
        def longer(number, one):
            return wire.frame(wire.SERVER_FINISHED, one[8:] + b"\x78\x01") if number == 1 else one

        (client, _), _ = meet(*pair(), server_changes=longer)
        self.assertEqual(client.code, wire.BAD_MESSAGE)

    def test_a_server_that_is_not_the_target_is_refused_although_it_proves_who_it_is(self):
        (client, server), _ = meet(*pair(), targets=["somebody-else@p.iam"])
        self.assertEqual(client.code, wire.WRONG_PEER)
        self.assertIn("code 6", str(server))


class Chains(Experiment):
    def refused(self, server, says, trust=None):
        client, _ = pair()
        client.trust = trust or client.trust
        (outcome, _), _ = meet(client, server)
        self.assertIsInstance(outcome, Refused)
        self.assertEqual(outcome.code, wire.BAD_CERTIFICATE)
        self.assertIn(says, str(outcome))

    def test_another_authority_is_nobody(self):
        other = Authority(b"\x02" * 32)
        trust = Trust([Authority().public_key, other.public_key])
        server = Handshaker(other.certify("server-vm", SERVER, 78), trust, lambda: NOW)
        self.refused(server, "'alts-local/2 master' was signed by nobody whom we know")

    def test_a_machine_vouches_for_its_own_account_alone(self):
        _, server = pair()
        server.machine.master.account = "root@p.iam"
        self.refused(server, "may vouch for")

    def test_a_machine_gives_ids_of_its_own_range_alone(self):
        _, server = pair()
        server.machine.master.revocation_id += 1
        self.refused(server, "not the machine's to give")

    def test_a_master_key_that_no_root_signed_signs_nothing(self):
        _, server = pair()
        server.machine.key = Ed25519PrivateKey.generate()
        self.refused(server, "nobody whom we know")

    def test_what_has_expired_or_has_not_begun_is_refused_but_clocks_may_be_five_minutes_apart(self):
        client, server = pair()
        chain = server.credential()[1]
        for off, says in ((-301, "valid in"), (600 + 300, "expired")):
            with self.assertRaisesRegex(Refused, says):
                client.trust.verify(chain, NOW + off)
        for off in (-300, 600 + 299):
            self.assertEqual(client.trust.verify(chain, NOW + off)[0].account, SERVER)

    def test_an_expired_certificate_is_refused_in_a_handshake(self):
        _, server = pair()
        server.certified = *server.credential(), NOW + HOUR  # it goes on with what it has
        client, _ = pair(clock=lambda: NOW + 600 + 300)
        server.clock = client.clock
        (outcome, _), _ = meet(client, server)
        self.assertIn("expired", str(outcome))

    def test_what_is_revoked_is_refused_by_either_id(self):
        authority, (_, server) = Authority(), pair()
        own, _ = Trust([authority.public_key]).verify(server.credential()[1], NOW)
        for one in (own.machine_revocation_id, own.revocation_id):
            self.refused(server, "revoked", Trust([authority.public_key], authority.revoke(1, one)))

    def test_a_ticket_does_not_outlive_its_certificates(self):
        authority, (client, server) = Authority(), pair()
        meet(client, server)
        server.trust.use_list(authority.revoke((2 << 56) + 77))
        (_, refused), _ = meet(client, server)
        self.assertIn("revoked", str(refused))

    def test_a_ticket_of_a_revoked_certificate_leads_to_a_full_handshake_with_another(self):
        authority, (client, server) = Authority(), pair()
        meet(client, server)
        own, _ = server.trust.verify(client.credential()[1], NOW)
        server.trust.use_list(authority.revoke(own.revocation_id))
        client.certified = None  # it makes another key
        sessions, _ = meet(client, server)
        self.assertEqual([session.resumed for session in sessions], [False, False])

    def test_an_older_list_does_not_replace_a_newer_one(self):
        authority = Authority()
        trust = Trust([authority.public_key], authority.revoke(5, at=NOW + 1))
        with self.assertRaises(Refused):
            trust.use_list(authority.revoke(at=NOW))

    def test_a_body_of_one_kind_does_not_pass_for_another(self):
        authority = Authority()
        crl = wire.Signed.decode(authority.revoke(5)).body
        with self.assertRaises(Refused):
            Trust([authority.public_key], sign(HANDSHAKE, crl, authority.key))
        self.assertIn(key_id(authority.public_key), Trust([authority.public_key]).roots)


class Records(Experiment):
    def both(self, from_server=False):
        key = bytes(range(44))
        return Direction(key, from_server), Direction(key, from_server)

    def test_each_record_has_a_nonce_of_its_own_and_the_directions_differ(self):
        sender, receiver = self.both()
        first, second = sender.seal(b"hello"), sender.seal(b"hello")
        self.assertNotEqual(first, second)
        self.assertNotEqual(first, self.both(from_server=True)[0].seal(b"hello"))
        self.assertEqual([receiver.open(first), receiver.open(second)], [b"hello", b"hello"])

    def test_the_key_is_another_one_after_65536_records(self):
        sender, receiver = self.both()
        receiver.open(sender.seal(b"first"))
        old = sender.aes_key
        sender.number = receiver.number = 65535
        self.assertEqual(receiver.open(sender.seal(b"the last of the old key")), b"the last of the old key")
        self.assertEqual(sender.aes_key, old)
        self.assertEqual(receiver.open(sender.seal(b"the first of the new")), b"the first of the new")
        self.assertNotEqual(sender.aes_key, old)

    def refused(self, *frames):
        _, receiver = self.both()
        *good, bad = frames
        for one in good:
            receiver.open(one)
        with self.assertRaises(Refused):
            receiver.open(bad)
        # And nothing is opened after that.
        with self.assertRaises(Refused):
            receiver.open(bad)

    def test_a_flipped_bit_ends_it(self):
        whole = self.both()[0].seal(b"hello")
        for at in range(4, len(whole)):
            self.refused(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])

    def test_a_record_that_is_replayed_or_left_out_or_reflected_ends_it(self):
        sender = self.both()[0]
        first, second = sender.seal(b"first"), sender.seal(b"second")
        self.refused(first, first)
        self.refused(second)
        self.refused(self.both(from_server=True)[0].seal(b"first"))

    def test_a_record_of_another_session_ends_it(self):
        client, server = pair()
        one, other = connected(client, server), connected(client, server)
        with self.assertRaises(Refused):
            other[1].opener.open(one[0].sealer.seal(b"hello"))

    def test_two_ends_talk(self):
        client, server = connected(*pair())
        client.send(b"hello")
        self.assertEqual(server.receive(), b"hello")
        server.send(b"x" * 150_000)
        heard = b""
        while len(heard) < 150_000:
            heard += client.receive()
        self.assertEqual(heard, b"x" * 150_000)
        server.stream.socket.close()
        self.assertEqual(client.receive(), b"")

    def test_an_end_inside_a_record_is_no_end(self):
        client, server = connected(*pair())
        whole = server.sealer.seal(b"hello")
        server.stream.socket.sendall(whole[:-1])
        server.stream.socket.close()
        with self.assertRaisesRegex(Refused, "inside a frame"):
            client.receive()


class Messages(Experiment):
    def test_no_bytes_lead_to_anything_but_a_message_or_a_refusal(self):
        good = wire.ClientInit.encode(version=2, random=b"r" * 32, target_name="x", record_protocols=["a", "b"])
        for at in range(len(good)):
            for bad in (good[:at], good[:at] + b"\xff" + good[at + 1 :], good[:at] + b"\x0f" + good[at:]):
                try:
                    wire.ClientInit.decode(bad)
                except Refused:
                    pass

    def test_a_frame_that_claims_too_much_is_refused_before_it_is_read(self):
        ours, theirs = socket_pair()
        theirs.sendall(struct.pack("<II", 65533, wire.CLIENT_INIT))
        with self.assertRaises(Refused):
            wire.Stream(ours).read_frame(65536)


if __name__ == "__main__":
    unittest.main()
