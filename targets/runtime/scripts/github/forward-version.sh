# Goes on only if this workflow has deployed no tag with a higher version to this environment.
cd "$RUNNER_TEMP"
repository=repos/$GITHUB_REPOSITORY
if [[ $GITHUB_REF_TYPE != tag || ! $GITHUB_REF_NAME =~ ^[^0-9]*[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$ ]]; then
  echo "::error::$GITHUB_REF_NAME is no tag with a version like 1.2.3, so nothing says whether $ENVIRONMENT would go forward"
  exit 1
fi
# Lists compare item by item, and numbers by length and then by digit: that is the order of Semantic Versioning.
filter=$(cat << 'JQ'
  def number: sub("^0+"; "") | [length, .];
  def early: split(".") | map(if test("^[0-9]+$") then [0, number] else [1, .] end);
  def version: [capture("^[^0-9]*(?<core>[0-9]+([.][0-9]+){2})(-(?<early>[0-9A-Za-z.-]+))?([+][0-9A-Za-z.-]+)?$")][0] // empty
    | (.core | split(".") | map(number)) + [if (.early // "") == "" then [1] else [0, (.early | early)] end];
  ([env.GITHUB_REF_NAME | version][0] // error("no version")) as $mine
  | $mine[:{major: 1, minor: 2}[env.WITHIN] // 0] as $line
  | .[] | select(.ref | version | . > $mine and .[:$line | length] == $line) | "\(.id) \(.sha) \(.ref)"
JQ
)
gh api --paginate "$repository/deployments?environment=$ENVIRONMENT&per_page=100" --jq "$filter" > deployments
