while IFS= read -r fact; do
  holds=false
  test=${fact#* }
  value=${test#* }
  case ${test%% *}:$GITHUB_EVENT_NAME:$GITHUB_REF in
