# Keeps what GitHub tells of this run, and shows it as its summary. `pipec record` gives it the documented form.
run=repos/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID/attempts/$GITHUB_RUN_ATTEMPT
gh api --paginate "$run/jobs?per_page=100" --jq '.jobs[]' > jobs.json || { echo "::warning::GitHub did not list the jobs"; : > jobs.json; }
jq -n --slurpfile jobs jobs.json '(env.NEEDS | fromjson) as $needs | {version: 2, engine: "github", pipeline: env.GITHUB_WORKFLOW,
  commit: env.GITHUB_SHA, told: (env | with_entries(select(.key | startswith("GITHUB_") and . != "GITHUB_TOKEN"))),
  inputs: (env.INPUTS // "{}" | fromjson // {}), needs: $needs,
  jobs: [$jobs[] | {name, conclusion, created_at, started_at, completed_at, html_url}],
  nodes: [env.NODES | split("\n")[] | fromjson | {node: .job, name: .job} + . | . as $node | ($needs[.job] // {}) as $need
    | any($jobs[]; .conclusion == "failure" and ("\(.name) (" | startswith($node.name + " ("))) as $red
    | . + {digests: ($need.outputs // {} | with_entries(select((.key | test("^digest")) and .value != ""))), outcome: ({
      success: (if .advisory and $red then "failed" else $need.outputs.outcome // "" | if . == "" then "passed" else . end end),
      failure: (if $needs[.override // ""].result == "success" then "overridden" else "failed" end), cancelled: "cancelled"
      }[$need.result // ""] // (if $node.finally or ($needs.verdict.outputs["not-due"] // "" | split(" ") | any(. == $node.job))
        then "not-due" else "stopped" end))}]}' > record.json
jq -r '"| node | outcome | digest |\n| --- | --- | --- |", (.nodes[] | "| \(.name) | \(.outcome) | \([.digests[][:19]]
  | join(" ")) |")' record.json >> "$GITHUB_STEP_SUMMARY"
