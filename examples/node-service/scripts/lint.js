// No tabs, no trailing spaces, no line over 120 characters.
import { readdir, readFile } from "node:fs/promises";

let findings = 0;
for (const folder of ["src", "test", "scripts", "e2e"]) {
  for (const file of await readdir(folder)) {
    const lines = (await readFile(`${folder}/${file}`, "utf8")).split("\n");
    lines.forEach((line, index) => {
      if (/\t|\s$/.test(line) || line.length > 120) {
        console.error(`${folder}/${file}:${index + 1}: ${line}`);
        findings += 1;
      }
    });
  }
}
process.exit(findings ? 1 : 0);
