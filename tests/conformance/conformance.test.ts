import { beforeAll, describe, expect, test } from "vitest";
import { CASES } from "./harness/cases.ts";
import { uncoveredFields } from "./harness/coverage.ts";
import { outputFile } from "./harness/output.ts";
import { isRerunThere, needRerun, rerunRrd, runPython } from "./harness/real-rerun.ts";
import { MODES, recordAll, type Recorded, type RecordedCase } from "./harness/record.ts";

/** What the comparer says of a pair of files. */
interface Comparison {
  readonly differences: readonly string[];
  readonly components: Readonly<Record<string, number>>;
}

let recorded: Recorded = { cases: [], unpaired: [] };
let comparisons: ReadonlyMap<string, Comparison> = new Map();

beforeAll(async () => {
  if (!isRerunThere) return;
  recorded = await recordAll();
  const pairs = recorded.cases.flatMap(({ named, mode, files }) =>
    files.map((pair, index) => ({
      ...pair,
      recording_id: named.log.recordings?.[index]?.recordingId !== undefined,
      one_chunk_per_row: mode === "one chunk per row",
    })),
  );
  const answers = await runPython<Comparison[]>("compare_rows.py", pairs);
  comparisons = new Map(pairs.map(({ ours }, index) => [ours, answers[index] as Comparison]));
});

for (const mode of MODES) {
  describe(`both SDKs log the same, ${mode}`, () => {
    for (const named of CASES) {
      test(named.title, async (context) => {
        needRerun(context);
        const found = recorded.cases.find((candidate) => candidate.named === named && candidate.mode === mode);
        const { files, errors } = found as RecordedCase;
        expect(errors).toEqual([]);
        for (const { ours, theirs } of files) {
          await rerunRrd("verify", ours);
          // Loads the chunks, which `verify` does not.
          await rerunRrd("merge", ours, "-o", outputFile("merged.rrd"));
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
    expect(uncoveredFields([...comparisons.values()].map(({ components }) => components))).toEqual([]);
  });
});
