// `npm run conformance [-- --json FILE] [--update]`: compares this SDK with the real Rerun: both log the same data, and
// the tool compares the files. FILE gets
// `{ "cases": [{ "name", "status": "passed" | "failed" | "skipped", "reason"? }] }`. `--update` writes
// docs/internals/coverage.md, which lists what is compared.
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { runBin } from "@rerun-ts/test-support/node/run-bin";
import { ensureRerun } from "@rerun-ts/test-support/setup/rerun";
import type { JsonTestResults } from "vitest/reporters";
import { buildPackages } from "./lib/build-packages.ts";
import { withReport } from "./lib/run-suite.ts";

const MAX_REASON = 2000;

/** The outcome of one case. */
interface Case {
  readonly name: string;
  readonly status: "passed" | "failed" | "skipped";
  readonly reason?: string;
}

const { json, update } = parseArgs({ options: { json: { type: "string" }, update: { type: "boolean" } } }).values;
await buildPackages();
const rerun = await ensureRerun();
const { code, output, report } = await withReport((file) =>
  runBin("vitest", "vitest", ["run", "--project", "conformance", "--reporter=json", `--outputFile=${file}`], {
    capture: true,
    env: update === true ? { RERUN_TS_UPDATE: "1" } : {},
  }),
);
if (report === undefined) {
  console.error(`${output}\nThe tests did not run.`);
  process.exit(1);
}
const cases = (report as JsonTestResults).testResults.flatMap(casesOf);
if (json !== undefined) await writeFile(json, `${JSON.stringify({ cases }, null, 2)}\n`);
summarize(cases);
process.exit(code);

function casesOf({ name: file, message, assertionResults }: JsonTestResults["testResults"][number]): readonly Case[] {
  if (assertionResults.length === 0) return [{ name: file, status: "failed", reason: shorten(message) }];
  return assertionResults.map(({ fullName: name, status, failureMessages }) => {
    if (status === "passed") return { name, status };
    if (status === "failed") return { name, status, reason: shorten(failureMessages?.join("\n") ?? "") };
    // If the preparation for all tests of a file fails, none of them runs.
    if (message !== "") return { name, status: "failed", reason: shorten(message) };
    return { name, status: "skipped", reason: "missing" in rerun ? rerun.missing : "skipped" };
  });
}

function shorten(text: string): string {
  return text.length <= MAX_REASON ? text : `${text.slice(0, MAX_REASON)}…`;
}

function summarize(all: readonly Case[]): void {
  const failed = all.filter(({ status }) => status === "failed");
  const skipped = all.filter(({ status }) => status === "skipped");
  for (const { name, reason = "" } of failed) console.log(`FAILED  ${name}\n${reason.replaceAll(/^/gm, "        ")}\n`);
  if (skipped[0] !== undefined) console.log(`skipped ${skipped.length}: ${skipped[0].reason}`);
  const passed = all.length - failed.length - skipped.length;
  console.log(`Conformance: ${passed} passed, ${failed.length} failed, ${skipped.length} skipped.`);
}
