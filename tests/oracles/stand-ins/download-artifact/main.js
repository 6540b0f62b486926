// Behaves like actions/download-artifact v8. A named or single artifact is written directly into the path, others into
// folders of their names unless merged. Files lose their modes. PIPEC_BEFORE_DOWNLOAD, if set, is a command that first runs
// on each artifact; tests use it to tamper with the files.
"use strict";
const { execFileSync } = require("node:child_process");
const { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync } = require("node:fs");
const { homedir } = require("node:os");
const { dirname, extname, join, relative, resolve } = require("node:path");
const { input, output, setting, fail } = require(join(process.env.PIPEC_STAND_INS, "action.js"));

for (const name of ["artifact-ids", "github-token", "skip-decompress"]) {
  if (!["", "false"].includes(input(name))) fail(`the stand-in for download-artifact knows no ${name}`);
}

/** Matches names with `*` and `?`, which is all that a pipeline needs. Other patterns are refused. */
function nameMatcher(pattern) {
  if (/[[\]{}!()+@\\]/.test(pattern)) fail(`the stand-in for download-artifact knows no pattern like ${pattern}`);
  const source = pattern.replace(/[.^$|]/g, "\\$&").replaceAll("*", "[^/]*").replaceAll("?", "[^/]");
  return new RegExp(`^${source}$`);
}

const store = setting("PIPEC_ARTIFACTS");
const base = resolve((input("path") || process.env.GITHUB_WORKSPACE).replace(/^~/, homedir()));
const single = input("name");
let names = existsSync(store) ? readdirSync(store).sort() : [];
if (single) {
  if (!names.includes(single)) fail(`Unable to download artifact(s): Artifact '${single}' not found`);
  names = [single];
} else if (input("pattern")) {
  names = names.filter((name) => nameMatcher(input("pattern")).test(name));
}

const straight = single !== "" || /^true$/i.test(input("merge-multiple")) || names.length === 1;
for (const name of names) {
  const stored = join(store, name, "files");
  const tamper = process.env.PIPEC_BEFORE_DOWNLOAD;
  if (tamper) execFileSync(tamper, [stored], { stdio: "inherit" });
  const raw = readFileSync(join(store, name, "raw"), "utf8") === "true";
  const target = straight ? base : join(base, name);
  for (const entry of readdirSync(stored, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    if (raw && extname(entry.name) === ".zip") fail(`${entry.name} would be unpacked: the download takes it for an archive`);
    const from = join(entry.parentPath, entry.name);
    const to = join(target, relative(stored, from));
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
    chmodSync(to, 0o644);
    console.log(`downloaded ${to}`);
  }
}
output("download-path", base);
