# Decides which facts about changes hold. Where it is not certain what has changed, everything counts as changed.
export LC_ALL=C.UTF-8
changed=$(mktemp)
unknown='' base=''

# Adds the paths in which two commits differ; a renamed file counts under both names. A slash follows a link or a submodule: anything
# below it may have changed.
compare() {
  git diff-tree -r -z --raw --no-renames --ignore-submodules=none "$1" "$2" | while IFS= read -r -d '' modes && IFS= read -r -d '' path; do
    printf '%s\0' "$path"
    [[ ${modes:0:14} != *1[26]0000* ]] || printf '%s/\0' "$path"
  done >> "$changed"
}

# Adds the links that lead to something that has changed, and links to those.
add_links() {
  tr '\n\0' '?\n' < "$changed" > "$changed.lines"
  git ls-files -s -z | sed -z -n 's/^120000 [^\t]*\t//p' | while IFS= read -r -d '' link; do
    ! LINK=$link/ TO=$(realpath -m -s --relative-to . "$(dirname "$link")/$(readlink "$link")")/ awk '
      $0 == ENVIRON["LINK"] { old = 1 } index($0 "/", ENVIRON["TO"]) == 1 || /\/$/ && index(ENVIRON["TO"], $0) == 1 { hit = 1 }
      END { exit old || !hit }' "$changed.lines" || printf '%s\0%s/\0' "$link" "$link"
  done > "$changed.links" || return
  cat "$changed.links" >> "$changed"
  [[ ! -s $changed.links ]] || add_links
}

# Lists what has changed. Fails where that is not certain.
list_changes() {
  case $GITHUB_EVENT_NAME:$GITHUB_REF_TYPE in
    push:branch) # since the newest commit before this one for which this workflow was green when it was pushed here
      unknown='this was a forced push'
      [[ $(jq .forced "$GITHUB_EVENT_PATH") == false ]] || return
      unknown='GitHub tells of no green commit before this one on this branch'
      green=$(gh api --method GET "repos/$GITHUB_REPOSITORY/actions/workflows/$WORKFLOW/runs" \
        -f branch="$GITHUB_REF_NAME" -f event=push -f status=success -F per_page=100 | jq -r '.workflow_runs[]
          | select(.head_branch == env.GITHUB_REF_NAME and .event == "push" and .conclusion == "success") | .head_sha') || return
      base=$(git rev-list --date-order HEAD^@ | grep -F -x -m 1 -e "${green:-none}") || [[ -n $base ]] || return ;;
    pull_request:*) # what the head has changed since it left the base, and what the merge itself made different
      unknown='this is not the merge of the pull request'
      [[ $(git rev-parse --verify --quiet 'HEAD^2') == "$(jq -r .pull_request.head.sha "$GITHUB_EVENT_PATH")" ]] || return
      base=$(git merge-base 'HEAD^1' 'HEAD^2') && compare "$base" 'HEAD^2' && compare 'HEAD^1' HEAD
      return ;;
    merge_group:*)
      unknown='the base of the merge queue is not an ancestor'
      base=$(jq -r .merge_group.base_sha "$GITHUB_EVENT_PATH")
      git merge-base --is-ancestor "$base" HEAD || return ;;
    *)
      unknown='a tag, a schedule or a manual run has nothing to compare with'
      return 1 ;;
  esac
  compare "$base" HEAD
}

# Whether an expression matches a path, or may match something below one that ends in a slash.
matches() {
  local known=${2#^}
  known=${known%%[^-A-Za-z0-9_/ ]*}
  if [[ $1 == */ ]]; then [[ $1 == "$known"* || $known == "$1"* ]]; else [[ $1 =~ $2 ]]; fi
}

# Whether an expression matches a path that has changed.
has_changed() {
  while IFS= read -r -d '' path; do ! matches "$path" "$1" || return 0; done < "$changed"
  return 1
}

if list_changes && add_links; then unknown=''; fi
iconv -f UTF-8 -t UTF-8 "$changed" > /dev/null || unknown='a path is not UTF-8'
kinds=''
while IFS= read -r -d '' path; do
  [[ $'\n'$SOURCES$'\n' != *$'\n'"$path"$'\n'* ]] || unknown="the pipeline itself has changed: $path"
  kind=code
  while read -r name expression; do
    if [[ -z $name ]] || ! matches "$path" "$expression"; then continue; fi
    [[ $path != */ ]] || kinds+=" $kind "
    kind=$name
  done <<< "${CHANGES:-}"
  kinds+=" $kind "
done < "$changed"
[[ -z $unknown ]] || echo "::notice::Everything counts as changed: $unknown"
printf 'baseline=%s\nunknown=%s\n' "$base" "$unknown" >> "$GITHUB_OUTPUT"

