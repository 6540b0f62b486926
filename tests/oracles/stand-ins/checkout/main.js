// Fetches the run's commit from PIPEC_SOURCE into the workspace. `fetch-depth` limits the history (0: all).
"use strict";
const { execFileSync } = require("node:child_process");
const { mkdirSync, readdirSync, rmSync } = require("node:fs");
const { join } = require("node:path");
const { input, output, setting, fail } = require(join(process.env.PIPEC_STAND_INS, "action.js"));

for (const name of ["submodules", "lfs", "repository"]) {
  if (!["", "false"].includes(input(name))) fail(`the stand-in for checkout knows no ${name}`);
}
const source = setting("PIPEC_SOURCE");
const folder = join(process.env.GITHUB_WORKSPACE, input("path"));
const git = (...args) => execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });

const wanted = input("ref") || process.env.GITHUB_SHA;
const depth = Number(input("fetch-depth") || "1");
git("init", "--quiet", "--initial-branch=none");
git("remote", "add", "origin", `file://${source}`);
const shallow = depth > 0 ? [`--depth=${depth}`] : [];
const refs = depth > 0 ? [wanted] : ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*", wanted];
git("fetch", "--quiet", ...shallow, "origin", ...refs);
const commit = git("rev-parse", "--verify", depth > 0 ? "FETCH_HEAD^{commit}" : `${wanted}^{commit}`).trim();
// On a branch, the real action creates a local branch of that name. For other refs, the commit is detached.
const branch = (process.env.GITHUB_REF ?? "").replace(/^refs\/heads\//, "");
const named = !input("ref") && branch !== process.env.GITHUB_REF && branch !== "";
git("checkout", "--quiet", "--force", ...(named ? ["-B", branch] : ["--detach"]), commit);
output("commit", commit);
output("ref", input("ref"));
console.log(`checked out ${commit}`);
