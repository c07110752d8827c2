#!/usr/bin/python3
"""A stand-in for gcloud on the bench: the commands that documents print and that Terraform puts out, led into mock-gce's machines.

    gcloud auth login; gcloud auth application-default login; gcloud services enable NAME...     nothing to do here
    gcloud compute ssh MACHINE FLAG... --command=COMMAND          runs it there
    gcloud compute ssh MACHINE FLAG... -- -N -L PORT:HOST:PORT    a tunnel, until it is killed
    gcloud compute instance-groups managed list-instances GROUP FLAG...           its machines and their zones
    gcloud compute instance-groups managed rolling-action restart GROUP FLAG...   its machines boot again, one after the other; so with replace
    gcloud compute snapshots create NAME --source-disk=DISK FLAG...               copies the disk as it is written by then
    gcloud compute snapshots list FLAG...                                         their names

Who asks is $BENCH_WHO, the project's owner when that is not set. What somebody else may is what was granted, asked for as Google asks for it.
"""
import json
import os
import re
import socket
import subprocess
import sys
import threading

BENCH = os.environ.get("BENCH", "")
WHO = os.environ.get("BENCH_WHO")
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


def logins():
    with open(f"{BENCH}/logins.json", encoding="utf-8") as file:
        return json.load(file)


def permitted(known, permission):
    """By a role of the project's own, on the project."""
    grants = (grant for grant in known["project"] if grant["member"] == WHO)
    if WHO and not any(permission in known["roles"].get(grant["role"], []) for grant in grants):
        sys.exit(f"gcloud: Required '{permission}' permission for the project")


def granted(known, kind, thing, role, machine):
    """On the thing itself, or on the project for things whose names begin as a condition says."""
    def reaches(grant):
        begin = re.search(r'startsWith\("([^"]+)"\)', grant["condition"] or "")
        return not begin or machine.startswith(begin[1])

    grants = [grant for grant in known[kind] if thing in grant["on"]] + [grant for grant in known["project"] if reaches(grant)]
    if WHO and not any(grant["member"] == WHO and grant["role"] == role for grant in grants):
        sys.exit(f"gcloud: {WHO} lacks {role} on {thing}")


def may_log_in(machine):
    known = logins()
    permitted(known, "compute.projects.get")
    granted(known, "tunnels", machine, "roles/iap.tunnelResourceAccessor", machine)
    granted(known, "instances", machine, "roles/compute.osAdminLogin", machine)
    granted(known, "accounts", known["machines"][machine]["account"], "roles/iam.serviceAccountUser", machine)


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


def ssh(machine, words):
    required = ("--project=", "--zone=", "--tunnel-through-iap")
    if not all(any(word.startswith(flag) for word in words) for flag in required):
        sys.exit("gcloud: on the bench as on Google Cloud, a machine without an external address is reached by --tunnel-through-iap")
    may_log_in(machine)
    for word in words:
        if word.startswith("--command="):
            command = inside(machine, "/usr/bin/env", "BENCH_LOGIN=1", "/bin/bash", "-c", word.removeprefix("--command="))
            os.execvp(command[0], command)
    if "-L" in words:
        tunnel(machine, words[words.index("-L") + 1])
    sys.exit("gcloud: the bench has no interactive logins")


def group(words):
    known = logins()
    verb = " ".join(words[:2]) if words[0] == "rolling-action" else words[0]
    begin = known["groups"][words[2] if words[0] == "rolling-action" else words[1]]
    members = [name for name in known["machines"] if name.startswith(begin + "-") and name[len(begin) + 1:].isdigit()]
    if verb == "list-instances":
        permitted(known, "compute.instanceGroupManagers.list")
        for name in members:
            print(name, known["machines"][name]["zone"], sep="\t")
    elif verb in ("rolling-action restart", "rolling-action replace"):
        for name in members:
            boots_again(name)
    elif verb == "wait-until":
        return
    else:
        sys.exit(f"gcloud: the bench knows no {verb}")


def snapshots(words):
    kept = f"{BENCH}/snapshots"
    os.makedirs(kept, exist_ok=True)
    if words[0] == "list":
        print("NAME", *sorted(os.listdir(kept)), sep="\n")
    elif words[0] == "create":
        disk = next(word.removeprefix("--source-disk=") for word in words if word.startswith("--source-disk="))
        if not any(word.startswith("--source-disk-zone=") for word in words):
            sys.exit("gcloud: in which zone the disk is has to be said where nobody can be asked")
        os.sync()
        subprocess.run(["cp", "--sparse=always", f"{BENCH}/{disk}.img", f"{kept}/{words[1]}"], check=True)
    else:
        sys.exit(f"gcloud: the bench knows no snapshots {words[0]}")


def boots_again(machine):
    """As when it was switched off and on: what runs is gone, what is on its disk is there."""
    subprocess.run(inside(machine, "systemctl", "poweroff", "--force", "--force"), check=True)
    subprocess.run(inside(machine, "timeout", "30", "/bin/bash", f"{BENCH}/{machine}.sh"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def main(words):
    if words[:2] in (["auth", "login"], ["services", "enable"]) or words[:3] == ["auth", "application-default", "login"]:
        return
    if words[:2] == ["compute", "ssh"]:
        ssh(words[2], words)
    elif words[:3] == ["compute", "instance-groups", "managed"]:
        group(words[3:])
    elif words[:2] == ["compute", "snapshots"]:
        snapshots(words[2:])
    else:
        sys.exit(f"gcloud: the bench knows no {' '.join(words)}")


if __name__ == "__main__":
    main(sys.argv[1:])
