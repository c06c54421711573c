// Writes the recordings of releases of Rerun that are missing in tests/conformance/fixtures/releases:
// `node tools/start.mjs tests/conformance/releases/write-fixtures.ts VERSION …`.
import { readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { root } from "@rerun-ts/test-support/node/environment";
import { ensureRerun } from "@rerun-ts/test-support/setup/rerun";
import { fixtureOf, installRelease, runRelease } from "./releases.ts";

const rerun = await ensureRerun();
if ("missing" in rerun) throw new Error(rerun.missing);
for (const version of process.argv.slice(2)) {
  if (existsSync(fixtureOf(version))) continue;
  const path = join(root, `.cache/release-${version}.rrd`);
  await runRelease(rerun.python, await installRelease(rerun.python, version), path);
  await writeFile(fixtureOf(version), brotliCompressSync(await readFile(path)));
  await rm(path);
  console.log(fixtureOf(version));
}
