# Azure's registry takes a token of the client that has logged in, without a user's name.
REGISTRY_USER=00000000-0000-0000-0000-000000000000
REGISTRY_PASSWORD=$(az acr login --name "${host%%.*}" --expose-token --query accessToken --output tsv)
az logout
