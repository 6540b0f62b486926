    order=$(gh api "$repository/compare/$commit...$GITHUB_SHA" --jq .status)
    [[ $order != identical && $order != ahead ]] || exit 0
    echo "::error::$ENVIRONMENT has $commit of $ref, which $GITHUB_SHA of $GITHUB_REF_NAME does not contain: merge it, or revert it on top"
    exit 1
  done < runs
done < deployments
