#!/usr/bin/env bash
# Builds everything without a warning and runs every test. Installs what the tests need where it is missing, and says so.
#
#   ./test.sh [OPTION...]      options go to the test runner: ./test.sh --filter-class '*CancelTests'
#   ./test.sh --quick          leaves out the classes that are marked as slow, for use while working
#   VECTOR_BITS=256 ./test.sh  the numeric loops use vectors of 512, 256 or 128 bits, or none (0), instead of the machine's widest. With 128 and 0 there
#                              is no fused multiply-add instruction either, and the tests of the numerics take many times as long.
#
# Ends with 'N passed, N failed'; fails when a test fails, or when none has run.
set -euo pipefail
cd "$(dirname "$0")"

# Switches of the .NET runtime, which the tests' child processes inherit. HardwareTests fails if the loops use another width than this one.
case "${VECTOR_BITS-}" in
  '') vectors=() ;;
  512) vectors=(DOTNET_PreferredVectorBitWidth=512) ;;
  256) vectors=(DOTNET_EnableAVX512=0) ;;
  # PreferredVectorBitWidth=256 or 128 would not do: the JIT still compiles the loops that are written with Vector512 to 512-bit instructions.
  128) vectors=(DOTNET_EnableAVX=0) ;;
  0) vectors=(DOTNET_EnableHWIntrinsic=0) ;;
  *) echo "test.sh: VECTOR_BITS is '$VECTOR_BITS'; expected 512, 256, 128 or 0" >&2; exit 1 ;;
esac

command -v dotnet >/dev/null || { echo 'test.sh: the .NET 10 SDK is missing: https://dotnet.microsoft.com/download' >&2; exit 1; }

if [ "${1-}" = --quick ]; then
  shift
  set -- --filter-not-trait Speed=Slow "$@"
fi

# The browser tests drive Debian's Chromium, the store's tests start Debian's PostgreSQL, the proxy's Debian's nginx, the tests of generated clients run Node.
# The tests of the pages run curl and jq.
missing=()
[ -x /usr/bin/chromium ] || missing+=(chromium)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
[ -x /usr/sbin/nginx ] || missing+=(nginx-light)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
for tool in curl jq; do command -v "$tool" >/dev/null || missing+=("$tool"); done
if [ "${#missing[@]}" != 0 ]; then
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  echo "test.sh: installing ${missing[*]} with apt-get, for the tests"
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
fi

# The generators of clients and the linters, in the versions that are written down; quick where they are there already.
dotnet tool restore --verbosity quiet
[ tests/clients/node_modules/.package-lock.json -nt tests/clients/package-lock.json ] || npm ci --prefix tests/clients --ignore-scripts

dotnet build SigmoidApi.sln --configuration Release --verbosity quiet -nologo

# A filter may leave a project without a test (exit code 8); that none at all has run is seen below.
[ $# = 0 ] || set -- --ignore-exit-code 8 "$@"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
env "${vectors[@]}" dotnet test --solution SigmoidApi.sln --configuration Release --no-build --no-ansi --no-progress "$@" | tee "$log" || status=$?

# The runner's summary has one line for each count.
count() { awk -v name="$1:" '$1 == name { n = $2 } END { print n + 0 }' "$log"; }
passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
[ $((passed + failed)) -gt 0 ] || { echo 'test.sh: no test ran' >&2; status=1; }
[ "$failed" = 0 ] || status=1
# Once more where a reader looks: a failure's own lines may be thousands above.
awk '/^failed / { lines = 12 } lines-- > 0' "$log"
echo "$passed passed, $failed failed$([ "$skipped" = 0 ] || echo ", $skipped skipped")"
exit "$status"
