// Copies what runs in production into dist, with the version it was built from.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";

const { name, version } = JSON.parse(await readFile("package.json", "utf8"));
await rm("dist", { recursive: true, force: true });
await mkdir("dist");
await cp("src", "dist/src", { recursive: true });
await writeFile("dist/package.json", JSON.stringify({ name, version, type: "module" }, null, 2) + "\n");
