import { readFile, writeFile } from "node:fs/promises";
import * as rr from "@rerun-ts/node";
import { isRerunThere, needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { beforeAll, describe, expect, test } from "vitest";
import { outputFile } from "./harness/output.ts";
import { runPython } from "./harness/real-rerun.ts";

const { Vec3D } = rr.encodings;

/** A row with a custom component that has one vector. */
function vector(
  descriptor?: Partial<rr.types.ComponentDescriptor>,
  arrow: rr.types.ComponentType["arrow"] = Vec3D.arrow,
): Row {
  const batch = { type: { ...Vec3D, arrow }, values: [1, 2, 3] };
  return { asComponents: (row) => row.write({ component: "vector", ...descriptor }, batch) };
}

const NULLABLE_VECTOR: rr.types.ComponentType["arrow"] = {
  type: "FixedSizeList",
  size: 3,
  item: { name: "item", nullable: true, type: { type: "Float32" } },
};

type Row = rr.types.AsComponents;
type Log = (rec: rr.RecordingStream) => void;

/** The data of a compared recording; each differs from the base recording in one property. */
interface Logged {
  first?: Row;
  second?: Row;
  secondTime?: rr.types.TimeValue;
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

/** A difference from the base recording, and the report of the comparer about it. */
type Difference = readonly [what: string, log: Log, message: RegExp, options?: RecordOptions];

interface RecordOptions extends rr.types.RecordingOptions {
  applicationId?: string;
}

const DIFFERENCES: readonly Difference[] = [
  ["another value", rows({ first: new rr.Scalars(1 + Number.EPSILON) }), /^\/a row 0: Scalars:scalars\[0\]: ours 1.00/],
  ["another sign of zero", rows({ second: new rr.Scalars([-0, 2]) }), /^\/a row 1: Scalars:scalars\[0\]: ours '-0.0'/],
  ["a longer list", rows({ second: new rr.Scalars([1, 2, 3]) }), /^\/a row 1: Scalars:scalars: ours \[1.0, /],
  ["an empty list", rows({ second: new rr.Scalars([]) }), /^\/a row 1: Scalars:scalars: ours \[\]/],
  ["another component", rows({ second: new rr.TextLog("x") }), /^\/a row 1: Scalars:scalars is there: ours False, /],
  ["another archetype", rows({ third: vector({ archetype: "A" }) }), /^\/b row 0: vector: archetype: ours 'A', /],
  [
    "another component type",
    rows({ third: vector({ componentType: "T" }) }),
    /^\/b row 0: vector: component_type: ours 'T'/,
  ],
  [
    "another inner nullability",
    rows({ third: vector({}, NULLABLE_VECTOR) }),
    /: arrow_type: .*theirs .*item: float not null/,
  ],
  ["a missing row", (rec) => rec.log("b", vector(), { static: true }), /^\/a: number of rows: ours 0, theirs 2/],
  ["another order of rows", rowsInAnotherOrder, /^\/a row 0: times: /],
  [
    "another time",
    rows({ secondTime: 3 }),
    /^\/a row 1: times: ours .*'step': \('int64', 3\).* theirs .*\('int64', 2\)/,
  ],
  [
    "another kind of timeline",
    rows({ secondTime: { duration: 2n } }),
    /^\/a row 1: times: ours .*'duration\[ns\]', 2\)/,
  ],
  ["a static row", rows({ isStatic: false }), /^\/b row 0: static: ours False, theirs True/],
  ["a missing timeline", rows(), /^\/a row 0: times: /, { logTime: false }],
  ["another application", rows(), /^stores: ours \[\('other', 'one'\)\], theirs /, { applicationId: "other" }],
  ["another recording", rows(), /^stores: ours \[\('compare', 'two'\)\], theirs /, { recordingId: "two" }],
];

/** Two rows that fit into one chunk. */
function twoNumbers(rec: rr.RecordingStream): void {
  for (const value of [Number.NaN, 1]) rec.log("a", new rr.Scalars(value));
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

/** A copy of a file in which the last occurrence of `from` is replaced by `to`. */
async function damage(path: string, from: Uint8Array, to: Uint8Array): Promise<string> {
  const bytes = await readFile(path);
  bytes.set(to, bytes.lastIndexOf(from));
  const damaged = path.replace(/rrd$/, "damaged.rrd");
  await writeFile(damaged, bytes);
  return damaged;
}

/** A recording with a chunk whose times are unsorted although it claims that they are sorted. */
async function recordFalseClaim(): Promise<string> {
  const [early, late] = [0x1122_3344_5566_7788n, 0x1122_3344_5566_7799n];
  const columns = rr.Scalars.columns({ scalars: [1, 2] });
  const log: Log = (rec) => rec.sendColumns("a", rr.TimeColumn.sequence("frame", [early, late]), columns);
  const bytesOf = (...values: bigint[]): Uint8Array => new Uint8Array(new BigInt64Array(values).buffer);
  const path = await record("sorted times", log, { compression: "none" });
  return damage(path, bytesOf(early, late), bytesOf(late, early));
}

/** The reports of the comparer, by the kind of difference. */
let found: ReadonlyMap<string, string> = new Map();

beforeAll(async () => {
  if (!isRerunThere()) return;
  const base = await record("base", rows());
  const batched = await record("batched", twoNumbers);
  const divided = await record("divided", twoNumbers, { batcher: { flushNumRows: 0 } });
  const falseClaim = await recordFalseClaim();
  const pairs = new Map([
    ["nothing", { ours: base, theirs: base }],
    ["chunks", { ours: divided, theirs: batched }],
    ["chunks that should be the same", { ours: divided, theirs: batched, one_chunk_per_row: true }],
    ["a false claim", { ours: falseClaim, theirs: falseClaim }],
    ["a damaged footer", { ours: await damage(base, Buffer.from("RRF2FOOT"), Buffer.from("RRF2FOO!")), theirs: base }],
  ]);
  for (const [what, log, , options] of DIFFERENCES) {
    pairs.set(what, { ours: await record(what, log, options), theirs: base });
  }
  const requests = [...pairs.values()].map((pair) => ({ recording_id: true, one_chunk_per_row: false, ...pair }));
  const answers = await runPython<{ differences: string[] }[]>("compare_rows.py", requests);
  found = new Map([...pairs.keys()].map((what, index) => [what, answers[index]?.differences.join("\n") ?? ""]));
});

describe("compare_rows.py", () => {
  for (const [what, , message] of DIFFERENCES) {
    test(`reports ${what}`, (context) => {
      needRerun(context);
      expect(found.get(what)).toMatch(message);
    });
  }

  test("reports times whose order differs from the claim of their chunk", (context) => {
    needRerun(context);
    expect(found.get("a false claim")).toBe("/a: frame is not sorted, but the chunk denies it");
  });

  test("reports a damaged footer", (context) => {
    needRerun(context);
    expect(found.get("a damaged footer")).toMatch(/^the footer cannot be read: /);
  });

  test("reports different chunks only if they are expected to be equal", (context) => {
    needRerun(context);
    expect(found.get("chunks that should be the same")).toMatch(/^chunks in the manifest: /);
    expect(found.get("chunks")).toBe("");
  });

  test("reports nothing for equal recordings", (context) => {
    needRerun(context);
    expect(found.get("nothing")).toBe("");
  });
});
