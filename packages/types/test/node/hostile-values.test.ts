import { isSoak } from "@rerun-ts/test-support/node/environment";
import { RecordingStream, TimeColumn, type AsComponents, type RerunError } from "@rerun-ts/core";
import * as types from "@rerun-ts/types";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import definitions from "../../../../definitions/archetypes.json" with { type: "json" };

const RUNS = isSoak ? 600 : 6;

interface ArchetypeClass {
  fromFields(fields: object): AsComponents;
  columns(fields: object): Iterable<never>;
}

const classes = types as unknown as Readonly<Record<string, ArchetypeClass>>;
const archetypes = definitions.filter(({ archetype }) => archetype.startsWith("rerun.archetypes."));
const camelCase = (name: string): string => name.replace(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());

/** Values, at least one of which each component accepts. */
const VALUES: readonly unknown[] = [
  1,
  [1],
  [1, 1],
  ["H264"],
  [1, 2, 3],
  [[1, 2, 3]],
  [[1, 2]],
  [[1, 2, 3, 4]],
  ["a", "b", "c"],
  [["a", "b"]],
  [true, false],
  [[1, "a"]],
  [{ id: 1, label: "a" }],
  [1n, 2n],
  [new Date(0)],
  [new Uint8Array(300)],
  new Float32Array(45),
  new Uint8Array(3),
  [new Uint8Array(16)],
  new Float64Array([1, 2, 3, 4, 5, 6]),
  [
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ],
  [
    [
      [1, 2],
      [4, 5],
    ],
  ],
  [
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  ],
  [{ axis: [0, 0, 1], degrees: 90 }],
  [{ width: 1, height: 1, colorModel: "L", channelDatatype: "U8" }],
  [{ x: 1, y: 2, z: 3 }],
  ["RDF"],
  [{ min: 0, max: 1 }],
  { data: [1, 2, 3] },
  [{ channelId: 1, count: 2 }],
  [[1, 2]],
];

/** The values of the fields of an archetype that are accepted, by field. */
function acceptedBy(name: string, fields: readonly string[]): readonly (readonly [field: string, value: unknown])[] {
  const recording = new RecordingStream("accepted", { strict: true });
  return fields.flatMap((field) =>
    VALUES.filter((value) => {
      try {
        recording.log("x", (classes[name] as ArchetypeClass).fromFields({ [field]: value }));
        return true;
      } catch {
        return false;
      }
    }).map((value) => [field, value] as const),
  );
}

/** Does something at the `at`-th reading of a value, wherever in it that is. */
interface Trap {
  readonly at: number;
  readonly act: () => void;
}

/** A value as a proxy, its parts too, that springs a trap. */
function trapped(value: unknown, trap: Trap, count = { reads: 0 }): unknown {
  if (typeof value !== "object" || value === null) return value;
  const onRead = (): void => {
    if (count.reads++ === trap.at) trap.act();
  };
  return new Proxy(value, {
    get(target, key): unknown {
      onRead();
      const part: unknown = Reflect.get(target, key, target);
      if (typeof part === "function") return (part as (...values: unknown[]) => unknown).bind(target);
      return trapped(part, trap, count);
    },
    has(target, key): boolean {
      onRead();
      return Reflect.has(target, key);
    },
    ownKeys(target): ArrayLike<string | symbol> {
      onRead();
      return Reflect.ownKeys(target);
    },
  });
}

/** Changes the list while it is read: its length, its order, or an element. */
function change(value: unknown, how: number): void {
  if (!Array.isArray(value)) return;
  if (how === 0) value.length = 0;
  else if (how === 1) value.push(...(value as unknown[]));
  else if (how === 2) value.reverse();
  else value[0] = null;
}

/** A copy whose typed arrays lie in memory of this kind. */
function inMemory(value: unknown, kind: "shared" | "detached" | "resized"): unknown {
  if (Array.isArray(value)) return value.map((part) => inMemory(part, kind));
  if (!ArrayBuffer.isView(value)) return value;
  const source = value as Uint8Array;
  const Class = source.constructor as new (buffer: ArrayBufferLike) => Uint8Array;
  if (kind === "shared") {
    const copy = new Class(new SharedArrayBuffer(source.byteLength));
    copy.set(source);
    return copy;
  }
  const Resizable = ArrayBuffer as unknown as new (
    bytes: number,
    options: object,
  ) => ArrayBuffer & { resize(to: number): void };
  const buffer = new Resizable(source.byteLength, { maxByteLength: source.byteLength });
  const copy = new Class(buffer);
  copy.set(source);
  if (kind === "resized") buffer.resize(source.byteLength >> 1);
  else structuredClone(buffer, { transfer: [buffer] });
  return copy;
}

