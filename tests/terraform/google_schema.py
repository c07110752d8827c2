#!/usr/bin/env python3
"""The Google provider's schema, for the types that a Terraform configuration uses, read out of a package of bindings.

usage: google_schema.py WHEEL CONFIGURATION OUT.json

Terraform's provider for Google cannot be had where the tests run, but bindings that are generated from its schema can: a class for each
block, an accessor for each argument with its flags in a comment, and lists of allowed words in the documentation. This turns them back
into what `terraform providers schema -json` prints, plus `one_of` where an argument takes only certain words.

What bindings do not say, and this therefore cannot: patterns of names, arguments that exclude each other, what forces replacement.
"""
import base64
import io
import json
import pathlib
import re
import sys
import tarfile
import zipfile

PRIMITIVES = {"String": "string", "Boolean": "bool", "Number": "number"}

ACCESSOR = re.compile(r"^ +// (\w+) - computed: (true|false), optional: (true|false), required: (true|false)", re.M)
CLASS = re.compile(r"^(?:export )?class (\w+) extends [\w.]+ \{", re.M)
INTERFACE = re.compile(r"^export interface (\w+?) (?:extends [\w.]+ )?\{(.*?)^\}", re.M | re.S)
OPTION = re.compile(r"/\*\*((?:(?!\*/).)*?)\*/\s+readonly (\w+)\??:", re.S)
USED = re.compile(r'^(resource|data)\s+"(google_\w+)"', re.M)

# How far behind its comment an accessor's type stands at most.
ACCESSOR_CHARS = 1200


def used_types(configuration):
    """Types that the configuration's files name, of resources and, with `data.` before them, of data sources."""
    found = set()
    for path in pathlib.Path(configuration).rglob("*.tf"):
        for kind, name in USED.findall(path.read_text(encoding="utf-8")):
            found.add(name if kind == "resource" else f"data.{name}")
    return sorted(found)


def bindings(wheel, types):
    """{type: {file name: text}}."""
    folders = {name.replace("data.google_", "data-google-").removeprefix("google_").replace("_", "-"): name for name in types}
    files = {name: {} for name in types}
    with zipfile.ZipFile(wheel) as archive:
        inner = next(name for name in archive.namelist() if name.endswith(".jsii.tgz"))
        with tarfile.open(fileobj=io.BytesIO(archive.read(inner))) as package:
            for member in package:
                parts = member.name.split("/")
                if member.isfile() and len(parts) >= 4 and parts[1] == "lib" and parts[2] in folders and parts[-1].endswith((".js", ".d.ts")):
                    files[folders[parts[2]]]["/".join(parts[3:])] = package.extractfile(member).read().decode("utf-8")
    return files


def typescript(javascript):
    """The source that a compiled file carries in its source map."""
    found = re.search(r"^//# sourceMappingURL=data:application/json;base64,(.*)$", javascript, flags=re.M)
    return json.loads(base64.b64decode(found[1]))["sourcesContent"][0] if found else javascript


def accessor_type(name, body):
    """(type, None) of a plain argument, or (None, (class, nesting)) of a block."""
    found = re.search(r"new (\w+?)(List|Map|OutputReference)\(this, \"%s\"(?:, (true|false))?\)" % re.escape(name), body)
    if found:
        nesting = {"OutputReference": "one", "Map": "map"}.get(found[2]) or ("set" if found[3] == "true" else "list")
        return None, (found[1] + "OutputReference", nesting)
    found = re.search(r"new cdkt[fn]\.(String|Boolean|Number|Any)Map\(this", body)
    if found:
        return ["map", PRIMITIVES.get(found[1], "dynamic")], None
    found = re.search(r"new cdkt[fn]\.(String|Boolean|Number)MapList\(this, \"\w+\", (true|false)", body)
    if found:
        return ["set" if found[2] == "true" else "list", ["map", PRIMITIVES[found[1]]]], None
    found = re.search(r"(Fn\.tolist\()?this\.get(\w+?)(List|Map)?Attribute\(", body)
    if not found:
        return "dynamic", None
    as_set, kind, collection = found[1], found[2], found[3]
    if kind == "List":
        return ["set" if as_set else "list", "string"], None
    plain = PRIMITIVES.get(kind, "dynamic")
    if collection == "List":
        return ["set" if as_set else "list", plain], None
    return (["map", plain] if collection == "Map" else plain), None


