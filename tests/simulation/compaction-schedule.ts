import * as fc from "fast-check";

/** Something that a producer, an ingester, a compactor, a reader or the store does. */
export type CompactionAction =
  /** A producer uploads a part, unless it has done so. After an error it waits for the next time. */
  | { readonly type: "upload"; readonly run: number; readonly part: number; readonly rows: number }
  | { readonly type: "ingest"; readonly ingester: number; readonly rows: number }
  /** A compactor works on a share of two, or on all recordings. */
  | { readonly type: "compact"; readonly compactor: number; readonly share: 0 | 1 | 2 }
  | { readonly type: "remove"; readonly keepMs: number; readonly unit: "recording" | "part" }
  /** A process ends or stands still, some time later: in the middle of its work at that time. */
  | { readonly type: "kill" | "freeze"; readonly who: string; readonly afterMs: number; readonly ms: number }
  /** A process stands still for so long that its unfinished objects are old, and other processes tidy up meanwhile. */
  | { readonly type: "outlast"; readonly who: string; readonly afterMs: number; readonly killMs: number | undefined }
  | { readonly type: "read"; readonly isFresh: boolean }
  | { readonly type: "wait"; readonly ms: number }
  | { readonly type: "store down"; readonly ms: number };

/** Everything that happens in a simulation of compaction follows from this. */
export interface CompactionSchedule {
  readonly seed: number;
  readonly latencyMs: number;
  /** The share of requests to the store that fail: before they arrive, after, or arrive late. */
  readonly storeFaults: number;
  readonly pageSize: number;
  readonly maxBytes: number;
  readonly minParts: number;
  readonly actions: readonly CompactionAction[];
}

/** The age at which processes delete replaced parts, and parts that never counted. */
export const DELETE_AFTER_MS = 3_600_000;

const index = fc.nat(1);
const share = fc.constantFrom(0 as const, 1 as const, 2 as const);
const who = fc.constantFrom("ingester 0", "ingester 1", "compactor 0", "compactor 1", "remover", "reader");
const pause = fc.oneof(
  { weight: 4, arbitrary: fc.nat(2000) },
  { weight: 2, arbitrary: fc.integer({ min: 2000, max: 600_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: DELETE_AFTER_MS, max: 3 * DELETE_AFTER_MS }) },
);
/** The time at which processes that tidy up are killed; `undefined` if they live on. */
const killMs = fc.option(fc.nat(8000), { nil: undefined });
const action: fc.Arbitrary<CompactionAction> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant("upload" as const),
      run: index,
      part: fc.nat(7),
      rows: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("ingest" as const),
      ingester: index,
      rows: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ type: fc.constant("compact" as const), compactor: index, share }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant("wait" as const), ms: pause }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("read" as const), isFresh: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant("outlast" as const), who, afterMs: fc.nat(4000), killMs }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom("kill" as const, "freeze"),
      who,
      afterMs: fc.nat(4000),
      ms: pause,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("remove" as const),
      keepMs: fc.constantFrom(DELETE_AFTER_MS, 4 * DELETE_AFTER_MS),
      unit: fc.constantFrom("recording" as const, "part" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("store down" as const), ms: fc.nat(20_000) }) },
);

/** Any schedule. */
export const compactionSchedules: fc.Arbitrary<CompactionSchedule> = fc.record({
  seed: fc.integer(),
  latencyMs: fc.constantFrom(1, 20, 200),
  storeFaults: fc.constantFrom(0, 0.1, 0.3),
  pageSize: fc.constantFrom(1, 2, 1000),
  maxBytes: fc.constantFrom(40, 200, 100_000),
  minParts: fc.constantFrom(2, 3),
  actions: fc.array(action, { maxLength: 40, size: "max" }),
});
