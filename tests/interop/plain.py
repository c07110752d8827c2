"""A gRPC program as its documentation would have it: stock grpcio, ALTS credentials, nothing else.

    plain.py                                both ends in this process, as in a test
    plain.py serve ADDRESS                  answers every call with what it learned of the caller
    plain.py call ADDRESS SERVER_ACCOUNT    makes one call and prints the answer
"""

import concurrent.futures
import json
import sys

import grpc


class WhoAmI(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(self.answer)

    def answer(self, request, context):
        facts = context.auth_context()
        return facts["service_account"][0] + b" " + facts["security_level"][0]


def start(address):
    server = grpc.server(concurrent.futures.ThreadPoolExecutor())
    server.add_generic_rpc_handlers((WhoAmI(),))
    port = server.add_secure_port(address, grpc.alts_server_credentials())
    server.start()
    return server, port


def serve(address):
    server, _ = start(address)
    print(json.dumps({"fields": {"message": "plain server ready"}}), flush=True)
    server.wait_for_termination()


def call(address, *accounts):
    """Without an account, anybody may answer."""
    with grpc.secure_channel(address, grpc.alts_channel_credentials(list(accounts))) as channel:
        print(channel.unary_unary("/plain.Plain/WhoAmI")(b"", timeout=30).decode())


def both():
    server, port = start("127.0.0.1:0")
    call(f"127.0.0.1:{port}")
    server.stop(None)


if __name__ == "__main__":
    {"serve": serve, "call": call, "both": both}[(sys.argv[1:] or ["both"])[0]](*sys.argv[2:])
