import { readFile, stat, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { encodeRrd } from "@rerun-ts/core/encode";
import { isRerunThere, needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { beforeAll, describe, expect, test } from "vitest";
import { CASES } from "./harness/cases.ts";
import { coverageFile, coverageOf, coveragePage, uncoveredFields, type Coverage } from "./harness/coverage.ts";
import { rerunRrd, runPython } from "./harness/real-rerun.ts";
import { MODES, recordAll, type Recorded, type RecordedCase } from "./harness/record.ts";

/** The report of the comparer about a pair of files. */
interface Comparison {
  readonly differences: readonly string[];
  readonly components: Readonly<Record<string, number>>;
}

/** Not compressed at all; and rows between columns, which leave before them in chunks of their own. */
const MAY_BE_LARGER = /^recordings\.every_compression\..*\.2\.|^columns\.among_rows\.batched/;

let recorded: Recorded = { cases: [], unpaired: [] };
let comparisons: ReadonlyMap<string, Comparison> = new Map();
let coverage: Coverage = new Map();
/** Whether Rerun can read all files. If not, each is read separately, so that the right tests fail. */
let areAllReadable = false;

beforeAll(async () => {
  recorded = await recordAll(isRerunThere());
  if (!isRerunThere()) return;
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

/** The report of the comparer about each of our files. */
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

/** Rejects if Rerun reports a problem of one of these files. */
async function readWithRerun(...files: string[]): Promise<void> {
  await rerunRrd("verify", ...files);
  // In contrast to `verify`, this loads the chunks.
  await rerunRrd("merge", ...files, "-o", `${files[0]}.merged.rrd`);
}

for (const mode of MODES) {
  describe(`both SDKs log the same data, ${mode}`, () => {
    for (const named of CASES) {
      test(named.title, async (context) => {
        needRerun(context);
        const found = recorded.cases.find((candidate) => candidate.named === named && candidate.mode === mode);
        const { files, errors } = found as RecordedCase;
        expect(errors).toEqual([]);
        for (const { ours, theirs } of files) {
          if (!areAllReadable) await readWithRerun(ours);
          // First the comparer, whose report has one line per difference.
          expect(comparisons.get(ours)?.differences).toEqual([]);
          if (mode === "one chunk per row" && named.log.incomparable === undefined) {
            await rerunRrd("compare", "--unordered", "--ignore-chunks-without-components", ours, theirs);
          }
        }
      });
    }
  });
}

describe("the conformance cases", () => {
  test("write files that are encoded again to the same bytes when they are decoded, footers included", async () => {
    const files = recorded.cases.filter(({ mode }) => mode === "batched").flatMap((recordedCase) => recordedCase.files);
    expect(files.length).toBeGreaterThanOrEqual(CASES.length);
    for (const { ours } of files) {
      const bytes = await readFile(ours);
      expect(Buffer.compare(encodeRrd(readEncodedMessages(bytes)), bytes), basename(ours)).toBe(0);
    }
  });

  test("have a TypeScript program for every Python program", (context) => {
    needRerun(context);
    expect(recorded.unpaired).toEqual([]);
  });

  test("log a value of every field of every archetype", (context) => {
    needRerun(context);
    expect(uncoveredFields(coverage)).toEqual([]);
  });

  test("write files that are no larger than Python's by more than a twentieth", async (context) => {
    needRerun(context);
    const larger: string[] = [];
    for (const { ours, theirs } of recorded.cases.flatMap(({ files }) => files)) {
      const [size, allowed] = [(await stat(ours)).size, (await stat(theirs)).size * 1.05];
      if (size > allowed && !MAY_BE_LARGER.test(basename(ours))) larger.push(`${basename(ours)}: ${size} > ${allowed}`);
    }
    expect(larger).toEqual([]);
  });

  test("are listed by field in docs/internals/coverage.md", async (context) => {
    needRerun(context);
    const page = coveragePage(coverage);
    if (process.env.RERUN_TS_UPDATE === "1") await writeFile(coverageFile, page);
    const written = await readFile(coverageFile, "utf8").catch(() => "");
    expect(written, "the page is out of date: run `npm run conformance -- --update`").toBe(page);
  });
});
