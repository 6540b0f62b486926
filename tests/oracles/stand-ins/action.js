// The common part of the stand-ins: inputs, outputs and failure, with the files and variables of GitHub's runner.
"use strict";
const { appendFileSync } = require("node:fs");

/** The input's text. The runner passes it in INPUT_NAME with only spaces replaced. */
exports.input = (name) => (process.env[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] ?? "").trim();

exports.output = (name, value) => appendFileSync(process.env.GITHUB_OUTPUT, `${name}=${value}\n`);

/** The variable's text, which act/run_workflow sets for every stand-in. */
exports.setting = (name) => process.env[name] || exports.fail(`${name} is not set`);

exports.fail = (message) => {
  console.log(`::error::${message}`);
  process.exit(1);
};
