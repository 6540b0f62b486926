
# Lets an override begin only by the book: of one gate that may be overridden, for the commit that is the head of a
# protected branch, with a reason, and in the first attempt of its run. Who approves it finds what is asked in the summary.

export LC_ALL=C.UTF-8
[[ $GITHUB_EVENT_NAME == workflow_dispatch ]] || exit 0
if [[ -n $ORDINARY && $GATE == "$ORDINARY" ]]; then
  exit 0 # a manual run that the pipeline itself knows
fi

# Whether the branch matches one of these expressions, with its case.
within() {
  local expression
  while IFS= read -r expression; do
    [[ -z $expression || ! ${GITHUB_REF#refs/heads/} =~ $expression ]] || return 0
  done <<< "$1"
  return 1
}

[[ $GITHUB_RUN_ATTEMPT == 1 ]] || fail "an override is for one attempt: start another run instead of this one again"
known=no
while IFS= read -r name; do
  [[ -z $name || $name != "$GATE" ]] || known=yes
done <<< "$GATES"
[[ $known == yes ]] || fail "the override names no gate that may be overridden"
[[ $GITHUB_REF_TYPE == branch && $GITHUB_REF == refs/heads/* ]] ||
  fail "an override is of the head of a branch, not of the tag $GITHUB_REF_NAME"
within "$PUSHED" || fail "no push to $GITHUB_REF_NAME starts this pipeline, so there is no gate to override"
within "$PROTECTED" || fail "$GITHUB_REF_NAME is none of the protected branches of this pipeline"
[[ ${GITHUB_REF_PROTECTED:-} == true ]] || fail "$GITHUB_REF_NAME is not protected in the settings of this repository"
[[ $COMMIT == "$GITHUB_SHA" ]] || fail "the override is not for $GITHUB_SHA, the commit that would run: name it in full"
branch=${GITHUB_REF#refs/heads/}
branch=${branch//'%'/%25}
branch=${branch//'#'/%23}
branch=${branch//'{'/%7B}
head=$(gh api "repos/$GITHUB_REPOSITORY/git/ref/heads/$branch" --jq .object.sha) ||
  fail "GitHub did not say what the head of $GITHUB_REF_NAME is"
[[ $head == "$GITHUB_SHA" ]] || fail "$GITHUB_REF_NAME has moved on from $GITHUB_SHA to $head"
[[ $REASON =~ [^[:space:]] ]] || fail "an override needs a reason"
[[ ! $REASON =~ [[:cntrl:]] ]] || fail "the reason of an override is one line"
{
  echo "### An override is asked for: $GATE"
  echo
  echo "Should $GATE fail, $GITHUB_ACTOR asks to let it pass for $GITHUB_SHA, because:"
  # A block of code: nothing in it is markup.
  printf '\n    %s\n' "$REASON"
} >> "$GITHUB_STEP_SUMMARY"
