import * as fc from "fast-check";

/** Something that a producer, an ingester, NATS or the store does. */
export type NatsAction =
  | { readonly type: "log"; readonly producer: number; readonly messages: number; readonly bytes: number }
  | { readonly type: "wait"; readonly ms: number }
  | { readonly type: "flush"; readonly producer: number }
  | { readonly type: "kill ingester" | "freeze ingester"; readonly ingester: number; readonly ms: number }
  | { readonly type: "start producer" | "kill producer"; readonly producer: number }
  | { readonly type: "kill NATS"; readonly ms: number; readonly loss: "nothing" | "end" | "all" }
  /** The stream is full: its oldest messages are dropped. */
  | { readonly type: "trim stream" }
  | { readonly type: "store down"; readonly ms: number };

/** Everything that happens in a simulation of ingest follows from this. */
export interface NatsSchedule {
  readonly seed: number;
  readonly partitions: 1 | 2;
  readonly latencyMs: number;
  /** The share of requests to the store that fail: before they arrive, after, or arrive late. */
  readonly storeFaults: number;
  /** The share of acknowledgements, announcements and questions that get lost. */
  readonly lossRate: number;
  readonly maxBytes: number;
  readonly maxMs: number;
  readonly maxMemoryBytes: number;
  readonly snapshotEvery: number;
  readonly maxMessageBytes: number;
  readonly resendMs: number;
  readonly actions: readonly NatsAction[];
}

const producer = fc.nat(3);
const ingester = fc.nat(1);
const pause = fc.oneof(
  { weight: 4, arbitrary: fc.nat(500) },
  { weight: 1, arbitrary: fc.integer({ min: 500, max: 20_000 }) },
);
const action: fc.Arbitrary<NatsAction> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant("log" as const),
      producer,
      messages: fc.integer({ min: 1, max: 6 }),
      bytes: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(3000) }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ type: fc.constant("wait" as const), ms: pause }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("flush" as const), producer }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constantFrom("kill ingester" as const, "freeze ingester"), ingester, ms: pause }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom("start producer" as const, "kill producer"), producer }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("kill NATS" as const),
      ms: pause,
      loss: fc.constantFrom("nothing" as const, "end" as const, "all" as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant<NatsAction>({ type: "trim stream" }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("store down" as const), ms: pause }) },
);

/** Any schedule. */
export const natsSchedules: fc.Arbitrary<NatsSchedule> = fc.record({
  seed: fc.integer(),
  partitions: fc.constantFrom(1 as const, 1 as const, 2 as const),
  latencyMs: fc.constantFrom(1, 20, 200),
  storeFaults: fc.constantFrom(0, 0.1, 0.3),
  lossRate: fc.constantFrom(0, 0.1, 0.3),
  maxBytes: fc.constantFrom(500, 3000, 1_000_000),
  maxMs: fc.constantFrom(200, 1000, 5000),
  maxMemoryBytes: fc.constantFrom(3000, 1_000_000),
  snapshotEvery: fc.constantFrom(1, 2, 5),
  maxMessageBytes: fc.constantFrom(400, 1_000_000),
  resendMs: fc.constantFrom(500, 3000),
  actions: fc.array(action, { maxLength: 30 }),
});
