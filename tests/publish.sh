#!/usr/bin/env bash
# Publishes as a machine does that has never published: from a copy of the sources, with an empty package cache and locked package versions, for this platform and for the other one of the
# image. The first is then started and asked. Needs curl; keeps nothing. Ends with 'N passed, N failed'.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
passed=0 failed=0 service=
finish() {
  local status=$?
  trap - EXIT
  [ -z "$service" ] || kill "$service" 2>/dev/null || true
  rm -rf "$scratch"
  # An end before the last step is a failure, whatever the reason.
  [ "$status" = 0 ] || [ "$failed" != 0 ] || failed=1
  echo "$passed passed, $failed failed"
  exit $((failed > 0))
}
trap finish EXIT

check() { # check WHAT STATUS: 0 has passed
  if [ "$2" = 0 ]; then
    passed=$((passed + 1))
    echo "passed: $1"
  else
    failed=$((failed + 1))
    echo "FAILED: $1"
  fi
}

mkdir "$scratch/source"
cp -r .editorconfig global.json Directory.Build.props Directory.Packages.props src "$scratch/source"
export NUGET_PACKAGES=$scratch/packages CI=true

run() { # run COMMAND...
  local start=$SECONDS status=0
  (cd "$scratch/source" && "$@") || status=$?
  check "${*//$scratch\//}" "$status"
  echo "        in $((SECONDS - start)) s"
}

run dotnet publish src/SigmoidApi -c Release --verbosity quiet -nologo --output "$scratch/here"
# As the Dockerfile does it: locked versions are of both platforms together, so one restore serves both.
run dotnet restore src/SigmoidApi --locked-mode --verbosity quiet -p:PublishReadyToRun=true
run dotnet publish src/SigmoidApi --no-restore --arch arm64 --no-self-contained --verbosity quiet -nologo --output "$scratch/arm64" -p:PublishReadyToRun=true -p:UseAppHost=false -p:RunAnalyzers=false

dotnet "$scratch/here/SigmoidApi.dll" --urls http://127.0.0.1:0 --Storage:Directory="$scratch/data" >"$scratch/log" 2>&1 &
service=$!
url=
for _ in $(seq 300); do
  url=$(sed -nE 's/.*"address":"([^"]+)".*/\1/p' "$scratch/log" | head -n 1)
  [ -z "$url" ] && kill -0 "$service" 2>/dev/null || break
  sleep 0.1
done
ready=0
curl -sS --fail --retry 10 --retry-delay 1 --retry-all-errors --max-time 60 "$url/health/ready" >/dev/null || ready=$?
check 'what was published starts' "$ready"
[ "$ready" = 0 ] || cat "$scratch/log"
answer=$(curl -sS --max-time 60 -H 'Content-Type: application/json' -d '{ "values": 0 }' "$url/api/v1/sigmoid" || true)
[ "$answer" = '{"values":0.5}' ] && same=0 || same=1
check 'and computes' "$same"
