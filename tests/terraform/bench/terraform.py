#!/usr/bin/python3
"""terraform on the bench: the real one, and after an apply the accounts of mock-gce are made to be as the state says. The stub that stands
for Google's provider changes nothing in any cloud; this is where what it was told happens."""
import json
import os
import subprocess
import sys
import urllib.request


def accounts(module):
    for resource in module.get("resources", []):
        if resource["type"] == "google_service_account":
            yield resource["values"]["email"], resource["values"]["disabled"]
    for child in module.get("child_modules", []):
        yield from accounts(child)


def main(words):
    terraform = os.environ["REAL_TERRAFORM"]
    ended = subprocess.run([terraform, *words], check=False).returncode
    if ended or "apply" not in words:
        return ended
    chdir = [word for word in words if word.startswith("-chdir=")]
    shown = subprocess.run([terraform, *chdir, "show", "-json"], check=True, stdout=subprocess.PIPE).stdout
    variables = subprocess.run([os.environ["MOCK_GCE"], "env"], check=True, stdout=subprocess.PIPE, text=True).stdout
    variables = dict(line.removeprefix("export ").replace("'", "").split("=", 1) for line in variables.splitlines())
    with open(variables["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"], encoding="utf-8") as file:
        token = file.read().strip()
    for email, disabled in accounts(json.loads(shown)["values"]["root_module"]):
        verb = "disable" if disabled else "enable"
        api = variables["CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM"]
        request = urllib.request.Request(f"{api}v1/projects/-/serviceAccounts/{email}:{verb}", data=b"{}", method="POST",
                                         headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=20).close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
