import * as fc from "fast-check";

/** The most panels of a world. */
const PANELS = 3;

/** Something that people, the program, the networks or the relay do. */
export type ControlAction =
  | { readonly type: "set"; readonly panel: number; readonly name: "fast" | "slow" }
  | { readonly type: "press"; readonly panel: number; readonly name: "go" | "fail" }
  | { readonly type: "hold"; readonly panel: number; readonly ms: number }
  | { readonly type: "take"; readonly panel: number }
  | { readonly type: "program sets"; readonly name: "fast" | "slow" }
  | { readonly type: "disable"; readonly name: "fast" | "go"; readonly isDisabled: boolean }
  | { readonly type: "wait"; readonly ms: number }
  /** The panel that loses its connection, or `null` for the program. */
  | { readonly type: "cut"; readonly panel: number | null }
  | { readonly type: "network down"; readonly panel: number | null; readonly ms: number }
  /** `isKilled`: the page does not notice its end. */
  | { readonly type: "reload"; readonly panel: number; readonly isKilled: boolean }
  | { readonly type: "restart relay"; readonly ms: number };

/** Everything that happens in a simulation follows from this. */
export interface ControlSchedule {
  readonly seed: number;
  readonly panels: number;
  readonly exclusive: boolean;
  readonly latencyMs: number;
  readonly bytesPerSecond: number;
  readonly actions: readonly ControlAction[];
}

const panel = fc.nat(PANELS - 1);
const panelOrProgram = fc.option(panel, { nil: null });
const pause = fc.oneof(
  { weight: 6, arbitrary: fc.nat(400) },
  { weight: 1, arbitrary: fc.integer({ min: 400, max: 25_000 }) },
);
const type = <Type extends string>(name: Type): fc.Arbitrary<Type> => fc.constant(name);
const action: fc.Arbitrary<ControlAction> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ type: type("set"), panel, name: fc.constantFrom("fast" as const, "slow" as const) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ type: type("press"), panel, name: fc.constantFrom("go" as const, "fail" as const) }),
  },
  { weight: 2, arbitrary: fc.record({ type: type("hold"), panel, ms: pause }) },
  { weight: 1, arbitrary: fc.record({ type: type("take"), panel }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: type("program sets"), name: fc.constantFrom("fast" as const, "slow" as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: type("disable"),
      name: fc.constantFrom("fast" as const, "go" as const),
      isDisabled: fc.boolean(),
    }),
  },
  { weight: 8, arbitrary: fc.record({ type: type("wait"), ms: pause }) },
  { weight: 3, arbitrary: fc.record({ type: type("cut"), panel: panelOrProgram }) },
  { weight: 2, arbitrary: fc.record({ type: type("network down"), panel: panelOrProgram, ms: pause }) },
  { weight: 2, arbitrary: fc.record({ type: type("reload"), panel, isKilled: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ type: type("restart relay"), ms: pause }) },
);

/** Any schedule. */
export const controlSchedules: fc.Arbitrary<ControlSchedule> = fc.record({
  seed: fc.integer(),
  panels: fc.integer({ min: 1, max: PANELS }),
  exclusive: fc.constantFrom(false, false, false, true),
  latencyMs: fc.constantFrom(0, 5, 150),
  bytesPerSecond: fc.constantFrom(20_000, 10_000_000),
  actions: fc.array(action, { maxLength: 40 }),
});
