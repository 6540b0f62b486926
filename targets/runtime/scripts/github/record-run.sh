# Writes what ran as one JSON, and shows it as the summary of the run.
scratch=$(mktemp -d)
run=repos/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID
# A record without times is a record: what GitHub does not tell is null.
gh api --method GET --paginate "$run/jobs" -f filter=latest -F per_page=100 --jq '.jobs[]' > "$scratch/jobs" ||
  echo "::warning::GitHub did not list the jobs of this run, so the record has no times"
gh api --method GET "$run" > "$scratch/run" || echo null > "$scratch/run"
jq -n --slurpfile ran "$scratch/jobs" --slurpfile run "$scratch/run" '
  def filled: select(. != null and . != "");
  (env.NEEDS | fromjson) as $needs
  | (env.INPUTS // "null" | fromjson // {}) as $inputs
  | ($needs.verdict.outputs["not-due"] // "" | split(" ")) as $absent
  | def told:
      . as $unit
      | ($needs[.job] // {}) as $need
      | [$ran[] | select(.name == $unit.name or (.name | startswith($unit.name + " (")))] as $jobs
      | (if $unit.advisory and any($jobs[]; .conclusion == "failure") then "failure" else $need.result end) as $result
      | (if $result == "success" then ($need.outputs.outcome | filled) // "passed"
         elif $result == "failure" then (if $needs[$unit.override // ""].result == "success" then "overridden" else "failed" end)
         elif $result == "cancelled" then "cancelled"
         elif any($absent[]; . == $unit.job) then "not-due"
         else "stopped" end) as $outcome
      | ($outcome != "not-due" and $outcome != "stopped") as $began
      | ($need.outputs // {} | with_entries(select((.key | test("^digest")) and .value != ""))) as $digests
      | . + {
          outcome: $outcome,
          reason: (($need.outputs.reason | filled) // null),
          digests: (if $began then $digests else {} end),
          started: (if $began then [$jobs[].started_at | filled] | min else null end),
          finished: (if $began then [$jobs[].completed_at | filled] | max else null end),
          url: (if $began then ($jobs[0].html_url // null) else null end),
          override: (
            if $outcome == "overridden" then
              $needs[.override].outputs | {
                reason: $inputs["override-reason"],
                "approved-by": ."approved-by",
                "approved-at": (."approved-at" | tonumber | todate),
                expires: .expires,
                "review-by": ."review-by"
              }
            else null end
          )
        };
  {
    version: 1,
    pipeline: env.PIPELINE,
    engine: "github",
    repository: env.GITHUB_REPOSITORY,
    workflow: env.GITHUB_WORKFLOW_REF,
    run: {
      id: (env.GITHUB_RUN_ID | tonumber),
      attempt: (env.GITHUB_RUN_ATTEMPT | tonumber),
      url: "\(env.GITHUB_SERVER_URL)/\(env.GITHUB_REPOSITORY)/actions/runs/\(env.GITHUB_RUN_ID)"
    },
    event: env.GITHUB_EVENT_NAME,
    ref: env.GITHUB_REF,
    commit: env.GITHUB_SHA,
    actor: env.GITHUB_ACTOR,
    "started-by": env.GITHUB_TRIGGERING_ACTOR,
    inputs: $inputs,
    started: ($run[0].run_started_at // null),
    verdict: (if $needs.verdict.result == "success" then "passed" else "failed" end),
    changes: (
      if $needs.plan == null then null
      else ($needs.plan.outputs // {}) | {
        baseline: ((.baseline | filled) // null),
        unknown: ((.unknown | filled) // null),
        facts: (del(.baseline, .unknown) | map_values(. == "true"))
      } end
    ),
    nodes: [
      # A node of two jobs did what that one did which was due.
      [env.NODES | split("\n")[] | select(. != "") | fromjson | told] | group_by(.place)[]
      | [.[] | select(.outcome != "not-due")] + .
      | .[0] | del(.place, .name)
    ]
  }' > "$RECORD"
jq -r '
  def took:
    if .started == null or .finished == null then ""
    else ((.finished | fromdateiso8601) - (.started | fromdateiso8601)) | "\(. / 60 | floor)m \(. % 60)s" end;
  def plain: gsub("[\\n\\r|`<]"; " ");
  "### \(.pipeline): \(.verdict)",
  "",
  "commit `\(.commit)`, started by \(."started-by") with \(.event)",
  "",
  "| node | stage | outcome | took | digest |",
  "| --- | --- | --- | --- | --- |",
  (.nodes[] | [
    "`\(.node)`",
    .stage,
    .outcome + (if .override then ": \(.override.reason | plain), approved by \(.override."approved-by")" else "" end)
      + (if .reason then ": \(.reason | plain)" else "" end),
    took,
    ([.digests[] | "`\(.[0:19])…`"] | join(" "))
  ] | "| \(join(" | ")) |")
' "$RECORD" >> "$GITHUB_STEP_SUMMARY"
