"""The mock cloud before Google's own Python libraries.

    cloud.py metadata AUDIENCE JWKS_URL      inside a machine: who it is, by google-auth
    cloud.py iam ENDPOINT                    IAM by google-api-python-client; token on standard input
    cloud.py console ENDPOINT ACCOUNT        the article's console steps, which gcloud does too; token likewise
    cloud.py iam-as-machine ENDPOINT         the same service with the machine's own token
    cloud.py raw PATH                        inside a machine: one answer of the metadata server

Each prints one JSON object.
"""

import http.client
import json
import sys
import urllib.error
import urllib.request

import google.auth
import google.auth.compute_engine
import google.auth.transport.requests
import google.oauth2.credentials
import google.oauth2.id_token
from google.auth import exceptions
from google.auth.compute_engine import _metadata
from googleapiclient import discovery
from googleapiclient.errors import HttpError

# The libraries' own network timeouts are far longer than anything here takes.
PROJECT = "grpc-alts-demo"


def metadata(audience, jwks_url):
    request = google.auth.transport.requests.Request()
    credentials, project = google.auth.default()
    facts = {
        "library": type(credentials).__module__,
        "on_gce": _metadata.is_on_gce(request),
        "ping": _metadata.ping(request),
        "project": project,
        "project_id": _metadata.get_project_id(request),
        "account": _metadata.get_service_account_info(request),
        "id": _metadata.get(request, "instance/id"),
        "instance": _metadata.get(request, "instance/", recursive=True),
        "scopes": _metadata.get(
            request, "instance/service-accounts/default/scopes", params={"alt": "json"}
        ),
    }
    try:
        credentials.refresh(request)
        facts["token"] = credentials.token
        facts["email"] = credentials.service_account_email
        facts["valid"] = credentials.valid
        identity = google.auth.compute_engine.IDTokenCredentials(
            request, audience, use_metadata_identity_endpoint=True
        )
        identity.refresh(request)
        facts["identity"] = identity.token
        facts["claims"] = google.oauth2.id_token.verify_token(
            identity.token, request, audience=audience, certs_url=jwks_url
        )
        fetched = google.oauth2.id_token.fetch_id_token(request, audience)
        facts["fetched"] = google.oauth2.id_token.verify_token(
            fetched, request, audience=audience, certs_url=jwks_url
        )
        try:
            google.oauth2.id_token.verify_token(
                identity.token, request, audience="https://somebody.else", certs_url=jwks_url
            )
            facts["other_audience"] = "accepted"
        except Exception as error:  # each library version has its own type
            facts["other_audience"] = type(error).__name__
    except exceptions.RefreshError as error:
        facts["refused"] = str(error)
    return facts


def service(endpoint, credentials):
    return discovery.build(
        "iam",
        "v1",
        static_discovery=True,
        credentials=credentials,
        client_options={"api_endpoint": endpoint},
    ).projects().serviceAccounts()


def refusal(request):
    """The error that a request ends with, as the library understands it."""
    try:
        request.execute()
    except HttpError as error:
        envelope = json.loads(error.content)["error"]
        return [envelope["code"], envelope["status"], error.reason]
    return None


