    branch:push:refs/heads/* | branch:schedule:refs/heads/* | branch:workflow_dispatch:refs/heads/*)
      # The branch whose own commit runs: never a pull request's or a merge queue's.
      [[ ! ${GITHUB_REF#refs/heads/} =~ $value ]] || holds=true ;;
    tag:push:refs/tags/*) [[ ! ${GITHUB_REF#refs/tags/} =~ $value ]] || holds=true ;;
    input:workflow_dispatch:*)
      variable=INPUT_${value%% *}
      [[ ${!variable} != "${value#* }" ]] || holds=true ;;
  esac
  echo "${fact%% *}=$holds" | tee -a "$GITHUB_OUTPUT"
done <<< "$FACTS"
