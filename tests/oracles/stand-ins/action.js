// What the stand-ins share: inputs, outputs and failure, by the same files and variables as GitHub's runner uses.
"use strict";
const { appendFileSync } = require("node:fs");

/** The input's text; the runner hands it over in INPUT_NAME with only spaces replaced. */
exports.input = (name) => (process.env[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] ?? "").trim();

exports.output = (name, value) => appendFileSync(process.env.GITHUB_OUTPUT, `${name}=${value}\n`);

/** The variable's text, which act/run_workflow sets for every stand-in. */
exports.setting = (name) => process.env[name] || exports.fail(`${name} is not set`);

exports.fail = (message) => {
  console.log(`::error::${message}`);
  process.exit(1);
};
