#!/usr/bin/python3
"""terraform on the bench: the real one, and after an apply the accounts of mock-gce are made to be as the state says, and machines that were
made anew lose all that was theirs and boot. The stub that stands for Google's provider changes nothing in any cloud; this is where what it was
told happens: what is in the bucket now, and what machines boot with."""
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request

ENTER = os.environ.get("BENCH", "") + "/enter"
GONE = "systemctl poweroff --force --force && cd / && umount --recursive /run /var/log /var/lib /usr/local /etc /dev/disk/by-id"


def resources(module):
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from resources(child)


def written(disk):
    """What a disk that was made anew has on it: what is in the snapshot that it was made from, or nothing."""
    bench = os.environ["BENCH"]
    with open(f"{bench}/{disk['name']}.img", "r+b") as device:
        if disk["snapshot"]:
            with open(f"{bench}/snapshots/{disk['snapshot']}", "rb") as image:
                shutil.copyfileobj(image, device)
        else:
            room = device.seek(0, os.SEEK_END)
            device.seek(0)
            device.write(bytes(room))


def made_anew(said, state):
    """Machines and disks that were destroyed and created: what was granted on a machine is gone with it, unless it was granted again after
    that. A disk is written while no machine has it."""
    bench = os.environ["BENCH"]
    done = re.findall(r"^(.+): (Destruction|Creation) complete", said, flags=re.M)
    gone = {address for address, what in done if what == "Destruction"}
    made = {address for address, what in done if what == "Creation"}
    every = list(resources(state))
    disks = {one["values"]["name"]: one["values"] for one in every if one["type"] == "google_compute_disk" and one["address"] in gone & made}
    for machine in every:
        if machine["type"] != "google_compute_instance" or machine["address"] not in gone & made:
            continue
        name = machine["values"]["name"]
        with open(f"{bench}/logins.json", encoding="utf-8") as file:
            logins = json.load(file)
        granted = {(grant["values"].get("instance_name") or grant["values"].get("instance"), grant["values"]["member"])
                   for grant in every if grant["address"] in made and grant["type"].endswith("_instance_iam_member")}
        for kind in ("instances", "tunnels"):
            logins[kind] = [grant for grant in logins[kind] if grant["on"] != name or (name, grant["member"]) in granted]
        with open(f"{bench}/logins.json", "w", encoding="utf-8") as file:
            json.dump(logins, file)
        inside = [os.environ["MOCK_GCE"], "exec", name, "--", ENTER, f"{bench}/machines/{name}"]
        subprocess.run([*inside, "/bin/sh", "-c", GONE], check=True)
        subprocess.run(["rm", "--recursive", "--force", f"{bench}/machines/{name}"], check=True)
        for attached in machine["values"].get("attached_disk") or []:
            if attached["source"].rsplit("/", 1)[-1] in disks:
                written(disks[attached["source"].rsplit("/", 1)[-1]])
        subprocess.run([*inside, "/bin/bash", f"{bench}/{name}.sh"], check=True, stdout=subprocess.DEVNULL)


def brought(folder, state):
    """What the apply brought: objects beside those that were there, and the startup scripts that machines boot with from now on."""
    bench = os.environ["BENCH"]
    every = list(resources(state))
    path, objects = f"{bench}/world.json.objects", {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            objects = json.load(file)
    for one in every:
        if one["type"] == "google_storage_bucket_object":
            objects[f"{one['values']['bucket']}/{one['values']['name']}"] = os.path.join(folder, one["values"]["source"])
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        json.dump(objects, file)
    os.rename(f"{path}.new", path)
    for machine in every:
        if machine["type"] == "google_compute_instance":
            with open(f"{bench}/{machine['values']['name']}.sh", "w", encoding="utf-8") as file:
                file.write(machine["values"]["metadata"]["startup-script"])


def main(words):
    terraform = os.environ["REAL_TERRAFORM"]
    if "apply" not in words or "MOCK_GCE" not in os.environ:
        os.execv(terraform, [terraform, *words])
    with subprocess.Popen([terraform, *words], stdout=subprocess.PIPE, text=True) as running:
        said = running.stdout.read()
    sys.stdout.write(said)
    if running.returncode:
        return running.returncode
    chdir = [word for word in words if word.startswith("-chdir=")]
    shown = subprocess.run([terraform, *chdir, "show", "-json"], check=True, stdout=subprocess.PIPE).stdout
    variables = subprocess.run([os.environ["MOCK_GCE"], "env"], check=True, stdout=subprocess.PIPE, text=True).stdout
    variables = dict(line.removeprefix("export ").replace("'", "").split("=", 1) for line in variables.splitlines())
    with open(variables["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"], encoding="utf-8") as file:
        token = file.read().strip()
    state = json.loads(shown)["values"]["root_module"]
    for account in resources(state):
        if account["type"] != "google_service_account":
            continue
        email, verb = account["values"]["email"], "disable" if account["values"]["disabled"] else "enable"
        api = variables["CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM"]
        request = urllib.request.Request(f"{api}v1/projects/-/serviceAccounts/{email}:{verb}", data=b"{}", method="POST",
                                         headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=20).close()
    brought(os.path.abspath(chdir[0].removeprefix("-chdir=") if chdir else "."), state)
    made_anew(re.sub(r"\x1b\[[0-9;]*m", "", said), state)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