def classes(files):
    """{class: {argument: what is known of it}} and the joined source."""
    found, whole = {}, ""
    for name in sorted(name for name in files if name.endswith(".js") and (name == "index.js" or "structs" in name)):
        source = typescript(files[name])
        whole += source
        starts = list(CLASS.finditer(source))
        for start, following in zip(starts, [*[m.start() for m in starts[1:]], len(source)]):
            body = source[start.start():following]
            accessors = list(ACCESSOR.finditer(body))
            arguments = {}
            for at, accessor in enumerate(accessors):
                end = accessors[at + 1].start() if at + 1 < len(accessors) else accessor.end() + ACCESSOR_CHARS
                plain, nested = accessor_type(accessor[1], body[accessor.end():end])
                flags = {flag: True for flag, word in zip(("computed", "optional", "required"), accessor.groups()[1:]) if word == "true"}
                arguments[accessor[1]] = {"flags": flags, "type": plain, "nested": nested}
            found[start[1]] = arguments
    return found, whole


def words(files):
    """{interface: {argument: allowed words}} from the documentation of options."""
    found = {}
    for name, text in files.items():
        if not name.endswith(".d.ts"):
            continue
        for interface in INTERFACE.finditer(text):
            for comment, _ in OPTION.findall(interface[2]):
                allowed = re.search(r"Possible values: (\[[^\]]*\])", comment)
                argument = re.search(r"#(\w+) \w+#", comment)
                if allowed and argument:
                    try:
                        found.setdefault(interface[1], {})[argument[1]] = json.loads(allowed[1])
                    except ValueError:
                        pass  # prose, not a list
    return found


def object_type(known, name, above=()):
    """The type of a block that is only reported."""
    if name in above or name not in known:
        return ["object", {}]
    fields = {}
    for argument, said in known[name].items():
        if said["nested"] is None:
            fields[argument] = said["type"]
        else:
            inner, nesting = said["nested"]
            fields[argument] = ["list" if nesting == "one" else nesting, object_type(known, inner, (*above, name))]
    return ["object", fields]


def block(known, allowed, name, above=()):
    """A block as Terraform prints it."""
    if name in above or name not in known:
        return {}
    interface = name.removesuffix("OutputReference") if name.endswith("OutputReference") else name + "Config"
    attributes, blocks = {}, {}
    for argument, said in known[name].items():
        if said["nested"] is None:
            attributes[argument] = {"type": said["type"], **said["flags"]}
            if allowed.get(interface, {}).get(argument):
                attributes[argument]["one_of"] = allowed[interface][argument]
            if argument.endswith("_wo"):
                attributes[argument]["write_only"] = True
            continue
        inner, nesting = said["nested"]
        if said["flags"].get("computed"):
            attributes[argument] = {"type": ["list" if nesting == "one" else nesting, object_type(known, inner)], **said["flags"]}
            continue
        blocks[argument] = {"nesting_mode": "list" if nesting == "one" else nesting, "block": block(known, allowed, inner, (*above, name))}
        if argument == "timeouts":
            blocks[argument]["nesting_mode"] = "single"
        elif nesting == "one":
            blocks[argument]["max_items"] = 1
        if said["flags"].get("required"):
            blocks[argument]["min_items"] = 1
    return {"attributes": attributes, "block_types": blocks}


def schema(files):
    """A type's block, and the provider's version that its bindings name."""
    known, source = classes(files)
    top = next(name for name in known if re.search(r"class %s extends cdkt[fn]\.Terraform(Resource|DataSource) " % name, source))
    version = re.search(r"providerVersion: '([\d.]+)'", source)
    return block(known, words(files), top), version and version[1]


def main(wheel, configuration, out):
    types = used_types(configuration)
    resources, sources, versions = {}, {}, set()
    for name, files in bindings(wheel, types).items():
        if not files:
            sys.exit(f"{wheel} has no bindings for {name}")
        block_of, version = schema(files)
        (sources if name.startswith("data.") else resources)[name.removeprefix("data.")] = block_of
        versions.add(version)
    document = {"provider_version": versions.pop(), "types": types, "resource_schemas": resources, "data_source_schemas": sources}
    pathlib.Path(out).write_text(json.dumps(document, indent=1, sort_keys=True), encoding="utf-8")
    print(f"{out}: {len(types)} types of provider {document['provider_version']}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
