echo '$[[ inputs.x ]] $[[ matrix.y | expand_vars ]]'
