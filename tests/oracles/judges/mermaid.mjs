// Parses flowcharts with Mermaid itself. Mermaid needs the document of a browser, which jsdom provides.
// usage: mermaid.mjs FILE…
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";

const modules = path.join(import.meta.dirname, "..", ".cache", "node", "node_modules", "x.js");
const require = createRequire(pathToFileURL(modules));
const { JSDOM } = require("jsdom");
const { window } = new JSDOM("");
globalThis.window = window;
globalThis.document = window.document;
const mermaid = path.join(path.dirname(modules), "mermaid", "dist", "mermaid.core.mjs");
const { default: parser } = await import(pathToFileURL(mermaid));
parser.initialize({ startOnLoad: false });

let failed = false;
for (const file of process.argv.slice(2)) {
  try {
    const { diagramType } = await parser.parse(readFileSync(file, "utf8"));
    if (!diagramType.startsWith("flowchart")) throw new Error(`it is a ${diagramType}`);
  } catch (error) {
    console.log(`${file}: ${error.message ?? error}`);
    failed = true;
  }
}
process.exit(failed ? 1 : 0);
