# Sourced by rw: builds once, then runs the test projects one after another (some beside the publishing), and closes with what failed and with counts, both read from their reports.

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

  local results=$root/artifacts/test-results
  rm -rf "$results"
  mkdir -p "$results"
  passed=0 failed=0 skipped=0 ended_badly=()
  # Programs that tests run speak English, in UTF-8; and on a busy machine a test host may take its time to answer for the first time.
  export LC_ALL=C.UTF-8 VSTEST_CONNECTION_TIMEOUT=300
  local project name all=() beside=()
  for project in tests/*/*.Tests.csproj; do
    name=$(basename "$project" .csproj)
    if [ ${#names[@]} = 0 ] || wanted "$name"; then
      all+=("$name")
    fi
  done

  # Publishing takes minutes and mostly one processor. What needs no published program, and goes by no clock, is tested meanwhile.
  for name in "${all[@]}"; do
    case ${name#Ringwall.} in Contract.Tests | Rollouts.Tests | Simulator.Tests | Trust.Tests | Sensors.Sigma.Tests) beside+=("$name") ;; esac
  done
  for name in "${beside[@]}"; do execute "$name" >"$results/$name.log" 2>&1; done &
  if [ ${#names[@]} = 0 ] || wanted Ringwall.EndToEnd.Tests; then
    cmd_publish
  fi
  wait
  for name in "${beside[@]}"; do
    printf '\n── %s\n' "$name"
    cat "$results/$name.log"
    count "$name"
  done
  for name in "${all[@]}"; do
    [ ! -e "$results/$name.code" ] || continue
    printf '\n── %s\n' "$name"
    execute "$name"
    count "$name"
  done

  [ $((passed + failed)) -gt 0 ] || { ended_badly+=("no test ran"); say "rw: no test ran"; failed=$((failed + 1)); }
  [ "$skipped" = 0 ] || [ "$(id -u)" = 0 ] || say "rw: some tests were skipped because they need root: sudo ./rw test runs them"
  [ "$failed" = 0 ] || what_failed || true
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

# One project, in a process of its own under a time limit. Leaves a report and the exit code among the results.
execute() {
  local name=$1 code=0
  timeout -k 10 2400 dotnet test "artifacts/bin/$name/release/$name.dll" --nologo "${filter[@]}" \
    --logger "trx;LogFileName=$results/$name.trx" --logger "console;verbosity=minimal" --results-directory "$results/$name" \
    --blame-hang-timeout 10m --blame-hang-dump-type none </dev/null || code=$?
  echo "$code" >"$results/$name.code"
}

# Adds what one project left to the caller's passed, failed, skipped.
count() {
  local name=$1 report=$results/$1.trx code total=0 good=0 bad=0 counters
  code=$(cat "$results/$name.code")
  counters=$(grep -om1 '<Counters [^>]*>' "$report" 2>/dev/null || true)
  if [ -n "$counters" ]; then
    total=$(counter total) good=$(counter passed) bad=$(counter failed)
  fi
  # A hang, a crash and an empty project leave no failed test behind; each is a failure all the same.
  if [ "$bad" = 0 ] && { [ "$code" != 0 ] || { [ "$total" = 0 ] && [ ${#filter[@]} = 0 ]; }; }; then
    ended_badly+=("$name $([ "$total" = 0 ] && echo 'ran no test' || echo 'did not end well') (exit code $code)$(unfinished "$name")")
    say "rw: ${ended_badly[-1]}"
    bad=1 total=$((total + 1))
  fi
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + total - good - bad))
}

# Once more at the very end, where a person, or a service that shows the last lines, looks first.
what_failed() {
  local report
  printf '\n── what failed\n'
  [ ${#ended_badly[@]} = 0 ] || printf '%s\n' "${ended_badly[@]}"
  for report in "$results"/*.trx; do
    [ -e "$report" ] && failures "$report" || true
  done | cut -c1-600 | head -n 400
}

# Name, message and the line of the test, of each failed test in one report.
failures() {
  sed 's/\r$//; s/&#xD;//g' "$1" | awk '
    function plain(text) { gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text); gsub(/&#x9;/, " ", text); gsub(/&#xA;/, " ", text); gsub(/&apos;/, "\047", text); gsub(/&amp;/, "\\&", text); return text }
    /<UnitTestResult / { failed = /outcome="Failed"/; if (failed) { name = $0; sub(/.*testName="/, "", name); sub(/".*/, "", name); print plain(name); part = ""; lines = 0 } }
    /<\/UnitTestResult>/ { failed = 0 }
    !failed { next }
    /<Message[ >]/ { part = "message"; sub(/.*<Message[^>]*>/, "") }
    /<StackTrace[ >]/ { part = "stack"; sub(/.*<StackTrace[^>]*>/, "") }
    part == "message" { last = /<\/Message>/; sub(/<\/Message>.*/, ""); if (++lines <= 25) print "    " plain($0); if (last) part = "" }
    part == "stack" { last = /<\/StackTrace>/; sub(/<\/StackTrace>.*/, ""); if (/ in .*\/tests\/.*:line [0-9]+/) { sub(/.* in /, ""); print "    " plain($0); last = 1 } if (last) part = "" }'
}

# After a hang or a crash: the tests that had begun and not ended, from the list that is kept for this.
unfinished() {
  local list
  for list in "$results/$1"/*/Sequence_*.xml; do
    [ -e "$list" ] && sed -nE 's/.*<Test .*Name="([^"]*)".* Completed="False".*/\n    not ended: \1/p' "$list"
  done
  return 0
}

counter() { sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<<"$counters"; }
