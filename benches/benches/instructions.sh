#!/bin/sh
# Prints instructions per head byte (of a stream: per byte), counted by callgrind, exact for a binary:
#
#   benches/instructions.sh [PARSER...]      ours when none is named; also floor httparse rsipstack ezk rsip
#
# Each count is the difference of two runs, so that start-up is not in it.
set -eu
cd "$(dirname "$0")/.."

# --quiet keeps the table clean; the profile is that of the benches, so that the builds are one.
program=$(cargo build --quiet --profile bench --bin instructions --message-format=json |
    sed -n 's/.*"executable":"\([^"]*instructions\)".*/\1/p')

collected() { # PARSER WORK SET TIMES
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$@" 2>&1 >/dev/null |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

per_byte() { # PARSER WORK SET
    bytes=$("$program" "$@" 0 2>/dev/null) || { echo "-"; return; }
    [ "$bytes" -gt 0 ] || { echo "-"; return; }
    few=$(collected "$@" 2)
    many=$(collected "$@" 12)
    echo "$few $many $bytes" | awk '{ printf "%.1f\n", ($2 - $1) / 10 / $3 }'
}

echo "| parser | work | fixed | VARY |"
echo "|---|---|--:|--:|"
for parser in "${@:-ours}"; do
    works="L1 L2 L3"
    case "$parser" in ours) works="$works stream-whole stream-bytes hop respond" ;; esac
    for work in $works; do
        fixed=$(per_byte "$parser" "$work" fixed)
        [ "$fixed" = "-" ] && continue
        echo "| $parser | $work | $fixed | $(per_byte "$parser" "$work" vary) |"
    done
done
