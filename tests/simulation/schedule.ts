import * as fc from "fast-check";

/** Something that the program, the network or the relay does. */
export type Action =
  | { readonly type: "log"; readonly entity: number; readonly rows: number; readonly bytes: number }
  | { readonly type: "log static" | "send static columns"; readonly entity: number; readonly bytes: number }
  | { readonly type: "wait"; readonly ms: number }
  | { readonly type: "flush" }
  | { readonly type: "cut" }
  | { readonly type: "network down"; readonly ms: number }
  /** The user leaves the page of the program, and comes back. */
  | { readonly type: "leave page"; readonly ms: number }
  /** `cutMs`: how long after its start connections are lost. */
  | { readonly type: "restart relay"; readonly ms: number; readonly cutMs: number | null };

/** Everything that happens in a simulation follows from this. */
export interface Schedule {
  readonly seed: number;
  readonly transport: "websocket" | "grpc-web";
  /** Whether the program is a page, which posts its data when the user leaves it; only with WebSockets. */
  readonly isPage: boolean;
  readonly bytesPerSecond: number;
  readonly latencyMs: number;
  readonly maxQueueBytes: number;
  /** The limit of the relay's history. */
  readonly memoryLimit: number;
  /** The limit of incomplete records in the relay. */
  readonly receiveBytes: number;
  /** How long the relay takes to store a message. */
  readonly storeMs: number;
  /** Whether the program logs a row whenever rows are dropped, and one when the state of a sink changes. */
  readonly logsEvents: boolean;
  /** The rows that the program logs before it has a sink. */
  readonly backlog: readonly Action[];
  readonly actions: readonly Action[];
}

const KIB = 1024;
const entity = fc.nat(2);
const bytes = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 10, max: 2000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 2000, max: 300 * KIB }) },
);
const pause = fc.oneof(
  { weight: 4, arbitrary: fc.nat(500) },
  { weight: 1, arbitrary: fc.integer({ min: 500, max: 40_000 }) },
);
const logs: fc.Arbitrary<Action> = fc
  .record({ entity, rows: fc.integer({ min: 1, max: 20 }), bytes })
  // Large rows come alone: they take the most time.
  .map(({ entity: to, rows, bytes: size }) => ({ type: "log", entity: to, rows: size > 5000 ? 1 : rows, bytes: size }));
const statics: fc.Arbitrary<Action> = fc.record({
  type: fc.constantFrom("log static" as const, "send static columns" as const),
  entity,
  bytes: fc.integer({ min: 10, max: 1000 }),
});
const restarts: fc.Arbitrary<Action> = fc.record({
  type: fc.constant("restart relay" as const),
  ms: pause,
  cutMs: fc.option(fc.nat(1500), { nil: null }),
});
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: logs },
  { weight: 3, arbitrary: statics },
  { weight: 6, arbitrary: fc.record({ type: fc.constant("wait" as const), ms: pause }) },
  { weight: 2, arbitrary: fc.constant<Action>({ type: "flush" }) },
  { weight: 2, arbitrary: fc.constant<Action>({ type: "cut" }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("network down" as const), ms: pause }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("leave page" as const), ms: pause }) },
  { weight: 2, arbitrary: restarts },
);

/** Any schedule. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.integer(),
  transport: fc.constantFrom("websocket" as const, "grpc-web" as const),
  isPage: fc.constantFrom(false, false, false, true),
  bytesPerSecond: fc.constantFrom(20_000, 200_000, 10_000_000),
  latencyMs: fc.constantFrom(0, 5, 150),
  maxQueueBytes: fc.constantFrom(20 * KIB, 200 * KIB, 4000 * KIB),
  memoryLimit: fc.constantFrom(0, 50 * KIB, 10_000 * KIB),
  receiveBytes: fc.constantFrom(100 * KIB, 10_000 * KIB),
  storeMs: fc.constantFrom(0, 1, 300),
  logsEvents: fc.boolean(),
  backlog: fc.array(fc.oneof(logs, statics), { maxLength: 10 }),
  actions: fc.array(action, { maxLength: 40 }),
});
