#!/usr/bin/python3
"""A stand-in for what machines call of Google's: objects of a bucket, secrets, and what packages there are. It lets in whom the plan's roles
let in: who asks is known by address, because on the bench's network nobody has another's. Where the file WORLD.json.late holds a number, so
many questions for objects are refused before a role has arrived. WORLD.json.objects has what was put into the bucket later.

usage: google_apis.py WORLD.json     {"machines": {address: e-mail}, "objects": {"bucket/object": file}, "readers": {bucket: [e-mail]},
                                      "secrets": {name: value or null}, "access": {name: [e-mail]}, "adders": {name: [e-mail]}}
"""
import base64
import http.server
import json
import os
import re
import sys

# Of the Ops Agent, for the image that the machines have.
REPOSITORY = "google-cloud-ops-agent-trixie-all"
SECRET = re.compile(r"^/v1/projects/[^/]+/secrets/([^/:]+)(/versions/latest:access|:addVersion)$")


def objects():
    """What is in the bucket now: an apply may have put more there."""
    later = f"{sys.argv[1]}.objects"
    if not os.path.exists(later):
        return WORLD["objects"]
    with open(later, encoding="utf-8") as file:
        return WORLD["objects"] | json.load(file)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status, word):
        self.answer(status, json.dumps({"error": {"code": status, "status": word}}).encode())

    def caller(self):
        """Who asks, with a token; nobody without one."""
        if not self.headers.get("Authorization", "").startswith("Bearer ya29."):
            return None
        return WORLD["machines"].get(self.client_address[0])

    def arrives_later(self):
        """Whether a role that is granted has not reached here yet."""
        late = f"{sys.argv[1]}.late"
        if not os.path.exists(late):
            return False
        with open(late, encoding="utf-8") as file:
            left = int(file.read())
        if left == 0:
            return False
        with open(late, "w", encoding="utf-8") as file:
            file.write(str(left - 1))
        return True

    def do_GET(self):
        if self.path.startswith("/apt/dists/"):
            known = self.path == f"/apt/dists/{REPOSITORY}/Release"
            return self.answer(200, b"", "text/plain") if known else self.refuse(404, "NOT_FOUND")
        caller = self.caller()
        if not caller:
            return self.refuse(401, "UNAUTHENTICATED")
        secret = SECRET.match(self.path)
        if secret:
            return self.secret(caller, secret[1])
        bucket = self.path.split("/")[1]
        if caller not in WORLD["readers"].get(bucket, []) or self.arrives_later():
            return self.refuse(403, "PERMISSION_DENIED")
        file = objects().get(self.path[1:])
        if not file:
            return self.refuse(404, "NOT_FOUND")
        with open(file, "rb") as content:
            return self.answer(200, content.read(), "application/octet-stream")

    def secret(self, caller, name):
        if caller not in WORLD["access"].get(name, []):
            return self.refuse(403, "PERMISSION_DENIED")
        value = WORLD["secrets"].get(name)
        if value is None:
            return self.refuse(404, "NOT_FOUND")
        data = base64.b64encode(value.encode()).decode()
        # As Google's answers are: over several lines.
        return self.answer(200, json.dumps({"name": name, "payload": {"data": data}}, indent=2).encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        caller = self.caller()
        secret = SECRET.match(self.path)
        if not caller:
            return self.refuse(401, "UNAUTHENTICATED")
        if not secret or caller not in WORLD["adders"].get(secret[1], []):
            return self.refuse(403, "PERMISSION_DENIED")
        WORLD["secrets"][secret[1]] = base64.b64decode(json.loads(body)["payload"]["data"]).decode()
        return self.answer(200, b"{}")

    def log_message(self, form, *words):
        print(self.client_address[0], form % words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as world:
        WORLD = json.load(world)
    http.server.ThreadingHTTPServer(("0.0.0.0", 80), Handler).serve_forever()