def plain_refusal(url, token):
    """The same without the library, which answers a 401 by asking Google for another token."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20)
    except urllib.error.HTTPError as error:
        envelope = json.loads(error.read())["error"]
        challenge = error.headers["WWW-Authenticate"].split(" ")[0]
        return [envelope["code"], envelope["status"], envelope["message"], challenge]
    return None


def iam(endpoint):
    token = sys.stdin.read().strip()
    accounts = service(endpoint, google.oauth2.credentials.Credentials(token))
    name = f"projects/{PROJECT}"
    seen = {}
    created = [
        accounts.create(
            name=name,
            body={
                "accountId": f"python-{number:03}",
                "serviceAccount": {"displayName": f"Number {number}", "description": "made"},
            },
        ).execute()
        for number in range(25)
    ]
    seen["created"] = created[0]
    seen["got"] = accounts.get(name=created[0]["name"]).execute()
    seen["by_number"] = accounts.get(name=f"projects/-/serviceAccounts/{created[0]['uniqueId']}").execute()

    emails, pages, request = [], 0, accounts.list(name=name, pageSize=10)
    while request is not None:
        page = request.execute()
        emails += [account["email"] for account in page["accounts"]]
        pages += 1
        request = accounts.list_next(request, page)
    seen["pages"], seen["emails"] = pages, emails

    first = created[0]["name"]
    accounts.disable(name=first).execute()
    accounts.disable(name=first, body={}).execute()
    seen["disabled"] = accounts.get(name=first).execute()
    accounts.enable(name=first).execute()
    seen["enabled"] = accounts.get(name=first).execute()

    accounts.delete(name=first).execute()
    by_number = f"{name}/serviceAccounts/{created[0]['uniqueId']}"
    body = {"accountId": "python-000"}
    seen["refusals"] = {
        "deleted": refusal(accounts.get(name=first)),
        "deleted twice": refusal(accounts.delete(name=first)),
        "exists": refusal(accounts.create(name=name, body={"accountId": "python-001"})),
        "bad id": refusal(accounts.create(name=name, body={"accountId": "No"})),
        "page token": refusal(accounts.list(name=name, pageToken="!")),
        "other project": refusal(accounts.list(name="projects/another-project")),
        "no undelete": refusal(accounts.undelete(name=f"{name}/serviceAccounts/123456789012345678901")),
        "bad token": plain_refusal(f"{endpoint}v1/{name}/serviceAccounts", "ya29.c.nonsense"),
        "no token": plain_refusal(f"{endpoint}v1/{name}/serviceAccounts", None),
    }
    seen["restored"] = accounts.undelete(name=by_number, body={}).execute()["restoredAccount"]
    accounts.delete(name=first).execute()
    accounts.create(name=name, body=body).execute()
    seen["refusals"]["name taken"] = refusal(accounts.undelete(name=by_number))
    return seen


def console(endpoint, account):
    accounts = service(endpoint, google.oauth2.credentials.Credentials(sys.stdin.read().strip()))

    def disabled():
        page = accounts.list(name=f"projects/{PROJECT}").execute()
        return [account["email"] for account in page["accounts"] if account.get("disabled")]

    named = f"projects/-/serviceAccounts/{account}"
    seen = {"before": disabled()}
    accounts.disable(name=named).execute()
    seen["disabled"] = disabled()
    accounts.enable(name=named).execute()
    seen["enabled"] = disabled()
    nobody = f"projects/-/serviceAccounts/nobody@{PROJECT}.iam.gserviceaccount.com"
    seen["nobody"] = refusal(accounts.disable(name=nobody))
    return seen


def iam_as_machine(endpoint):
    credentials, _ = google.auth.default()
    accounts = service(endpoint, credentials)
    name = f"projects/{PROJECT}"
    try:
        page = accounts.list(name=name).execute()
        return {"emails": [account["email"] for account in page["accounts"]]}
    except HttpError as error:
        envelope = json.loads(error.content)["error"]
        return {"refused": [envelope["code"], envelope["status"], envelope["details"][0]["reason"]]}


def raw(path):
    connection = http.client.HTTPConnection("metadata.google.internal", timeout=20)
    connection.request("GET", path, headers={"Metadata-Flavor": "Google"})
    answer = connection.getresponse()
    return {
        "status": answer.status,
        "headers": {name.lower(): value for name, value in answer.getheaders()},
        "body": answer.read().decode(),
    }


ROLES = {
    "metadata": metadata,
    "iam": iam,
    "console": console,
    "iam-as-machine": iam_as_machine,
    "raw": raw,
}

if __name__ == "__main__":
    print(json.dumps(ROLES[sys.argv[1]](*sys.argv[2:])))