/** What user code may throw. */
const THROWN: readonly unknown[] = [
  new Error("thrown"),
  "text",
  undefined,
  null,
  Object.create(null),
  {
    toString(): string {
      throw new Error("no text");
    },
  },
];

const plain = fc.constantFrom<unknown>(
  undefined,
  null,
  Number.NaN,
  Infinity,
  -1,
  2 ** 53,
  10n ** 30n,
  "",
  "\ud800",
  Symbol("x"),
  () => 1,
  new Map([[1, 2]]),

  new WeakMap(),
  new Date(Number.NaN),
  /x/,
  Object.create(null),
  new Proxy([], {}),
  new DataView(new ArrayBuffer(8)),

  { length: 2 ** 31 },
  { length: 2 ** 53 - 1 },
  { length: -1 },
  { length: 1.5 },
  { length: Infinity },
  { length: "3" },

  { [Symbol.iterator]: 5 },
  { toArray: 5 },
  { toArray: () => null },
  { getTime: () => Number.NaN },
  { bytes: 1, size: 0 },
  new BigInt64Array(3),
  new BigUint64Array(1),
  new Int8Array([-1]),
  new ArrayBuffer(0),
  [[[[[[]]]]]],
  Array(1),
);

describe("a row with values that misbehave is whole or not there, and it is reported", () => {
  it.each(archetypes)("$name", { timeout: 300_000 }, ({ name, fields }) => {
    const names = fields.map((field) => camelCase(field.name));
    const accepted = acceptedBy(name, names);
    for (const field of names) expect(accepted.map(([key]) => key)).toContain(field);
    const given = fc.constantFrom(...accepted);
    const hostile = fc.oneof(
      fc.record({ kind: fc.constant("throws" as const), at: fc.nat(40), value: fc.constantFrom(...THROWN) }),
      fc.record({ kind: fc.constant("changes" as const), at: fc.nat(40), how: fc.nat(3) }),
      fc.record({ kind: fc.constant("logs" as const), at: fc.nat(40), how: fc.nat(5) }),
      fc.record({ kind: fc.constant("memory" as const), of: fc.constantFrom("shared", "detached", "resized") }),
      fc.record({ kind: fc.constant("plain" as const), value: plain }),
    );
    fc.assert(
      fc.property(given, given, hostile, fc.boolean(), ([partner, good], [field, base], how, isColumn) => {
        const warnings: RerunError[] = [];
        const recording = new RecordingStream("hostile", {
          sendProperties: false,
          onWarning: (warning) => warnings.push(warning),
        });
        const memory = recording.memoryRecording();
        const Class = classes[name] as ArchetypeClass;
        const value = structuredClone(base);
        const acts: readonly (() => void)[] = [
          () => void recording.flush(),
          () => recording.log("x", new types.TextLog("from inside")),
          () => recording.setTime("frame", 5),
          () => recording.sendColumns("x", TimeColumn.sequence("frame", [1]), types.Scalars.columns({ scalars: [1] })),
          () => memory.drainAsBytes(),
          () => recording.resetTime(),
        ];
        const bad = ((): unknown => {
          if (how.kind === "plain") return how.value;
          if (how.kind === "memory") return inMemory(value, how.of as "shared");
          if (how.kind === "changes") return trapped(value, { at: how.at, act: () => change(value, how.how) });
          const act =
            how.kind === "logs"
              ? (acts[how.how] as () => void)
              : () => {
                  throw how.value;
                };
          return trapped(value, { at: how.at, act });
        })();
        recording.log("x", new types.TextLog("before"));
        const pair = { [partner]: good, [field]: bad };
        const { rows } = recording.stats();
        if (isColumn) recording.sendColumns("x", TimeColumn.sequence("frame", [1]), Class.columns(pair));
        else recording.log("x", Class.fromFields(pair));
        const inner = how.kind === "logs" ? recording.stats().rows - rows : Math.min(1, recording.stats().rows - rows);
        const isStored = recording.stats().rows > rows;
        recording.log("x", new types.TextLog("after"));
        if (how.kind === "logs" && how.how === 4) return;
        const chunks = readChunks(memory.drainAsBytes());
        for (const chunk of chunks) {
          for (const column of Object.values(chunk.components)) expect(column).toHaveLength(chunk.rows);
        }
        const texts = chunks
          .flatMap(({ components }) => components["TextLog:text"] ?? [])
          .filter((text) => text !== null);
        expect(texts).toContainEqual(["before"]);
        expect(texts).toContainEqual(["after"]);
        expect(chunks.reduce((sum, chunk) => sum + chunk.rows, 0)).toBe(2 + inner);
        // What was not stored was reported, unless there was nothing to store.
        if (!isStored && bad !== undefined && !isColumn) expect(warnings.length).toBeGreaterThan(0);
      }),
      { numRuns: RUNS },
    );
  });
});
