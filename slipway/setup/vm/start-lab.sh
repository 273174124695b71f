#!/bin/sh
# Runs in the virtual machine, in the repository: starts the lab, and shows its output until it serves.
setsid ./lab up --no-browser >up.log 2>&1 </dev/null &
lab=$!
tail -n +1 -f up.log &
trap "kill $!" EXIT
until grep -q '^Slipway is ready' up.log; do
    kill -0 $lab 2>/dev/null || exit 1
    sleep 1
done
