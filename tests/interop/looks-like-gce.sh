#!/usr/bin/env bash
# Runs a command in a world that looks like a Google Compute Engine VM to gRPC's ALTS libraries.
# To be called inside fresh mount and network namespaces:
#
#   unshare --map-root-user --mount --net -- bash looks-like-gce.sh COMMAND...
#
# Loopback only, no way out: port 8080 of `metadata.google.internal.` is whatever COMMAND starts there.
# METADATA_ADDRESS is another loopback address for that name, so that a second mount namespace in the
# same network is a second machine with a handshaker of its own.
set -euo pipefail

ip link set lo up
mount -t tmpfs -o mode=755 none /sys/class
mkdir -p /sys/class/dmi/id
echo 'Google Compute Engine' > /sys/class/dmi/id/product_name

# The spelling with the trailing dot is the one that C-core looks up.
hosts=/sys/class/hosts
echo '127.0.0.1 localhost' > "$hosts"
grep --invert-match metadata.google.internal /etc/hosts >> "$hosts" || true
echo "${METADATA_ADDRESS:-127.0.0.1} metadata.google.internal metadata.google.internal." >> "$hosts"
mount --bind "$hosts" /etc/hosts

exec "$@"
