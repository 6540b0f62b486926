# Amazon ECR takes a password that these credentials ask for.
REGISTRY_USER=AWS
REGISTRY_PASSWORD=$(aws ecr get-login-password)
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
