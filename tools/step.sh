#!/usr/bin/env bash
# Run one step of the set-up or of the tests: one line for people, everything else into a log.
#   tools/step.sh LOG "what it does" COMMAND [ARGUMENTS...]
# The log's tail is shown when the command fails. STEP_SHOW=1 shows all output as it comes; so does
# CI=true, where nobody can look into the log afterwards.
set -uo pipefail
log=$1 title=$2
shift 2
mkdir -p "$(dirname "$log")"
{
    printf '\n== %s ==\n' "$title"
    printf '$ %s\n' "$*"
} >>"$log"

utf8() { [[ "${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" =~ [Uu][Tt][Ff]-?8 ]]; }
if utf8; then ok='✓' bad='✗'; else ok='ok  ' bad='FAIL'; fi
[[ -t 1 ]] && printf '  %s ...' "$title"

start=$SECONDS
if [[ -n "${STEP_SHOW:-}" || "${CI:-}" == true ]]; then
    "$@" 2>&1 | tee -a "$log"
else
    "$@" >>"$log" 2>&1
fi
status=$?
took=$((SECONDS - start))
[[ -t 1 ]] && printf '\r\033[K'
if ((status == 0)); then
    printf '%s %s (%d s)\n' "$ok" "$title" "$took"
else
    printf '%s %s failed (%d s). The end of %s:\n' "$bad" "$title" "$took" "$log"
    tail -n 60 "$log" | sed 's/^/    /'
fi
exit "$status"
