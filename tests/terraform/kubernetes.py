#!/usr/bin/env python3
"""Manifests before Kubernetes' own schemas, without a cluster.

usage: kubernetes.py VERSION[,VERSION…] MANIFESTS.yaml…

Prints for each file its objects as JSON, and what their schemas say about them: [{"objects": […], "problems": […]}, …]. Strict: a field that
a schema does not know is a problem, as `kubectl apply` would have it. An object that no schema is for is one, too.
"""
import json
import sys

import kubernetes_validate
import yaml

# What was found about an object, by its text: files are often the same but for one.
known = {}


def problems_of(found, version):
    """What the schemas of a release say about an object."""
    name = f"{found.get('kind')} {found.get('metadata', {}).get('name')} ({version})"
    try:
        kubernetes_validate.validate(found, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return [f"{name}: {'.'.join(str(step) for step in error.path)}: {error.message}"]
    except kubernetes_validate.SchemaNotFoundError as error:
        return [f"{name}: {error}"]
    return []


judged = []
versions = sys.argv[1].split(",")
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        objects = [found for found in yaml.load_all(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) if found is not None]
    problems = []
    for version in versions:
        for found in objects:
            key = version + json.dumps(found)
            if key not in known:
                known[key] = problems_of(found, version)
            problems += known[key]
    judged.append({"objects": objects, "problems": problems})
print(json.dumps(judged))
