// Behaves like actions/upload-artifact v7 in the choice and the places of files. The glob is GitHub's own package.
// The root of the artifact: for one path that is a file, its folder; for one other path, its fixed part; for several paths,
// their least common ancestor.
"use strict";
const { createHash } = require("node:crypto");
const { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } = require("node:fs");
const { basename, dirname, join, normalize, relative, sep } = require("node:path");
const { pathToFileURL } = require("node:url");
const { input, output, setting, fail } = require(join(process.env.PIPEC_STAND_INS, "action.js"));

const flag = (name) => /^true$/i.test(input(name));

function commonAncestor(paths) {
  const split = paths.map((path) => normalize(path).split(sep));
  const shortest = Math.min(...split.map((parts) => parts.length));
  let length = 0;
  while (length < shortest && split.every((parts) => parts[length] === split[0][length])) length += 1;
  return split[0].slice(0, length).join(sep) || sep;
}

async function main() {
  const glob = await import(pathToFileURL(join(setting("PIPEC_NODE_PACKAGES"), "@actions/glob/lib/glob.js")));
  const missing = input("if-no-files-found");
  if (!["warn", "error", "ignore"].includes(missing)) fail(`unrecognized if-no-files-found: ${missing}`);

  const globber = await glob.create(input("path"), {
    followSymbolicLinks: true,
    implicitDescendants: true,
    omitBrokenSymbolicLinks: true,
    excludeHiddenFiles: !flag("include-hidden-files"),
  });
  const files = (await globber.glob()).filter((path) => !statSync(path).isDirectory());
  if (files.length === 0) {
    const message = `No files were found with the provided path: ${input("path")}. No artifacts will be uploaded.`;
    if (missing === "error") fail(message);
    console.log(missing === "warn" ? `::warning::${message}` : message);
    return;
  }

  const asItIs = !flag("archive");
  if (asItIs && files.length > 1) fail(`archive is false: one file can be uploaded, found ${files.length}`);
  const name = asItIs ? basename(files[0]) : input("name");
  if (name === "" || /["<>:|*?\r\n\\/]/.test(name)) fail(`the artifact name is not valid: ${name}`);
  const bad = files.find((path) => /["<>:|*?\r\n]/.test(path));
  if (bad) fail(`the path for one of the files in artifact is not valid: ${bad}`);

  const searched = globber.getSearchPaths();
  let root = searched[0];
  if (searched.length > 1) root = commonAncestor(searched);
  else if (files.length === 1 && searched[0] === files[0]) root = dirname(files[0]);
  if (asItIs) root = dirname(files[0]);

  const target = join(setting("PIPEC_ARTIFACTS"), name);
  if (existsSync(target)) {
    if (!flag("overwrite")) fail(`an artifact with this name already exists on the workflow run: ${name}`);
    rmSync(target, { recursive: true });
  }
  const digest = createHash("sha256");
  for (const path of files) {
    const place = join(target, "files", relative(root, path));
    mkdirSync(dirname(place), { recursive: true });
    copyFileSync(path, place);
    digest.update(`${relative(root, path)}\0`).update(readFileSync(path));
    console.log(`uploaded ${relative(root, path)}`);
  }
  // The download unpacks even a raw file if its name ends like that of a zip.
  writeFileSync(join(target, "raw"), String(asItIs));
  output("artifact-id", "1");
  output("artifact-digest", digest.digest("hex"));
  output("artifact-url", `file://${target}`);
}

main().catch((error) => fail(error.stack));
