"""A stranger to this suite: stock grpcio with its own ALTS, on either end of a connection.

Nothing here knows that the handshaker is not Google's. It is run inside machines that mock-gce
makes; there, grpcio finds its handshaker by itself. The strangers in go/, java/ and cpp/, and our
own library in ours/, take the same words:

    stranger booking ADDRESS [ACCOUNT...]         the article's call
    stranger echo ADDRESS [ACCOUNT...]            payloads of 1 B, 1 MiB and 32 MiB, and a stream
    stranger crowd ADDRESS COUNT [ACCOUNT...]     COUNT connections at once
    stranger pingpong ADDRESS COUNT [ACCOUNT...]  COUNT messages on one stream, each awaited before the next
    stranger talk ADDRESS [ACCOUNT...]            a call for each line of standard input, on one channel;
                                                  for the line `patiently` it waits for a connection,
                                                  for `anew` it has a channel of its own,
                                                  for `briefly` that, and two seconds
    stranger serve PORT [ACCOUNT...]              an echo and booking server on every address; with accounts,
                                                  only for those

The ACCOUNTs of a client are its targets. A call's outcome is one line of JSON: `code`, and either
what was learned or `details`. STRANGER_MAX_FRAME_SIZE is the frame size that a side declares, where
the library lets one choose: here and in C++.
"""

import concurrent.futures
import importlib
import json
import os
import pathlib
import queue
import sys
import tempfile

import grpc
from grpc_tools import protoc

MIB = 1024 * 1024
OPTIONS = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
if "STRANGER_MAX_FRAME_SIZE" in os.environ:
    OPTIONS.append(("grpc.tsi.max_frame_size", int(os.environ["STRANGER_MAX_FRAME_SIZE"])))
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def contract(folder, name):
    """Generates and imports the Python code of a .proto file: the contract as a stranger reads it."""
    out = tempfile.mkdtemp()
    args = ["protoc", f"-I{folder}", f"--python_out={out}", f"--grpc_python_out={out}", f"{name}.proto"]
    if protoc.main(args) != 0:
        sys.exit(f"protoc does not take {name}.proto")
    sys.path.insert(0, out)
    return importlib.import_module(f"{name}_pb2"), importlib.import_module(f"{name}_pb2_grpc")


ECHO, ECHO_GRPC = contract(ROOT / "tests" / "proto", "echo")
BOOKING, BOOKING_GRPC = contract(ROOT / "booking-proto" / "proto", "ot_booking")


def channel(address, accounts, own_connection=False):
    credentials = grpc.alts_channel_credentials(service_accounts=accounts or None)
    options = OPTIONS + ([("grpc.use_local_subchannel_pool", 1)] if own_connection else [])
    return grpc.secure_channel(address, credentials, options=options)


def report(call):
    """Runs a call and prints what came of it as one line of JSON."""
    try:
        print(json.dumps({"code": "OK", **call()}), flush=True)
    except grpc.RpcError as error:
        print(json.dumps({"code": error.code().name, "details": error.details()}), flush=True)


def booking(address, accounts):
    def call():
        stub = BOOKING_GRPC.OtBookingServiceStub(channel(address, accounts))
        request = BOOKING.BookingRequest(patientID="PT-1204", doctorID="DC-3904")
        answer = stub.getBookingInfo(request, timeout=30)
        return {"bookingDate": answer.bookingDate, "condition": answer.condition}

    report(call)


def echo(address, accounts):
    def call():
        stub = ECHO_GRPC.EchoStub(channel(address, accounts))
        peer = None
        for size in (1, MIB, 32 * MIB):
            data = bytes(range(256)) * (size // 256) if size > 1 else b"x"
            answer, rpc = stub.Unary.with_call(ECHO.Payload(data=data), timeout=120)
            if answer.data != data:
                sys.exit(f"{size} bytes came back altered")
            peer = dict(rpc.initial_metadata()).get("x-alts-peer")
        sent = [bytes([n % 256]) * 1000 for n in range(2000)]
        back = stub.Chat((ECHO.Payload(data=data) for data in sent), timeout=120)
        if [payload.data for payload in back] != sent:
            sys.exit("the stream came back altered")
        return {"peer": peer}

    report(call)


def crowd(address, count, accounts):
    def one(_):
        stub = ECHO_GRPC.EchoStub(channel(address, accounts, own_connection=True))
        return stub.Unary(ECHO.Payload(data=b"x"), timeout=60).data == b"x"

    def call():
        with concurrent.futures.ThreadPoolExecutor(count) as pool:
            return {"answered": sum(pool.map(one, range(count)))}

    report(call)


def pingpong(address, count, accounts):
    """Answers are awaited one by one, so that each message is at least one record each way."""
    turns = queue.SimpleQueue()

    def call():
        answers = ECHO_GRPC.EchoStub(channel(address, accounts)).Chat(iter(turns.get, None), timeout=120)
        for n in range(count):
            turns.put(ECHO.Payload(data=b"%d" % n))
            if next(answers).data != b"%d" % n:
                sys.exit(f"message {n} came back altered")
        turns.put(None)
        return {"answered": count}

    report(call)


def talk(address, accounts):
    lasting = channel(address, accounts)
    for line in map(str.strip, sys.stdin):
        anew = line in ("anew", "briefly")
        used = channel(address, accounts, own_connection=True) if anew else lasting

        def call():
            limits = {"timeout": 2 if line == "briefly" else 30, "wait_for_ready": line == "patiently"}
            ECHO_GRPC.EchoStub(used).Unary(ECHO.Payload(data=line.encode()), **limits)
            return {}

        report(call)
        if anew:
            used.close()


def greet(context, allowed):
    """Tells the caller who we saw, or refuses it."""
    peer = context.auth_context()["service_account"][0].decode()
    context.send_initial_metadata([("x-alts-peer", peer)])
    if allowed and peer not in allowed:
        context.abort(grpc.StatusCode.PERMISSION_DENIED, f"Client {peer} is not authorized")
    return peer


class Echo(ECHO_GRPC.EchoServicer):
    def __init__(self, allowed):
        self.allowed = allowed

    def Unary(self, request, context):
        greet(context, self.allowed)
        return request

    def Chat(self, requests, context):
        greet(context, self.allowed)
        yield from requests


class Booking(BOOKING_GRPC.OtBookingServiceServicer):
    def __init__(self, allowed):
        self.allowed = allowed

    def getBookingInfo(self, request, context):
        return BOOKING.BookingResponse(bookingDate="01-Jun-2024 11:30", condition=greet(context, self.allowed))


def serve(port, allowed):
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(16), options=OPTIONS)
    ECHO_GRPC.add_EchoServicer_to_server(Echo(allowed), server)
    BOOKING_GRPC.add_OtBookingServiceServicer_to_server(Booking(allowed), server)
    server.add_secure_port(f"0.0.0.0:{port}", grpc.alts_server_credentials())
    server.start()
    print(json.dumps({"fields": {"message": "stranger ready"}}), flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["booking", address, *accounts]:
            booking(address, accounts)
        case ["echo", address, *accounts]:
            echo(address, accounts)
        case ["crowd", address, count, *accounts]:
            crowd(address, int(count), accounts)
        case ["pingpong", address, count, *accounts]:
            pingpong(address, int(count), accounts)
        case ["talk", address, *accounts]:
            talk(address, accounts)
        case ["serve", port, *allowed]:
            serve(port, allowed)
        case _:
            sys.exit(__doc__)
