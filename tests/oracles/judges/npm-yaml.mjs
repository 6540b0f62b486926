// Reads YAML from standard input as the npm `yaml` package does (YAML 1.2, core schema) and prints it as JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { parseDocument } = createRequire(new URL("../.cache/node/package.json", import.meta.url))("yaml");
const document = parseDocument(readFileSync(0, "utf8"), { version: "1.2", schema: "core", strict: true, uniqueKeys: true });
const complaints = [...document.errors, ...document.warnings];
for (const complaint of complaints) console.error(complaint.message);
console.log(JSON.stringify(document.toJS()));
// `process.exit` would lose what the pipe has not taken yet: it holds 64 KiB.
process.exitCode = complaints.length === 0 ? 0 : 1;
