
# One character in UTF-8 other than `/`.
character=$'([^/\x80-\xff]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}'
character+=$'|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}'
character+=$'|\xf4[\x80-\x8f][\x80-\xbf]{2})'

# Sets `expression` to what matches the paths of a glob: `*` and `?` stop at `/`, `**` does not, and `**/` at the start
# of a segment also matches nothing.
translate() {
  local glob=$1 segment_start=yes symbol
  expression='^'
  while [[ -n $glob ]]; do
    if [[ $segment_start == yes && $glob == '**/'* ]]; then
      expression+='(.*/)?'
      glob=${glob:3}
      continue
    fi
    symbol=${glob:0:1}
    segment_start=no
    case $glob in
      '**'*)
        expression+='.*'
        glob=${glob:2}
        continue
        ;;
      '*'*) expression+='[^/]*' ;;
      '?'*) expression+=$character ;;
      '/'*)
        expression+='/'
        segment_start=yes
        ;;
      [.\(\)+^\$\|]*) expression+="\\$symbol" ;;
      *) expression+=$symbol ;;
    esac
    glob=${glob:1}
  done
  expression+='$'
}
