// The old version still serves while a migration runs: nothing may be dropped or renamed.
import { readdir, readFile } from "node:fs/promises";

let findings = 0;
for (const file of (await readdir("migrations")).filter((name) => name.endsWith(".sql"))) {
  const text = await readFile(`migrations/${file}`, "utf8");
  for (const word of text.match(/\b(drop|rename)\b/gi) ?? []) {
    console.error(`migrations/${file}: ${word}`);
    findings += 1;
  }
}
process.exit(findings ? 1 : 0);
