#!/usr/bin/env bash
# Builds the Dockerfile as it stands and drives the container through upload, training, prediction, a kill, a start and a stop: as a non-root user, on a
# read-only root, with every capability dropped. With Docker where an engine answers, else with Podman (and runc where it is installed).
# Needs bash, curl and jq besides; installs nothing, and removes what it made. Ends with 'N passed, N failed'.
#
#   BUILD_OPTIONS='--network host' docker/smoke-test.sh       options for `docker build` or `podman build`
#   RUN_OPTIONS='--ulimit nofile=20000:20000' …               and for `docker run` or `podman run`
set -euo pipefail
cd "$(dirname "$0")/.."

name=sigmoid-smoke-$$
scratch=$(mktemp -d)
passed=0 failed=0
read -ra build_options <<<"${BUILD_OPTIONS:-}"
read -ra run_options <<<"${RUN_OPTIONS:-}"

if docker info >/dev/null 2>&1; then
  engine=(docker)
elif command -v podman >/dev/null; then
  engine=(podman)
  command -v runc >/dev/null && engine+=(--runtime runc)
  build_options+=(--layers=false) # it would keep every step as an image otherwise
else
  echo 'smoke-test.sh: no Docker engine answers, and Podman is missing' >&2
  exit 1
fi

finish() {
  local status=$?
  trap - EXIT
  if [ "$status" != 0 ] || [ "$failed" != 0 ]; then
    "${engine[@]}" logs "$name" 2>&1 | tail -20 || true
  fi
  "${engine[@]}" rm -f "$name" >/dev/null 2>&1 || true
  "${engine[@]}" volume rm "$name" >/dev/null 2>&1 || true
  "${engine[@]}" rmi "localhost/$name" >/dev/null 2>&1 || true
  rm -rf "$scratch"
  # An end before the last step is a failure, whatever the reason.
  [ "$status" = 0 ] || [ "$failed" != 0 ] || failed=1
  echo "$passed passed, $failed failed"
  exit $((failed > 0))
}
trap finish EXIT
trap 'exit 130' INT TERM

now() { date +%s%3N; }
utc() { date -u +%FT%T.%6NZ; }

equal() { # equal WHAT EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then
    passed=$((passed + 1))
    echo "passed: $1"
  else
    failed=$((failed + 1))
    printf 'FAILED: %s\n  expected: %s\n  got:      %s\n' "$1" "$2" "$3"
  fi
}

api() { curl -sS --max-time 60 "${@:2}" "$url/api/v1/$1"; }
post() { api "$1" -H 'Content-Type: application/json' -d "$2" "${@:3}"; }

await_ready() { # the port is the engine's choice, and may be another after each start
  url="http://$("${engine[@]}" port "$name" 8080/tcp | head -n 1)"
  local start ready=000
  start=$(now)
  while [ "$ready" != 200 ] && [ $(($(now) - start)) -lt 30000 ]; do
    sleep 0.05
    ready=$(curl -s --max-time 5 -o /dev/null -w '%{http_code}' "$url/health/ready") || true
  done
  equal "ready within 30 s of $1" 200 "$ready"
  [ "$ready" = 200 ] || exit 1
  echo "        after $(($(now) - start)) ms"
}

succeeds() { # succeeds WHAT ID TIME: the job that was accepted before TIME ends after it, within two minutes
  local job
  for _ in 1 2 3 4; do
    job=$(api "training-jobs/$2" -H 'Prefer: wait=30')
    [ "$(jq -r .finishedAt <<<"$job")" = null ] || break
  done
  equal "$1" '["succeeded",true]' "$(jq -c --arg time "$3" '[.status, .finishedAt >= $time]' <<<"$job")"
}

echo "Building with ${engine[*]}"
start=$(now)
built=0
"${engine[@]}" build --build-arg REVISION=smoke "${build_options[@]}" -t "localhost/$name" . >"$scratch/build" 2>&1 || built=$?
equal 'the image builds' 0 "$built"
[ "$built" = 0 ] || { tail -n 40 "$scratch/build"; exit 1; }
echo "        in $((($(now) - start) / 1000)) s, $(("$("${engine[@]}" image inspect -f '{{.Size}}' "localhost/$name")" / 1000000)) MB"

"${engine[@]}" volume create "$name" >/dev/null
"${engine[@]}" run -d --name "$name" -p 127.0.0.1::8080 -v "$name:/var/lib/sigmoid" --read-only --tmpfs /tmp:size=64m \
  --cap-drop ALL --security-opt no-new-privileges --memory 1g "${run_options[@]}" "localhost/$name" >/dev/null
