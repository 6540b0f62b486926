// Parses a workflow with @actions/workflow-parser, validates it with @actions/languageservice, and prints each job's effective `if`.
import { readFileSync } from "node:fs";
import { basename } from "node:path";

// The packages are in the cache, not in a folder above this file, so an import by name alone does not find them.
const load = (path) => import(new URL(`../.cache/node/node_modules/${path}`, import.meta.url));
const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } = await load("@actions/workflow-parser/dist/index.js");
const { validate, registerLogger } = await load("@actions/languageservice/dist/index.js");
const { TextDocument } = await load("vscode-languageserver-textdocument/lib/esm/main.js");

const conditionsOnly = process.argv[2] === "--conditions";
const file = process.argv.at(-1);
const content = readFileSync(file, "utf8");
const findings = [];

// An exception inside validate() is only logged, so the result would look like no findings.
const note = (message) => findings.push(`language service: ${message}`);
registerLogger({ error: note, warn: note, info: () => {}, log: () => {} });

const parsed = parseWorkflow({ name: basename(file), content }, new NoOperationTraceWriter());
for (const error of parsed.context.errors.getErrors()) findings.push(`parser: ${error.message}`);
const conditions = {};
if (parsed.value) {
  const template = await convertWorkflowTemplate(parsed.context, parsed.value);
  for (const error of template.errors ?? []) findings.push(`parser: ${error.Message}`);
  for (const job of template.jobs ?? []) conditions[job.id.value] = job.if?.expression ?? "success()";
} else {
  findings.push("parser: no workflow came out");
}

if (conditionsOnly) {
  console.log(JSON.stringify(conditions, null, 2));
  process.exit(parsed.value ? 0 : 1);
}

const severities = { 1: "error", 2: "warning", 3: "information", 4: "hint" };
const document = TextDocument.create(`file:///workflows/${basename(file)}`, "yaml", 1, content);
for (const { message, range, severity } of await validate(document)) {
  findings.push(`language service: line ${range.start.line + 1}: ${severities[severity ?? 1]}: ${message}`);
}
for (const finding of new Set(findings)) console.log(finding);
process.exitCode = findings.length === 0 ? 0 : 1;
