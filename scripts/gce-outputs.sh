# What Terraform put out, for gce-smoke and gce-drill; sourced, never run.
# shellcheck shell=bash

die() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

# output NAME [KEY]...: one of the deployment's outputs, or a part of it; nothing when it is not there. An example keeps its outputs
# under the name of its module.
output() {
  python3 -c '
import json, sys
value = json.loads(sys.argv[1])
value = value["ot_booking"]["value"] if "ot_booking" in value else {name: said["value"] for name, said in value.items()}
for key in sys.argv[2:]:
    try:
        value = value[int(key) if key.isdigit() else key]
    except (KeyError, IndexError):
        sys.exit(0)
print("\n".join(value) if isinstance(value, (dict, list)) and not any(isinstance(item, dict) for item in value) else value)
' "$outputs" "$@"
}

# status: of the article's call, made now by a new process.
status() {
  local said
  if said=$(bash -c "$(output article_call)" 2>&1 < /dev/null); then
    echo OK
  else
    grep --only-matching --extended-regexp 'booking-client: [A-Z_]+' <<< "$said" | tail -n 1 | cut -d ' ' -f 2
  fi
}

folder=${1:-$(dirname "$0")/../terraform}
outputs=$(terraform -chdir="$folder" output -json) || die "there is nothing applied in $folder"
[ -n "$(output article_call)" ] || die "$folder has no outputs of the suite; apply it first"
