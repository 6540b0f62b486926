
# Decides the facts that GitHub's expressions can't: those ignore case and know nothing of changed files. Where it is
# not certain what has changed, everything counts as changed.

if [[ $GITHUB_EVENT_NAME == workflow_dispatch && $GITHUB_REF_TYPE == tag ]]; then
  fail "a manual run starts from a branch, not from the tag $GITHUB_REF_NAME"
fi

scratch=$(mktemp -d)
changed_paths=$scratch/changed-paths
unknown=''
base=''

event() {
  jq -r "$1" "$GITHUB_EVENT_PATH"
}

# Adds the paths in which two commits differ; a renamed file counts under both names.
compare() {
  git diff-tree -r -z --name-only --no-renames --ignore-submodules=none "$1" "$2" >> "$changed_paths"
}

# Lists what has changed, or says in `unknown` why that can't be told.
list_changes() {
  case $GITHUB_EVENT_NAME:$GITHUB_REF_TYPE in
    push:branch)
      # The newest commit before this one for which this workflow was green when it was pushed to this branch.
      unknown='this was a forced push'
      [[ $(event .forced) == false ]] || return 0
      unknown='GitHub did not list the green runs of this branch'
      gh api --method GET "repos/$GITHUB_REPOSITORY/actions/workflows/$WORKFLOW/runs" \
        -f branch="$GITHUB_REF_NAME" -f event=push -f status=success -F per_page=100 > "$scratch/runs" || return 0
      jq -r --arg branch "$GITHUB_REF_NAME" '.workflow_runs[]
        | select(.head_branch == $branch and .event == "push" and .conclusion == "success")
        | .head_sha' "$scratch/runs" > "$scratch/green" || return 0
      unknown='no commit before this one is green on this branch'
      git rev-list --date-order HEAD^@ > "$scratch/before" || return 0
      base=$(grep --fixed-strings --line-regexp --max-count=1 --file="$scratch/green" "$scratch/before") || return 0
      compare "$base" HEAD || return 0
      ;;
    pull_request:*)
      # What runs is the merge of the head into the base: what the pull request itself has changed since it left the
      # base, and besides whatever the merge made different from the base.
      unknown='this is not the merge of the pull request'
      [[ $(git rev-parse --verify --quiet 'HEAD^2') == "$(event .pull_request.head.sha)" ]] || return 0
      unknown='the pull request has no commit in common with its base'
      base=$(git merge-base 'HEAD^1' 'HEAD^2') || return 0
      compare "$base" 'HEAD^2' || return 0
      compare 'HEAD^1' HEAD || return 0
      ;;
    merge_group:*)
      unknown='the base of the merge queue is not an ancestor'
      base=$(event .merge_group.base_sha)
      git merge-base --is-ancestor "$base" HEAD || return 0
      compare "$base" HEAD || return 0
      ;;
    *)
      unknown='a tag, a schedule or a manual run has nothing to compare with'
      return 0
      ;;
  esac
  unknown=''
}

kinds=()
kind_expressions=()
while IFS= read -r line; do
  [[ -n $line ]] || continue
  kinds+=("${line%% *}")
  translate "${line#* }"
  kind_expressions+=("$expression")
done <<< "${CHANGES:-}"

# Each line of FACTS: the fact's name, a test, what it is tested for. A fact of several lines holds if one of them does.
names=()
declare -A holds
tests=()
while IFS= read -r line; do
  [[ -n $line ]] || continue
  name=${line%% *}
  line=${line#* }
  test=${line%% *}
  value=${line#* }
  case $test in
    changed-glob | branch | tag)
      translate "$value"
      value=$expression
      ;;
  esac
  [[ -n ${holds[$name]:-} ]] || names+=("$name")
  holds[$name]=false
  tests+=("$name $test $value")
done <<< "${FACTS:-}"

if [[ ${FACTS:-} == *' changed-'* ]]; then
  : > "$changed_paths"
  list_changes
  while [[ -z $unknown ]] && IFS= read -r -d '' path; do
    while IFS= read -r source; do
      [[ $path != "$source" ]] || unknown="the pipeline itself has changed: $source"
    done <<< "$SOURCES"
    [[ $path =~ ^($character|/)*$ ]] || unknown='a path is not UTF-8'
    kind=code
    for index in "${!kinds[@]}"; do
      [[ ! $path =~ ${kind_expressions[index]} ]] || kind=${kinds[index]}
    done
    for test in "${tests[@]}"; do
      name=${test%% *}
      test=${test#* }
      case $test in
        'changed-kind '*) [[ $kind != "${test#* }" ]] || holds[$name]=true ;;
        'changed-glob '*) [[ ! $path =~ ${test#* } ]] || holds[$name]=true ;;
      esac
    done
  done < "$changed_paths"
fi

for test in "${tests[@]}"; do
  name=${test%% *}
  test=${test#* }
  value=${test#* }
  case $test in
    changed-*) [[ -z $unknown ]] || holds[$name]=true ;;
    'branch '*)
      # The branch whose own commit runs: never a pull request's or a merge queue's.
      case $GITHUB_EVENT_NAME:$GITHUB_REF in
        push:refs/heads/* | schedule:refs/heads/* | workflow_dispatch:refs/heads/*)
          [[ ! ${GITHUB_REF#refs/heads/} =~ $value ]] || holds[$name]=true
          ;;
      esac
      ;;
    'tag '*)
      case $GITHUB_EVENT_NAME:$GITHUB_REF in
        push:refs/tags/*) [[ ! ${GITHUB_REF#refs/tags/} =~ $value ]] || holds[$name]=true ;;
      esac
      ;;
    'input '*)
      variable=INPUT_${value%% *}
      if [[ $GITHUB_EVENT_NAME == workflow_dispatch && ${!variable} == "${value#* }" ]]; then
        holds[$name]=true
      fi
      ;;
    *) fail "unknown test: $test" ;;
  esac
done

{
  echo '| fact | holds |'
  echo '| --- | --- |'
  for name in "${names[@]}"; do
    echo "$name=${holds[$name]}" >> "$GITHUB_OUTPUT"
    echo "| $name | ${holds[$name]} |"
  done
  if [[ ${FACTS:-} == *' changed-'* ]]; then
    printf 'baseline=%s\nunknown=%s\n' "$base" "$unknown" >> "$GITHUB_OUTPUT"
  fi
  [[ -z $unknown ]] || printf '\nEverything counts as changed: %s.\n' "$unknown"
} >> "$GITHUB_STEP_SUMMARY"