await_ready 'the first start'

version=$(curl -sS --max-time 60 "$url/version")
equal 'the label says which version answers' "$(jq -r .version <<<"$version")" "$("${engine[@]}" image inspect -f '{{index .Config.Labels "org.opencontainers.image.version"}}' "localhost/$name")"
equal 'the label and the service name the commit' '["smoke","smoke"]' \
  "$(jq -c --arg revision "$("${engine[@]}" image inspect -f '{{index .Config.Labels "org.opencontainers.image.revision"}}' "localhost/$name")" '[.commit, $revision]' <<<"$version")"

process=/proc/$("${engine[@]}" inspect -f '{{.State.Pid}}' "$name")
field() { awk -v field="$1:" '$1 == field { print $2 }' "$process/status"; }
equal 'it runs as the user of the base image, not as root' 1654 "$(field Uid)"
equal 'it has no capability' 0000000000000000 "$(field CapEff)"
equal 'it can gain no privilege' 1 "$(field NoNewPrivs)"
equal 'its root is read-only' ro "$(awk '$5 == "/" { print substr($6, 1, 2) }' "$process/mountinfo")"

# Mails: a line that tells spam from the rest, with noise about it, so that the two can't be separated.
awk 'BEGIN {
  print "free,exclaim,length,spam"
  for (i = 0; i < 2000; i++) {
    for (j = 0; j < 4; j++) { s = (s * 75 + 74) % 65537; u[j] = s / 65537 }
    printf "%.4f,%.4f,%.1f,%d\n", u[0] * 3, u[1], u[2] * 100, (u[0] + u[1] + u[3] > 1.5)
  }
}' >"$scratch/mails.csv"

dataset=$(api 'datasets?name=mails' -H 'Content-Type: text/csv' --data-binary "@$scratch/mails.csv")
equal 'a CSV file becomes a data set' '["mails",2000,["free","exclaim","length","spam"]]' "$(jq -c '[.name, .rows, [.columns[].name]]' <<<"$dataset")"

train='{ "datasetId": "mails", "target": "spam", "modelName": "mails" }'
job=$(post training-jobs "$train" -H 'Prefer: wait=30')
equal 'a training job makes a model' '["succeeded",{"name":"mails","version":1}]' "$(jq -c '[.status, .model]' <<<"$job")"

rows='{ "rows": [{ "free": 2.9, "exclaim": 0.9, "length": 50 }, { "free": 0.1, "exclaim": 0.1, "length": 50 }] }'
prediction=$(post models/mails/predict "$rows")
equal 'the model predicts' '[1,0]' "$(jq -c .labels <<<"$prediction")"
model=$(api models/mails)

# Seconds of work, so that what ends the service comes before the job's end.
long='{ "datasetId": "mails", "target": "spam", "modelName": "long", "solver": "gradient_descent", "maxIterations": 100000 }'
accepted=$(post training-jobs "$long" -w '%{http_code}')
"${engine[@]}" kill -s KILL "$name" >/dev/null
equal 'a job is accepted just before the kill' 202 "${accepted: -3}"
killed=$(utc)
"${engine[@]}" start "$name" >/dev/null
await_ready 'the start after the kill'
equal 'the data set outlives the kill' "$dataset" "$(api datasets/mails)"
equal 'the model outlives the kill' "$model" "$(api models/mails)"
equal 'the same prediction, to the last digit' "$prediction" "$(post models/mails/predict "$rows")"
succeeds 'the job accepted before the kill runs after it' "$(jq -r .id <<<"${accepted%???}")" "$killed"
post training-jobs "$train" -H 'Prefer: wait=30' >/dev/null
equal 'training again gives the same coefficients, to the last digit' "$(jq -c '[.intercept, .coefficients]' <<<"$model")" "$(api models/mails/versions/2 | jq -c '[.intercept, .coefficients]')"

id=$(post training-jobs "$long" | jq -r .id)
start=$(now)
"${engine[@]}" stop -t 15 "$name" >/dev/null
took=$(($(now) - start)) stopped=$(utc)
echo "        stopped after $took ms"
equal 'a stop in the midst of a job is graceful' 0 "$("${engine[@]}" inspect -f '{{.State.ExitCode}}' "$name")"
equal 'a stop takes less than 10 s' 1 $((took < 10000))
"${engine[@]}" start "$name" >/dev/null
await_ready 'the start after the stop'
succeeds 'the job that the stop interrupted runs after the next start' "$id" "$stopped"
