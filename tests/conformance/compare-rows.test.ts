import { readFile, writeFile } from "node:fs/promises";
import * as rr from "@rerun-ts/node";
import { describe, expect, test } from "vitest";
import { outputFile } from "./harness/output.ts";
import { needRerun, runPython } from "./harness/real-rerun.ts";

const { Vec3D } = rr.encodings;

/** A row of a component of its own, with one vector. */
function vector(descriptor?: Partial<rr.ComponentDescriptor>, arrow: rr.ComponentType["arrow"] = Vec3D.arrow): Row {
  const batch = { type: { ...Vec3D, arrow }, values: [1, 2, 3] };
  return { asComponents: (row) => row.write({ component: "vector", ...descriptor }, batch) };
}

const NULLABLE_VECTOR: rr.ComponentType["arrow"] = {
  type: "FixedSizeList",
  size: 3,
  item: { name: "item", nullable: true, type: { type: "Float32" } },
};

type Row = rr.AsComponents;
type Log = (rec: rr.RecordingStream) => void;

/** What the recordings log that are compared; each differs from the first one in one thing. */
interface Logged {
  first?: Row;
  second?: Row;
  secondTime?: rr.TimeValue;
  third?: Row;
  isStatic?: boolean;
}

function rows(logged: Logged = {}): Log {
  const { first = new rr.Scalars(1), second = new rr.Scalars([1, 2]), secondTime = 2 } = logged;
  const { third = vector(), isStatic = true } = logged;
  return (rec) => {
    rec.setTime("frame", 1);
    rec.log("a", first);
    rec.resetTime();
    rec.setTime("step", secondTime);
    rec.log("a", second);
    rec.log("b", third, { static: isStatic });
  };
}

function rowsInAnotherOrder(rec: rr.RecordingStream): void {
  rec.setTime("step", 2);
  rec.log("a", new rr.Scalars([1, 2]));
  rec.resetTime();
  rec.setTime("frame", 1);
  rec.log("a", new rr.Scalars(1));
  rec.log("b", vector(), { static: true });
}

const DIFFERENCES: readonly (readonly [what: string, log: Log, message: RegExp])[] = [
  ["a value", rows({ first: new rr.Scalars(1 + Number.EPSILON) }), /^\/a row 0: Scalars:scalars\[0\]: ours '1.00/],
  ["the sign of zero", rows({ second: new rr.Scalars([-0, 2]) }), /^\/a row 1: Scalars:scalars\[0\]: ours '-0.0'/],
  ["a longer list", rows({ second: new rr.Scalars([1, 2, 3]) }), /^\/a row 1: Scalars:scalars: ours \['1.0', /],
  ["an empty list", rows({ second: new rr.Scalars([]) }), /^\/a row 1: Scalars:scalars: ours \[\]/],
  ["another component", rows({ second: new rr.TextLog("x") }), /^\/a row 1: Scalars:scalars is there: ours False, /],
  ["the archetype", rows({ third: vector({ archetype: "A" }) }), /^\/b row 0: vector: archetype: ours 'A', /],
  [
    "the component type",
    rows({ third: vector({ componentType: "T" }) }),
    /^\/b row 0: vector: component_type: ours 'T'/,
  ],
  ["inner nullability", rows({ third: vector({}, NULLABLE_VECTOR) }), /: arrow_type: .*theirs .*item: float not null/],
  ["a missing row", (rec) => rec.log("b", vector(), { static: true }), /^\/a: number of rows: ours 0, theirs 2/],
  ["the order of rows", rowsInAnotherOrder, /^\/a row 0: times: /],
  ["a time", rows({ secondTime: 3 }), /^\/a row 1: times: ours .*'step': \('int64', 3\).* theirs .*\('int64', 2\)/],
  ["the kind of a timeline", rows({ secondTime: { duration: 2n } }), /^\/a row 1: times: ours .*'duration\[ns\]', 2\)/],
  ["what is static", rows({ isStatic: false }), /^\/b row 0: static: ours False, theirs True/],
];

interface RecordOptions extends rr.RecordingOptions {
  applicationId?: string;
}

async function record(name: string, log: Log, options: RecordOptions = {}): Promise<string> {
  const { applicationId = "compare", ...others } = options;
  const rec = new rr.RecordingStream(applicationId, { recordingId: "one", ...others });
  const path = outputFile(`compare-rows.${name.replaceAll(" ", "-")}.rrd`);
  await rec.save(path);
  log(rec);
  await rec.close();
  return path;
}

/** What the comparer finds between two files. */
async function compare(ours: string, theirs: string): Promise<string> {
  const pair = { ours, theirs, recording_id: true };
  const [answer] = await runPython<{ differences: string[] }[]>("compare_rows.py", [pair], ".self-test");
  return answer?.differences.join("\n") ?? "";
}

describe("the comparer of rows", () => {
  for (const [what, log, message] of DIFFERENCES) {
    test(`finds ${what}`, async (context) => {
      needRerun(context);
      expect(await compare(await record(what, log), await record("base", rows()))).toMatch(message);
    });
  }

  test("finds another timeline, another application and another recording", async (context) => {
    needRerun(context);
    const base = await record("base", rows());
    const withoutLogTime = await record("without log time", rows(), { logTime: false });
    expect(await compare(withoutLogTime, base)).toMatch(/^\/a row 0: times: /);
    const elsewhere = await record("another store", rows(), { applicationId: "other", recordingId: "two" });
    expect(await compare(elsewhere, base)).toMatch(
      /^stores: ours \[\('other', 'two'\)\], theirs \[\('compare', 'one'\)\]/,
    );
  });

  test("finds times that are not in the order that a chunk claims", async (context) => {
    needRerun(context);
    const [early, late] = [0x1122_3344_5566_7788n, 0x1122_3344_5566_7799n];
    const times = rr.TimeColumn.sequence("frame", [early, late]);
    const log: Log = (rec) => rec.sendColumns("a", times, rr.Scalars.columns({ scalars: [1, 2] }));
    const path = await record("swapped times", log, { compression: "none" });
    const bytes = await readFile(path);
    const inOrder = Buffer.from(new BigInt64Array([early, late]).buffer);
    bytes.set(new Uint8Array(new BigInt64Array([late, early]).buffer), bytes.indexOf(inOrder));
    await writeFile(path, bytes);
    expect(await compare(path, path)).toBe("/a: frame is not sorted, but the chunk denies it");
  });

  test("does not mind chunks, ids, the wall clock and the kind of NaN", async (context) => {
    needRerun(context);
    const log = rows({ first: new rr.Scalars(Number.NaN) });
    const batcher = { flushNumRows: 0 };
    const ours = await record("one chunk per row", log, { batcher, compression: "none" });
    expect(await compare(ours, await record("batched", log))).toBe("");
  });
});
