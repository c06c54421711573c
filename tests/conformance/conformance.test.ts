import { readFile, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { CASES } from "./harness/cases.ts";
import { coverageFile, coverageOf, coveragePage, uncoveredFields, type Coverage } from "./harness/coverage.ts";
import { isRerunThere, needRerun, rerunRrd, runPython } from "./harness/real-rerun.ts";
import { MODES, recordAll, type Recorded, type RecordedCase } from "./harness/record.ts";

/** What the comparer says of a pair of files. */
interface Comparison {
  readonly differences: readonly string[];
  readonly components: Readonly<Record<string, number>>;
}

let recorded: Recorded = { cases: [], unpaired: [] };
let comparisons: ReadonlyMap<string, Comparison> = new Map();
let coverage: Coverage = new Map();
/** If not, each is read by itself, so that the right tests fail. */
let areAllReadable = false;

beforeAll(async () => {
  if (!isRerunThere) return;
  recorded = await recordAll();
  comparisons = await compareAll(recorded.cases);
  coverage = coverageOf(
    recorded.cases.flatMap(({ named, files }) =>
      files.map(({ ours }) => ({ named, components: comparisons.get(ours)?.components ?? {} })),
    ),
  );
  const complete = recorded.cases.filter(({ errors }) => errors.length === 0).flatMap(({ files }) => files);
  areAllReadable = await readWithRerun(...complete.map(({ ours }) => ours)).then(
    () => true,
    () => false,
  );
});

/** What the comparer says of each of our files. */
async function compareAll(cases: readonly RecordedCase[]): Promise<ReadonlyMap<string, Comparison>> {
  const pairs = cases.flatMap(({ named, mode, files }) =>
    files.map((pair, index) => ({
      ...pair,
      recording_id: named.log.recordings?.[index]?.recordingId !== undefined,
      one_chunk_per_row: mode === "one chunk per row",
    })),
  );
  const answers = await runPython<Comparison[]>("compare_rows.py", pairs);
  return new Map(pairs.map(({ ours }, index) => [ours, answers[index] as Comparison]));
}

/** Throws if Rerun has anything to say against one of these files. */
async function readWithRerun(...files: string[]): Promise<void> {
  await rerunRrd("verify", ...files);
  // Loads the chunks, which `verify` does not.
  await rerunRrd("merge", ...files, "-o", `${files[0]}.merged.rrd`);
}

for (const mode of MODES) {
  describe(`both SDKs log the same, ${mode}`, () => {
    for (const named of CASES) {
      test(named.title, async (context) => {
        needRerun(context);
        const found = recorded.cases.find((candidate) => candidate.named === named && candidate.mode === mode);
        const { files, errors } = found as RecordedCase;
        expect(errors).toEqual([]);
        for (const { ours, theirs } of files) {
          if (!areAllReadable) await readWithRerun(ours);
          // This one first: it says what differs in a line.
          expect(comparisons.get(ours)?.differences).toEqual([]);
          if (mode === "one chunk per row" && named.log.incomparable === undefined) {
            await rerunRrd("compare", "--unordered", "--ignore-chunks-without-components", ours, theirs);
          }
        }
      });
    }
  });
}

describe("the cases", () => {
  test("every Python case has a TypeScript one", (context) => {
    needRerun(context);
    expect(recorded.unpaired).toEqual([]);
  });

  test("every field of every archetype is logged with a value by some case", (context) => {
    needRerun(context);
    expect(uncoveredFields(coverage)).toEqual([]);
  });

  test("docs/coverage.md says which cases log which field", async (context) => {
    needRerun(context);
    const page = coveragePage(coverage);
    if (process.env.RERUN_TS_UPDATE === "1") await writeFile(coverageFile, page);
    const written = await readFile(coverageFile, "utf8").catch(() => "");
    expect(written, "it is not up to date: run `npm run conformance -- --update`").toBe(page);
  });
});
