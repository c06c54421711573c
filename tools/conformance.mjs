// `npm run conformance [-- --json FILE] [--update]`: compares this SDK with the real Rerun: the same logged with both,
// file against file. FILE gets `{ "cases": [{ "name", "status": "passed" | "failed" | "skipped", "reason"? }] }`.
// `--update` writes docs/coverage.md, which says what is compared.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureBuilt } from "./lib/install.mjs";
import { ensureRerun } from "./lib/python.mjs";
import { run } from "./lib/run.mjs";

const MAX_REASON = 2000;

const { json, update } = parseArgs({ options: { json: { type: "string" }, update: { type: "boolean" } } }).values;
await ensureBuilt();
const { missing } = await ensureRerun();
const tests = await runTests();
if (tests.report === undefined) {
  console.error(`${tests.output}\nThe tests did not run.`);
  process.exit(1);
}
const cases = casesOf(tests.report);
if (json !== undefined) await writeFile(json, `${JSON.stringify({ cases }, null, 2)}\n`);
summarize(cases);
process.exit(tests.code);

/** Runs the project of tests. Its own report is read from a file. */
async function runTests() {
  const folder = await mkdtemp(join(tmpdir(), "conformance-"));
  const file = join(folder, "report.json");
  const args = ["--no-install", "vitest", "run", "--project", "conformance", "--reporter=json", `--outputFile=${file}`];
  const env = update === true ? { RERUN_TS_UPDATE: "1" } : {};
  const { code, output } = await run("npx", args, { capture: true, env });
  const text = await readFile(file, "utf8").catch(() => undefined);
  await rm(folder, { recursive: true });
  return { code, output, report: text === undefined ? undefined : JSON.parse(text) };
}

function casesOf({ testResults }) {
  return testResults.flatMap(({ name: file, message, assertionResults }) => {
    if (assertionResults.length === 0) return [{ name: file, status: "failed", reason: shorten(message) }];
    return assertionResults.map(({ fullName, status, failureMessages }) => {
      if (status === "passed") return { name: fullName, status };
      if (status === "failed") return { name: fullName, status, reason: shorten(failureMessages.join("\n")) };
      // What is prepared for all tests of a file may fail too; then none of them runs.
      if (message !== "") return { name: fullName, status: "failed", reason: shorten(message) };
      return { name: fullName, status: "skipped", reason: missing ?? "skipped" };
    });
  });
}

function shorten(text) {
  return text.length <= MAX_REASON ? text : `${text.slice(0, MAX_REASON)}…`;
}

function summarize(all) {
  const failed = all.filter(({ status }) => status === "failed");
  const skipped = all.filter(({ status }) => status === "skipped");
  for (const { name, reason } of failed) console.log(`FAILED  ${name}\n${indent(reason)}\n`);
  if (skipped.length > 0) console.log(`skipped ${skipped.length}: ${skipped[0].reason}`);
  const passed = all.length - failed.length - skipped.length;
  console.log(`Conformance: ${passed} passed, ${failed.length} failed, ${skipped.length} skipped.`);
}

function indent(text) {
  return text.replaceAll(/^/gm, "        ");
}
