import { Schema, Field, List, Utf8, vectorFromArray, type Data, type RecordBatch } from "apache-arrow";
import { batchOf, makeArray } from "@rerun-ts/reading/chunks";

/** Whether an asset applies to all segments but the listed ones, or to these alone. */
export type AssetMode = "opt_out" | "opt_in";

/** The segments that an asset applies to. */
export interface AssetCoverage {
  readonly mode: AssetMode;
  readonly segments: readonly string[];
}

/** The modes as they are stored. */
const STORED: Readonly<Record<AssetMode, string>> = { opt_out: "OptOut", opt_in: "OptIn" };
const MODE = "property:asset:mode";
const SEGMENTS = "property:asset:segments";

/** The coverage in the properties of an asset. Without any, it applies to all segments. */
export function coverageOf(properties: RecordBatch | undefined): AssetCoverage {
  const [mode] = textsOf(properties, MODE);
  return { mode: mode === STORED.opt_in ? "opt_in" : "opt_out", segments: textsOf(properties, SEGMENTS) };
}

function textsOf(properties: RecordBatch | undefined, name: string): string[] {
  const cell = properties?.getChild(name)?.get(0) as Iterable<unknown> | null | undefined;
  return [...(cell ?? [])].filter((text) => typeof text === "string");
}

/** The properties of an asset with a coverage: one row. */
export function coverageBatch({ mode, segments }: AssetCoverage): RecordBatch {
  const type = new List(new Field("item", new Utf8(), true));
  const schema = new Schema([new Field(MODE, type, true), new Field(SEGMENTS, type, true)]);
  const children = [[STORED[mode]], segments].map((texts) => {
    const values = vectorFromArray([...texts], new Utf8()).data[0] as Data<Utf8>;
    return makeArray(type, 1, { offsets: new Int32Array([0, texts.length]), children: [values] });
  });
  return batchOf(schema, 1, children);
}

/**
 * The coverage after an asset was applied to some segments, or removed from them. Returns the same object if nothing
 * changes.
 */
export function changedCoverage(coverage: AssetCoverage, segments: readonly string[], applies: boolean): AssetCoverage {
  const { mode, segments: listed } = coverage;
  // Other programs may have listed a segment twice.
  const before = new Set(listed);
  const after = new Set(listed);
  for (const id of segments) {
    if (applies === (mode === "opt_in")) after.add(id);
    else after.delete(id);
  }
  return after.size === before.size ? coverage : { mode, segments: [...after] };
}
