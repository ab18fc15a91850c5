# Sourced by rw: builds once, then runs the test projects one after another, and closes with counts read from their reports.

run_tests() {
  local filter=() names=()
  while [ $# -gt 0 ]; do
    case $1 in
      --accept) export RINGWALL_ACCEPT=1 ;;
      --filter) filter=(--filter "${2:?--filter needs an expression}"); shift ;;
      -*) fail "test: unknown option $1" ;;
      *) names+=("$1") ;;
    esac
    shift
  done

  cmd_build
  if [ ${#names[@]} = 0 ] || wanted Ringwall.EndToEnd.Tests; then
    cmd_publish
  fi

  local results=$root/artifacts/test-results
  rm -rf "$results"
  mkdir -p "$results"
  passed=0 failed=0 skipped=0
  local project name
  for project in tests/*/*.Tests.csproj; do
    name=$(basename "$project" .csproj)
    if [ ${#names[@]} = 0 ] || wanted "$name"; then
      run_project "$name"
    fi
  done

  [ $((passed + failed)) -gt 0 ] || { say "rw: no test ran"; failed=$((failed + 1)); }
  [ "$skipped" = 0 ] || [ "$(id -u)" = 0 ] || say "rw: some tests were skipped because they need root: sudo ./rw test runs them"
  printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" = 0 ]
}

# Uses the caller's names.
wanted() {
  local part
  for part in "${names[@]}"; do
    [[ ${1,,} == *"${part,,}"* ]] && return 0
  done
  return 1
}

# One project, in a process of its own under a time limit. Adds to the caller's passed, failed, skipped.
run_project() {
  local name=$1 report=$results/$1.trx code=0
  printf '\n── %s\n' "$name"
  timeout -k 10 1200 dotnet test "artifacts/bin/$name/release/$name.dll" --nologo "${filter[@]}" \
    --logger "trx;LogFileName=$report" --logger "console;verbosity=minimal" --results-directory "$results" \
    --blame-hang-timeout 5m --blame-hang-dump-type none </dev/null || code=$?

  local total=0 good=0 bad=0 counters
  counters=$(grep -om1 '<Counters [^>]*>' "$report" 2>/dev/null || true)
  if [ -n "$counters" ]; then
    total=$(counter total) good=$(counter passed) bad=$(counter failed)
  fi
  # A hang, a crash and an empty project leave no failed test behind; each is a failure all the same.
  if [ "$bad" = 0 ] && { [ "$code" != 0 ] || { [ "$total" = 0 ] && [ ${#filter[@]} = 0 ]; }; }; then
    say "rw: $name $([ "$total" = 0 ] && echo 'ran no test' || echo 'did not end well') (exit code $code)"
    bad=1 total=$((total + 1))
  fi
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + total - good - bad))
}

counter() { sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<<"$counters"; }
