# Logs the client of Azure out behind the steps that hold its identity.
az account clear || rm -rf "${AZURE_CONFIG_DIR:-$HOME/.azure}"
