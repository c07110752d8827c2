#!/usr/bin/python3
"""A stand-in for Google's agent for OS policies, in a machine of the bench: carries out the resources of policies one after the other and says
what became of each. Packages are Debian's own dpkg's business; the one there is stands for the Ops Agent's.

usage: osconfig.py POLICIES.json http://PACKAGES PACKAGE.deb
"""
import json
import os
import subprocess
import sys
import urllib.request

IN_DESIRED_STATE, NOT_IN_DESIRED_STATE = 100, 101


def run(*words):
    # Nobody answers questions: as apt-get and dpkg are called there.
    ended = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return ended.returncode, ended.stdout


def only(block):
    return block[0] if block else None


def repository(wanted, packages):
    apt = only(wanted["apt"])
    with urllib.request.urlopen(f"{packages}/apt/dists/{apt['distribution']}/Release", timeout=5) as answer:
        answer.read()


def package(wanted, deb):
    name = only(wanted["apt"])["name"]
    for folder in ("info", "updates", "triggers", "parts"):
        os.makedirs(f"/var/lib/dpkg/{folder}", exist_ok=True)
    open("/var/lib/dpkg/status", "a", encoding="utf-8").close()
    if "install ok installed" in run("dpkg-query", "--show", "--showformat=${Status}", name)[1]:
        return
    code, said = run("dpkg", "--install", deb)
    if code:
        raise RuntimeError(said)


def file(wanted):
    content = wanted["content"]
    try:
        with open(wanted["path"], encoding="utf-8") as there:
            if there.read() == content:
                return
    except FileNotFoundError:
        pass
    with open(wanted["path"], "w", encoding="utf-8") as there:
        there.write(content)


def execute(wanted):
    code, said = run("/bin/sh", "-c", only(wanted["validate"])["script"])
    if code == NOT_IN_DESIRED_STATE:
        code, said = run("/bin/sh", "-c", only(wanted["enforce"])["script"])
        if code == IN_DESIRED_STATE:
            code, said = run("/bin/sh", "-c", only(wanted["validate"])["script"])
    if code != IN_DESIRED_STATE:
        raise RuntimeError(f"ended with {code}: {said}")


def main(policies, packages, deb):
    with open(policies, encoding="utf-8") as text:
        policies = json.load(text)
    for policy in policies:
        for group in policy["resource_groups"]:
            for resource in group["resources"]:
                try:
                    if resource.get("repository"):
                        repository(only(resource["repository"]), packages)
                    elif resource.get("pkg"):
                        package(only(resource["pkg"]), deb)
                    elif resource.get("file"):
                        file(only(resource["file"]))
                    elif resource.get("exec"):
                        execute(only(resource["exec"]))
                except (OSError, RuntimeError) as why:
                    sys.exit(f"NON_COMPLIANT {policy['id']}/{resource['id']}: {why}")
        print(f"COMPLIANT {policy['id']}")


if __name__ == "__main__":
    main(*sys.argv[1:])
