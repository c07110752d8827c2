#!/usr/bin/python3
"""A stand-in for gcloud on the bench: the commands that Terraform puts out, led into mock-gce's machines.

    gcloud compute ssh MACHINE FLAG... --command=COMMAND          runs it there
    gcloud compute ssh MACHINE FLAG... -- -N -L PORT:HOST:PORT    a tunnel, until it is killed
"""
import os
import socket
import subprocess
import sys
import threading

BENCH = os.environ["BENCH"]
# A connection's two directions, from inside the machine: its standard input and output are the connection.
RELAY = """
import os, socket, sys, threading
peer = socket.create_connection((sys.argv[1], int(sys.argv[2])))
def outward():
    while data := os.read(0, 65536):
        peer.sendall(data)
    peer.shutdown(socket.SHUT_WR)
threading.Thread(target=outward, daemon=True).start()
while data := peer.recv(65536):
    os.write(1, data)
"""


def inside(machine, *command):
    return [os.environ["MOCK_GCE"], "exec", machine, "--", f"{BENCH}/enter", f"{BENCH}/machines/{machine}", *command]


def tunnel(machine, spoken):
    port, host, remote = spoken.split(":")
    listener = socket.create_server(("127.0.0.1", int(port)))

    def carry(connection):
        with connection:
            subprocess.run(inside(machine, "/usr/bin/python3", "-c", RELAY, host, remote),
                           stdin=connection.fileno(), stdout=connection.fileno(), check=False)

    while True:
        connection, _ = listener.accept()
        threading.Thread(target=carry, args=(connection,), daemon=True).start()


def main(words):
    if words[:2] != ["compute", "ssh"]:
        sys.exit(f"gcloud: the bench knows no {' '.join(words)}")
    machine = words[2]
    required = ("--project=", "--zone=", "--tunnel-through-iap")
    if not all(any(word.startswith(flag) for word in words) for flag in required):
        sys.exit("gcloud: on the bench as on Google Cloud, a machine without an external address is reached by --tunnel-through-iap")
    for word in words:
        if word.startswith("--command="):
            os.execvp(os.environ["MOCK_GCE"], inside(machine, "/bin/bash", "-c", word.removeprefix("--command=")))
    if "-L" in words:
        tunnel(machine, words[words.index("-L") + 1])
    sys.exit("gcloud: the bench has no interactive logins")


if __name__ == "__main__":
    main(sys.argv[1:])
