// `npm run mutants [-- PLACE…]`: puts small faults into source files, one at a time, and lists the faults that no unit
// test notices. A place is a file or a folder. The unit tests of `packages/NAME/src/PLACE` are in
// `packages/NAME/test/logic/PLACE`, unless the environment variable `MUTATION_TESTS` names others.
import { existsSync, readFileSync, readdirSync, rmSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { runBin } from "@rerun-ts/test-support/node/run-bin";
import { mutateFile, type Mutant } from "./mutants.ts";
import type { Outcomes } from "./switch.ts";

/** A mutant that changes nothing that a test could notice. */
interface Equivalent {
  readonly file: string;
  /** The line of the source, without the space around it. */
  readonly line: string;
  readonly original: string;
  readonly replacement: string;
  readonly reason: string;
}

/** The part of mutants that tests must notice. */
const GOAL = 0.85;
const PLACES = [
  "packages/reading/src/query",
  "packages/reading/src/store",
  "packages/core/src/storage",
  "packages/core/src/batch",
  "packages/core/src/rrd/encode/manifest.ts",
  "packages/core/src/rrd/encode/manifest-names.ts",
  "packages/core/src/rrd/encode/manifest-rows.ts",
  "packages/core/src/recording/flush-result.ts",
  "packages/core/src/recording/initial-messages.ts",
  "packages/core/src/recording/message-dispatcher.ts",
  "packages/core/src/recording/ordered-sender.ts",
  "packages/core/src/spool",
];
const EQUIVALENTS = JSON.parse(readFileSync(join(import.meta.dirname, "equivalent.json"), "utf8")) as Equivalent[];

const places = process.argv.length > 2 ? process.argv.slice(2) : PLACES;
let isEnough = true;
for (const place of places) isEnough = (await mutatePlace(place.replace(/\/$/, ""))) && isEnough;
process.exit(isEnough ? 0 : 1);

/** Tries all mutants of a file or of the files of a folder. Returns whether enough are noticed. */
async function mutatePlace(path: string): Promise<boolean> {
  const files = statSync(join(root, path)).isFile() ? [path] : filesIn(path);
  const outcomes = await runTests(files, path.replace("/src/", "/test/logic/"));
  let [all, noticed] = [0, 0];
  const rows: string[] = [];
  for (const file of files) {
    const code = readFileSync(join(root, file), "utf8");
    const lines = code.split("\n");
    const { mutants } = mutateFile(code);
    const tried = mutants.filter((mutant) => !isEquivalent(file, lines, mutant));
    const killed = outcomes.killed[file] ?? {};
    const survivors = tried.filter(({ id }) => killed[id] === undefined);
    all += tried.length;
    noticed += tried.length - survivors.length;
    if (tried.length > 0)
      rows.push(`${percent(tried.length - survivors.length, tried.length)} of ${tried.length} in ${file}`);
    const covered = new Set(outcomes.covered[file]);
    for (const { id, line, original, replacement } of survivors) {
      const change = `${short(original)} -> ${replacement === "" ? "(left out)" : short(replacement)}`;
      console.log(`${file}:${line}: ${change}${covered.has(id) ? "" : " (no test runs it)"}`);
    }
  }
  console.log(`\n${rows.join("\n")}\n${percent(noticed, all)} of ${all} mutants in ${path} are noticed.\n`);
  return noticed >= all * GOAL;
}

async function runTests(files: readonly string[], tests: string): Promise<Outcomes> {
  const folder = join(root, ".cache/mutation");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${process.pid}.json`);
  rmSync(file, { force: true });
  const config = join(import.meta.dirname, "vitest.config.ts");
  const mirrored = tests.replace(/\.ts$/, ".test.ts");
  const named = process.env["MUTATION_TESTS"];
  if (named === undefined && !existsSync(join(root, mirrored))) {
    console.error(`There is no ${mirrored}. Name the tests of this place in the environment variable MUTATION_TESTS.`);
    process.exit(1);
  }
  const include = mirrored.endsWith(".ts") ? mirrored : `${mirrored}/**/*.test.ts`;
  const { code, output } = await runBin("vitest", "vitest", ["run", "--config", config], {
    capture: true,
    env: {
      MUTATION_SOURCES: files.join(),
      MUTATION_TESTS: named ?? include,
      MUTATION_OUTCOMES: file,
    },
  });
  if (code !== 0 || !existsSync(file)) {
    console.error(output);
    throw new Error(`the tests of ${tests} fail without a mutant`);
  }
  const outcomes = JSON.parse(readFileSync(file, "utf8")) as Outcomes;
  rmSync(file);
  return outcomes;
}

function filesIn(folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true }) as string[];
  return names
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => `${folder}/${name}`);
}

function isEquivalent(file: string, lines: readonly string[], { line, original, replacement }: Mutant): boolean {
  return EQUIVALENTS.some(
    (known) =>
      known.file === file &&
      known.line === lines[line - 1]?.trim() &&
      known.original === original &&
      known.replacement === replacement,
  );
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? "100.0" : ((part / whole) * 100).toFixed(1)} %`.padStart(7);
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length <= 70 ? line : `${line.slice(0, 69)}…`;
}
