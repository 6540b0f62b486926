    changed-kind:*) [[ -z $unknown && $kinds != *" $value "* ]] || holds=true ;;
    changed-glob:*) if [[ -n $unknown ]] || has_changed "$value"; then holds=true; fi ;;
