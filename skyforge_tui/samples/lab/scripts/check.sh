#!/bin/sh
# Looks at this machine some rounds long, and writes a report.
# usage: check.sh ROUNDS quiet|normal|loud
set -eu

rounds=$1
level=$2
report=reports/check.txt

mkdir -p reports
: > "$report"

round=1
while [ "$round" -le "$rounds" ]; do
    load=$(uptime | sed 's/.*load average[s]*: *//')
    echo "round $round of $rounds: load $load" >> "$report"
    if [ "$level" != quiet ]; then
        printf '\033[32mround %s of %s\033[0m  load %s\n' "$round" "$rounds" "$load"
    fi
    if [ "$level" = loud ]; then
        df -h .
    fi
    if [ "$round" -lt "$rounds" ]; then
        sleep 1
    fi
    round=$((round + 1))
done

token=${SKYFORGE_SECRET_TOKEN:-}
if [ -n "$token" ]; then
    echo "a token of ${#token} characters was given"
fi

# A line of this form keeps a file with the run, as `artifacts` in skyforge.toml does. Another,
# SKYFORGE_OUTPUT NAME=WORDS, says that a lab called NAME is there now.
echo "SKYFORGE_ARTIFACT report=$report"
