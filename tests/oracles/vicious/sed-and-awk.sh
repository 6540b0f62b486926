printf 'a b\n' | sed -e 's/\(a\) \(b\)/\2 \1/' -e 's|/|\\/|g' | awk '{ print $2, "{", $1 }'
