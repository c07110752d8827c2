#!/usr/bin/env bash
# What a machine's services fetch from Secret Manager before they start, and what the authority keeps there.
#
#   trust restore-key         the authority's root keys, if this machine does not have them
#   trust publish             the same the other way round, and the public halves for everybody
#   trust handshaker-config   serve.toml with the public halves in it
#   trust database            the backend's database, password included, and the certificate that it has to prove; what was read before stays
#                             when it cannot be read again
#
# Runs as the service's own user: anybody on this machine may ask the metadata server for the machine's token, and what the token may
# read is decided by IAM. Settings come from the unit: PROJECT, SECRETS (the API's address), KEY_SECRET, ROOTS_SECRET, DATABASE_SECRET.
set -euo pipefail
umask 077

readonly METADATA=http://metadata.google.internal/computeMetadata/v1

die() {
  echo "trust: $*" >&2
  exit 1
}

# Headers with the machine's token, for curl's standard input: not on its command line, where other users see it.
authorization() {
  local answer
  answer=$(curl --silent --show-error --fail --retry 5 --retry-connrefused --max-time 30 --header 'Metadata-Flavor: Google' \
    "$METADATA/instance/service-accounts/default/token") ||
    die 'the metadata server gives no token: is the machine'"'"'s service account disabled?'
  echo "Authorization: Bearer $(sed --quiet 's/.*"access_token" *: *"\([^"]*\)".*/\1/p' <<< "$answer")"
}

# latest SECRET: its newest version on standard output. Status 3 when there is none yet, which is not the same as not being let in.
latest() {
  local answer
  # The status goes behind the body, on a line of its own.
  answer=$(authorization | curl --silent --show-error --max-time 30 --header @- --write-out '\n%{http_code}' \
    "$SECRETS/v1/projects/$PROJECT/secrets/$1/versions/latest:access") || die "Secret Manager cannot be reached at $SECRETS"
  case ${answer##*$'\n'} in
    200) tr -d '\n' <<< "${answer%$'\n'*}" | sed --quiet 's/.*"data" *: *"\([^"]*\)".*/\1/p' | base64 --decode ;;
    404) return 3 ;;
    403) die "reading the secret $1 is not allowed: has the role on it reached this machine's account yet?" ;;
    *)   die "Secret Manager answered ${answer##*$'\n'} for the secret $1" ;;
  esac
}

# store SECRET FILE: a new version, unless the newest one is the same.
store() {
  local known status=0
  known=$(mktemp)
  latest "$1" > "$known" || status=$?
  [ "$status" = 0 ] || [ "$status" = 3 ] || exit "$status"
  if [ "$status" = 0 ] && cmp --silent "$known" "$2"; then
    rm -f "$known"
    return
  fi
  rm -f "$known"
  printf '{"payload":{"data":"%s"}}' "$(base64 --wrap=0 < "$2")" |
    curl --silent --show-error --fail --max-time 30 --output /dev/null --header @<(authorization) \
      --header 'Content-Type: application/json' --data @- "$SECRETS/v1/projects/$PROJECT/secrets/$1:addVersion" ||
    die "the secret $1 did not take a new version"
  echo "trust: the secret $1 has a new version"
}

case ${1:-} in
  restore-key)
    key=$STATE_DIRECTORY/authority.json
    [ ! -e "$key" ] || exit 0
    new=$(mktemp "$key.XXXXXX")
    status=0
    latest "$KEY_SECRET" > "$new" || status=$?
    case $status in
      0) mv "$new" "$key" && echo "trust: the root keys are back from the secret $KEY_SECRET" ;;
      3) rm -f "$new"; echo "trust: the secret $KEY_SECRET has no version yet: the authority will make its root key" ;;
      *) rm -f "$new"; exit "$status" ;;
    esac
    ;;
  publish)
    for _ in $(seq 60); do
      roots=$(alts-handshaker authority roots --admin "$ADMIN" --output json 2> /dev/null) && break
      sleep 0.5
    done
    [ -n "${roots:-}" ] || die "the authority does not answer at $ADMIN"
    # First the key: roots that nobody can sign for any more would shut everybody out.
    store "$KEY_SECRET" "$STATE_DIRECTORY/authority.json"
    file=$(mktemp)
    trap 'rm -f "$file"' EXIT
    # Without the time, which changes with every question.
    grep --only-matching '"[0-9a-f]\{64\}"' <<< "$roots" > "$file"
    store "$ROOTS_SECRET" "$file"
    ;;
  handshaker-config)
    status=0
    roots=$(latest "$ROOTS_SECRET") || status=$?
    case $status in
      0) ;;
      3) die "the authority has published no root key yet: this is tried again until it has" ;;
      *) exit "$status" ;;
    esac
    roots=$(grep --only-matching '"[0-9a-f]\{64\}"' <<< "$roots" | paste --serial --delimiters=,) ||
      die "the secret $ROOTS_SECRET holds no root key"
    sed "s/^roots = .*/roots = [$roots]/" /etc/alts-handshaker/serve.toml > "$RUNTIME_DIRECTORY/serve.toml"
    ;;
  database)
    status=0
    said=$(latest "$DATABASE_SECRET") || status=$?
    if [ "$status" != 0 ] && [ -e "$RUNTIME_DIRECTORY/database.env" ]; then
      echo "trust: going on with the database that was read when this program was last started"
      exit
    fi
    [ "$status" != 3 ] || die "the secret $DATABASE_SECRET has no version yet: this is tried again until it has"
    [ "$status" = 0 ] || exit "$status"
    # The URL is the first line, the certificate the others.
    grep --quiet 'BEGIN CERTIFICATE' <<< "$said" || die "the secret $DATABASE_SECRET holds no certificate of the database"
    ca=$RUNTIME_DIRECTORY/database-ca.pem
    echo "${said#*$'\n'}" > "$ca"
    # The file stands in place of the authorities that the machine trusts otherwise, not beside them.
    printf '%s=%s\n' OT_DATABASE_URL "${said%%$'\n'*}" SSL_CERT_FILE "$ca" > "$RUNTIME_DIRECTORY/database.env"
    ;;
  *) die 'say restore-key, publish, handshaker-config or database' ;;
esac
