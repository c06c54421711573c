import { DurationNanosecond, Field, Float64, Int64, TimestampNanosecond, type DataType } from "apache-arrow";
import { StoreIndex } from "../../dist/store/store-index.js";

/** What a column of {@link storeOf} is, besides an instance of numbers. */
export interface ColumnTraits {
  readonly isStatic?: boolean;
  readonly isEmpty?: boolean;
  readonly archetype?: string;
}

/** The contents of {@link storeOf}. */
export interface StoreContents {
  readonly timelines?: Readonly<Record<string, "sequence" | "timestamp" | "duration">>;
  readonly columns?: readonly (readonly [entityPath: string, component: string, traits: ColumnTraits])[];
}

const TYPES: Readonly<Record<string, DataType>> = {
  sequence: new Int64(),
  timestamp: new TimestampNanosecond(),
  duration: new DurationNanosecond(),
};

/** The index of a recording without chunks. */
export function storeOf({ timelines = {}, columns = [] }: StoreContents): StoreIndex {
  const store = new StoreIndex({ kind: "recording", applicationId: "unit", recordingId: "unit" });
  for (const [name, kind] of Object.entries(timelines)) store.addTimeline(name, TYPES[kind] as DataType);
  for (const [entityPath, component, { isStatic = false, isEmpty = false, archetype }] of columns) {
    const metadata = new Map(archetype === undefined ? [] : [["rerun:archetype", archetype]]);
    store.addColumn(entityPath, component, new Field(component, new Float64(), true, metadata), { isStatic, isEmpty });
  }
  return store;
}
