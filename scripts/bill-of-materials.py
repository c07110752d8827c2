#!/usr/bin/env python3
"""What the release's programs are made of, as CycloneDX 1.5 JSON: every crate that is linked into one of them, with version, licence,
checksum, and what it depends on. Read from Cargo's own resolution of Cargo.lock; tests' and builds' dependencies are left out.

With --notices it prints, as text, the licences and notices that the crates of others came with, each wording once.

usage: bill-of-materials.py [--notices] PROGRAM...
"""
import json
import pathlib
import re
import subprocess
import sys


def metadata():
    """Cargo's packages by id, and its resolution by id."""
    # Both platforms are Linux and link the same crates.
    command = ["cargo", "metadata", "--locked", "--format-version=1", "--filter-platform=x86_64-unknown-linux-gnu"]
    document = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    packages = {package["id"]: package for package in document["packages"]}
    return packages, {node["id"]: node for node in document["resolve"]["nodes"]}


def checksums():
    """(name, version) to the digest that Cargo.lock holds the crate to."""
    text = pathlib.Path("Cargo.lock").read_text(encoding="utf-8")
    entry = re.compile(r'name = "(.+?)"\nversion = "(.+?)"\nsource = ".+?"\nchecksum = "([0-9a-f]{64})"')
    return {(name, version): digest for name, version, digest in entry.findall(text)}


def linked(node):
    """Ids that a crate links: neither for its build nor for its tests."""
    return [edge["pkg"] for edge in node["deps"] if any(kind["kind"] is None for kind in edge["dep_kinds"])]


def reach(roots, nodes):
    """Everything that is linked from these."""
    seen, left = set(), list(roots)
    while left:
        package = left.pop()
        if package not in seen:
            seen.add(package)
            left.extend(linked(nodes[package]))
    return seen


def component(package, digests):
    """One crate as CycloneDX has it."""
    found = {
        "type": "library",
        "bom-ref": reference(package),
        "name": package["name"],
        "version": package["version"],
        "purl": reference(package),
    }
    if package["license"]:
        found["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    digest = digests.get((package["name"], package["version"]))
    if digest:
        found["hashes"] = [{"alg": "SHA-256", "content": digest}]
    return found


def reference(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


NOTICE_FILE = re.compile(r"(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)


def notices(parts):
    """The licences of others' crates: who is under which words, then the words."""
    bearers = {}
    for package in parts:
        folder = pathlib.Path(package["manifest_path"]).parent
        files = [file for file in sorted(folder.iterdir()) if file.is_file() and NOTICE_FILE.match(file.name)]
        name = f"{package['name']} {package['version']}, {package['license'] or 'see below'}, {package['repository'] or 'no repository named'}"
        if not files:
            # Whoever published it named a licence and left its words out.
            bearers.setdefault("(The crate came without a text of its licence.)", []).append(name)
        for file in files:
            text = file.read_text(encoding="utf-8", errors="replace").strip()
            bearers.setdefault(text, []).append(name)
    print("The programs of the OT booking suite contain these works of others, under the licences below.")
    for text, names in sorted(bearers.items(), key=lambda pair: pair[1]):
        print("\n" + "=" * 100, *names, "-" * 100, text, sep="\n")


def main(programs):
    wants_notices = programs[0] == "--notices"
    programs = programs[wants_notices:]
    packages, nodes = metadata()
    digests = checksums()
    built = {id_: package for id_, package in packages.items()
             if any(target["name"] in programs and "bin" in target["kind"] for target in package["targets"])}
    missing = set(programs) - {target["name"] for package in built.values() for target in package["targets"]}
    if missing:
        sys.exit(f"no package has the program {', '.join(sorted(missing))}")
    parts = sorted(reach(built, nodes), key=lambda id_: reference(packages[id_]))
    if wants_notices:
        return notices([packages[id_] for id_ in parts if packages[id_]["source"]])
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "ot-booking-suite", "bom-ref": "ot-booking-suite"}},
        "components": [component(packages[id_], digests) for id_ in parts],
        "dependencies": [
            {"ref": "ot-booking-suite", "dependsOn": sorted(reference(package) for package in built.values())},
            *({"ref": reference(packages[id_]),
               "dependsOn": sorted({reference(packages[edge]) for edge in linked(nodes[id_])})} for id_ in parts),
        ],
    }
    json.dump(document, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
