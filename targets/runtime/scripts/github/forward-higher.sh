    echo "::error::$ENVIRONMENT has $commit of $ref, a higher version than $GITHUB_REF_NAME: deploy a version after it"
    exit 1
  done < runs
done < deployments
