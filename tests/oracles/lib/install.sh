# Installs the judges, in pinned versions, into .cache/. `run` sources this file. Skips judges that are already installed.

ACTIONLINT=github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
ACT=github.com/nektos/act@v0.2.89

# once NAME KEY COMMAND…: runs the command unless it has succeeded with this key before.
once() {
  local name=$1 key=$2 stamp="$cache/stamps/$1"
  shift 2
  if [[ -f $stamp && $(<"$stamp") == "$key" ]]; then return; fi
  echo "installing $name" >&2
  "$@"
  printf '%s\n' "$key" > "$stamp"
}

digest() { cat -- "$@" | sha256sum | cut -d ' ' -f 1; }

python_packages() {
  rm -rf "$cache/venv"
  python3 -m venv "$cache/venv"
  "$cache/venv/bin/pip" install --quiet --requirement "$oracles/requirements.txt"
}

node_packages() {
  mkdir -p "$cache/node"
  cp "$oracles/package.json" "$oracles/package-lock.json" "$oracles/.npmrc" "$cache/node/"
  (cd "$cache/node" && npm ci --silent --no-audit --no-fund)
  (cd "$cache" && ln -sfn node/node_modules/node-linux-*/bin/node node24)
}

kubernetes_yaml() { (cd "$oracles/sigs-yaml" && go build -o "$cache/bin/sigs-yaml" .); }

shell_linter() {
  if command -v shellcheck > /dev/null; then return; fi
  apt-get install --quiet --quiet --yes shellcheck || { apt-get update --quiet && apt-get install --quiet --yes shellcheck; }
}

graph_drawer() {
  if command -v dot > /dev/null; then return; fi
  apt-get install --quiet --quiet --yes graphviz || { apt-get update --quiet && apt-get install --quiet --yes graphviz; }
}

install_judges() {
  mkdir -p "$cache/bin" "$cache/stamps"
  : > "$cache/empty.yaml" # actionlint's configuration: none
  once python "$(digest "$oracles/requirements.txt")" python_packages
  once node "$(digest "$oracles/package-lock.json" "$oracles/.npmrc")" node_packages
  GOBIN="$cache/bin" once actionlint "$ACTIONLINT" go install "$ACTIONLINT"
  GOBIN="$cache/bin" once act "$ACT" go install "$ACT"
  once sigs-yaml "$(digest "$oracles/sigs-yaml"/{main.go,go.mod,go.sum})" kubernetes_yaml
  shell_linter
  graph_drawer
}
