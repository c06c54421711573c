import {
  Chunk,
  ChunkStore,
  ChunkStream,
  derive,
  openRrd,
  type RecordingReader,
  type DeriveOptions,
  type Lens,
  type LensColumn,
  type Lenses,
} from "@rerun-ts/reading";
import { TimeColumn } from "@rerun-ts/core";
import { concatBytes } from "@rerun-ts/core/util";
import { AnyValues, DynamicArchetype, Points3D, Scalars, StateChange, TextLog, Transform3D } from "@rerun-ts/types";
import {
  Bool,
  Field,
  Float64,
  Int64,
  List,
  Struct,
  Table,
  Utf8,
  Vector,
  makeData,
  vectorFromArray,
  type DataType,
  type TypeMap,
} from "apache-arrow";
import { describe, expect, it } from "vitest";

interface Imu {
  readonly x: number | null;
  readonly y: number;
  readonly elapsed: bigint;
  readonly ranges: readonly number[];
  readonly status: string;
}

interface Vec {
  readonly x: number;
  readonly y: number;
}

const struct = (fields: Record<string, DataType>): Struct<TypeMap> =>
  new Struct(Object.entries(fields).map(([name, type]) => new Field(name, type, true)));
const IMU = struct({
  x: new Float64(),
  y: new Float64(),
  elapsed: new Int64(),
  ranges: new List(new Field("item", new Float64(), true)),
  status: new Utf8(),
});

/** Rows of a struct: the second lacks `x`, the fourth is null. */
function imu(): Chunk {
  const rows: (Imu | null)[] = [
    { x: 1, y: 4, elapsed: 10n, ranges: [1, 2], status: "ok" },
    { x: null, y: 5, elapsed: 20n, ranges: [], status: "ok" },
    { x: 3, y: 6, elapsed: 30n, ranges: [3], status: "warn" },
    null,
  ];
  const accel = vectorFromArray(rows, IMU) as Vector;
  const [chunk] = Chunk.fromTable(
    new Table({
      frame: vectorFromArray([0n, 1n, 2n, 3n], new Int64()),
      "Imu:accel": accel,
      "Imu:ok": vectorFromArray([true, true, false, null], new Bool()),
    }) as never,
    { index: "frame", entityPath: "/imu" },
  );
  return chunk as Chunk;
}

async function readBack(stream: ChunkStream): Promise<RecordingReader> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream.encode({ applicationId: "app" })) pieces.push(piece);
  return (await openRrd(concatBytes(pieces))).recording();
}

const plain = (value: unknown): unknown =>
  value instanceof Vector || (typeof value === "object" && value !== null && Symbol.iterator in value)
    ? Array.from(value as Iterable<unknown>, plain)
    : value;
const column = (chunk: Chunk | undefined, name: string): unknown => plain(chunk?.table.getChild(name));
const scalars = (lens: Omit<Lens<never>, "from">, chunk = imu()): unknown =>
  column(derive(chunk, { from: "Imu:accel", to: "/out", as: Scalars, ...lens })[0], "Scalars:scalars");

describe("derive", () => {
  it("makes a component of a field, at the times of its rows", () => {
    const [made, ...others] = derive(imu(), { from: "Imu:accel", value: "y", to: "/new/accel_y", as: Scalars });
    expect(others).toEqual([]);
    expect(made).toMatchObject({ entityPath: "/new/accel_y", timelines: ["frame"], components: ["Scalars:scalars"] });
    expect(made?.times("frame")).toEqual(new BigInt64Array([0n, 1n, 2n, 3n]));
    expect(column(made, "Scalars:scalars")).toEqual([[4], [5], [6], null]);
    expect(made?.table.schema.fields.at(-1)?.metadata.get("rerun:archetype")).toBe("rerun.archetypes.Scalars");
  });

  it("follows paths of fields, elements and lists, where components of archetypes have no nulls", () => {
    const any = (value: string): unknown => column(derive(imu(), { from: "Imu:accel", value, as: "any" })[0], "any");
    expect(any(".x")).toEqual([[1], [null], [3], null]);
    expect(any("x!")).toEqual([[1], null, [3], null]);
    expect(any("ranges[0]")).toEqual([[1], [null], [3], null]);
    expect(any("z?")).toEqual([[null], [null], [null], null]);
    expect(scalars({ value: ".x" })).toEqual([[1], null, [3], null]);
    expect(scalars({ value: "ranges[]" })).toEqual([[1, 2], [], [3], null]);
    expect(scalars({ value: "ranges[0]" })).toEqual([[1], null, [3], null]);
    expect(scalars({ value: "ranges[1]!" })).toEqual([[2], null, null, null]);
  });

  it("calls a function with each instance", () => {
    expect(scalars({ value: (a: Imu) => (a.x === null ? undefined : a.x + a.y) })).toEqual([[5], null, [9], null]);
    const [norm] = derive(imu(), { from: "Imu:accel", value: (a: Vec) => Math.hypot(a.x, a.y), to: "/n", as: Scalars });
    expect(column(norm, "Scalars:scalars")).toEqual([[Math.hypot(1, 4)], [5], [Math.hypot(3, 6)], null]);
    const [text] = derive<Imu>(imu(), { from: "Imu:accel", value: ({ status }) => `is ${status}`, as: TextLog });
    expect(column(text, "TextLog:text")).toEqual([["is ok"], ["is ok"], ["is warn"], null]);
    const [any] = derive(imu(), { from: "Imu:ok", value: (ok: boolean) => !ok, as: "Imu:bad" });
    expect(column(any, "Imu:bad")).toEqual([[false], [false], [true], null]);
  });

  it("maps all values at a path at once", () => {
    expect(
      scalars({ value: "y", map: (y) => Float64Array.from(y as Vector<Float64>, (value) => (value ?? 0) * 10) }),
    ).toEqual([[40], [50], [60], null]);
  });

  it("packs fields into vectors, and into instances where the component has numbers", () => {
    const [points] = derive(imu(), { from: "Imu:accel", value: ["x", "y", "y"], as: Points3D });
    expect(column(points, "Points3D:positions")).toEqual([[[1, 4, 4]], null, [[3, 6, 6]], null]);
    expect(scalars({ value: ["x", "y"] })).toEqual([[1, 4], null, [3, 6], null]);
    const [moved] = derive(imu(), {
      from: "Imu:accel",
      value: ["y", "y", "y"],
      as: { archetype: Transform3D, field: "translation" },
    });
    expect(column(moved, "Transform3D:translation")).toEqual([[[4, 4, 4]], [[5, 5, 5]], [[6, 6, 6]], null]);
  });

  it("gives rows new timelines", () => {
    const chunk = imu().slice(0, 3);
    const timelines = { elapsed: { kind: "duration", value: "elapsed" } } as const;
    const [made] = derive(chunk, { from: "Imu:accel", value: "y", as: Scalars, timelines });
    expect(made).toMatchObject({ entityPath: "/imu", timelines: ["frame", "elapsed"] });
    expect(made?.times("elapsed")).toEqual(new BigInt64Array([10n, 20n, 30n]));
    expect(() => derive(imu(), { from: "Imu:accel", value: "y", as: Scalars, timelines })).toThrow(
      "`timelines.elapsed` must have one time in each row, but row 3 has 0",
    );
  });

  it("replaces a timeline by a new one with its name, and gives scattered rows times of their own", () => {
    const chunk = Chunk.fromColumns("/imu", {
      timelines: TimeColumn.sequence("frame", [0, 1]),
      columns: DynamicArchetype.columns("Imu", {
        all: [
          {
            id: 4,
            list: [
              { at: 5, value: 1 },
              { at: 6, value: 2 },
            ],
          },
          { id: 3, list: [{ at: 9, value: 3 }] },
        ],
      }),
    });
    const lens = { from: "Imu:all", value: "list[].value", to: "/u", as: Scalars } as const;
    const sequence = (value: string) => ({ kind: "sequence", value }) as const;
    const timelines = { frame: sequence("id"), at: sequence("list[].at") };
    const [made] = derive(chunk, { ...lens, scatter: true, timelines });
    expect(made?.timelines).toEqual(["frame", "at"]);
    expect(made?.times("frame")).toEqual(new BigInt64Array([4n, 4n, 3n]));
    expect(made?.times("at")).toEqual(new BigInt64Array([5n, 6n, 9n]));
    expect(() => derive(chunk, { ...lens, timelines })).toThrow(
      "`timelines.at` must have one time in each row, but row 0 has 2",
    );
    expect(() => derive(chunk, { ...lens, timelines: { at: { kind: "sequence" } as never } })).toThrow(
      "`timelines.at.value` must be a path, got undefined",
    );
  });

  it.for(["q?", "q?.v", "q?[0]", "q?[]", "q?!", "y.q?", "y[]?", "y[0]?.v"])(
    "gives rows without a value where the field or the list of %s is missing",
    (value) => {
      const [made] = derive(imu(), { from: "Imu:accel", value, to: "/u", as: Scalars });
      expect(column(made, "Scalars:scalars")).toEqual([null, null, null, null]);
    },
  );

  it("scatters instances over rows", () => {
    const [made] = derive(imu(), { from: "Imu:accel", value: "ranges[]", to: "/r", as: Scalars, scatter: true });
    expect(made?.times("frame")).toEqual(new BigInt64Array([0n, 0n, 1n, 2n, 3n]));
    expect(column(made, "Scalars:scalars")).toEqual([[1], [2], [], [3], null]);
    const columns = [
      { value: "ranges[]", as: Scalars },
      { value: "status", as: TextLog },
    ];
    expect(() => derive(imu(), { from: "Imu:accel", to: "/r", columns, scatter: true })).toThrow(
      "`scatter` needs equally many instances in all columns, but `TextLog:text` differs",
    );
  });

  it("scatters instances without a value as null rows, so that columns and times stay together", () => {
    const boxes = struct({ at: new Int64(), x: new Float64(), tags: new List(new Field("item", new Utf8(), true)) });
    const rows = [
      [{ at: 10n, x: 1, tags: null }, { at: 11n, x: null, tags: ["a"] }, null],
      [],
      [{ at: 12n, x: 3, tags: null }],
    ];
    const lists = vectorFromArray(rows, new List(new Field("item", boxes, true)));
    const table = new Table({ frame: vectorFromArray([0n, 1n, 2n], new Int64()), "Box:seen": lists });
    const [chunk] = Chunk.fromTable(table as never, { index: "frame" }) as [Chunk];
    const lens = { from: "Box:seen", to: "/out", scatter: true } as const;
    const columns: LensColumn<{ x: number | null }>[] = [
      { value: "x", as: Scalars },
      { value: ({ x }) => (x === null ? undefined : `x is ${x}`), as: TextLog },
    ];
    const [made] = derive(chunk, { ...lens, columns });
    expect(made?.times("frame")).toEqual(new BigInt64Array([0n, 0n, 0n, 1n, 2n]));
    expect(column(made, "Scalars:scalars")).toEqual([[1], null, null, [], [3]]);
    expect(column(made, "TextLog:text")).toEqual([["x is 1"], null, null, [], ["x is 3"]]);
    // Rows without instances have no times of their own.
    const timelines = { at: { kind: "sequence", value: "at" } } as const;
    const [timed] = derive(chunk, { ...lens, columns, timelines });
    expect(timed?.times("at")).toEqual(new BigInt64Array([10n, 11n, 12n]));
    expect(timed?.times("frame")).toEqual(new BigInt64Array([0n, 0n, 2n]));
    expect(column(timed, "Scalars:scalars")).toEqual([[1], null, [3]]);
    // A list that is null is not an empty one.
    const [tags] = derive(chunk, { from: "Box:seen", value: "tags[]", as: "Box:tags" });
    expect(column(tags, "Box:tags")).toEqual([["a"], [], null]);
  });

  it("makes instances that are lists, which stay lists when they are written", async () => {
    const ranges = { from: "Imu:accel", value: "ranges", to: "/out", as: "Imu:ranges" } as const;
    const pairs = { from: "Imu:accel", value: ({ y }: Vec) => [y, -y], to: "/out", as: "Imu:pairs" } as const;
    const own = imu().mapColumn("Imu:ok", (values) => Array.from(values as Iterable<unknown>, (ok) => [ok, !ok]));
    const reader = await readBack(ChunkStream.from([...derive(imu(), [ranges]), ...derive(imu(), pairs), own]));
    const read = async (name: string): Promise<unknown> => {
      for await (const chunk of reader.chunks()) if (chunk.components.includes(name)) return column(chunk, name);
      return undefined;
    };
    expect(await read("Imu:ranges")).toEqual([[[1, 2]], [[]], [[3]], null]);
    expect(await read("Imu:pairs")).toEqual([[[4, -4]], [[5, -5]], [[6, -6]], null]);
    expect(await read("Imu:ok")).toEqual([[[true, false]], [[true, false]], [[false, true]], null]);
  });

  it("takes several paths for each instance, whether or not they exclude nulls", () => {
    expect(scalars({ value: ["x!", "y!"] })).toEqual([[1, 4], null, [3, 6], null]);
    expect(() => derive(imu(), { from: "Imu:accel", value: ["x", "ranges[]"], as: Scalars })).toThrow(
      "`value` must be paths without `[]` if there are several: each gives one number",
    );
  });

  it("leaves out, keeps or replaces the columns that it reads", () => {
    const other: Lens = { from: "Imu:accel", value: "y", to: "/o", as: Scalars };
    const own: Lens = { from: "Imu:accel", value: "y", as: Scalars };
    const replaced: Lens = { from: "Imu:accel", value: "y" };
    const describeAll = (from: Chunk, lenses: Lenses, options?: DeriveOptions): unknown =>
      derive(from, lenses, options).map(({ entityPath, components }) => [entityPath, ...components].join(" "));
    const chunk = imu();
    expect(describeAll(chunk, [own, other])).toEqual(["/imu Scalars:scalars", "/o Scalars:scalars"]);
    expect(describeAll(chunk, other, { output: "unmatched" })).toEqual(["/imu Imu:ok", "/o Scalars:scalars"]);
    expect(describeAll(chunk, own, { output: "all" })).toEqual(["/imu Imu:accel Imu:ok Scalars:scalars"]);
    expect(describeAll(chunk, replaced, { output: "unmatched" })).toEqual(["/imu Imu:ok Imu:accel"]);
    expect(derive(chunk, other, { output: "all" })[0]).toBe(chunk);
    expect(derive(chunk, { ...other, from: "Imu:gyro" }, { output: "unmatched" })).toEqual([chunk]);
    expect(derive(chunk, { ...other, contents: "/other/**" })).toEqual([]);
  });

  it("rejects a lens with its reason", () => {
    const lens = { from: "Imu:accel", as: Scalars } as const;
    expect(() => derive(imu(), { ...lens, value: "z" })).toThrow(
      'at "z" it has no field "z": it has the fields "x", "y", "elapsed", "ranges", "status"',
    );
    expect(() => derive(imu(), { ...lens, value: "x[0" })).toThrow("which is wrong at character 1");
    expect(() => derive(imu(), { ...lens, value: "status" })).toThrow(
      "the lens from `Imu:accel` cannot make `Scalars:scalars`: values of the type Utf8 cannot become Float64",
    );
    const timelines = { at: { kind: "sequence", value: "status" } } as const;
    expect(() => derive(imu().slice(0, 2), { ...lens, value: "x", timelines })).toThrow(
      "the lens from `Imu:accel` cannot make the timeline `at`: values of the type Utf8 cannot become Int64",
    );
    expect(() => derive(imu(), { from: "", value: "x" })).toThrow("`from` must be the name of a component");
    expect(() => derive(imu(), { ...lens, path: "x" } as never)).toThrow("path");
    expect(() => derive(imu(), { ...lens, as: { archetype: Points3D, field: "position" } })).toThrow(
      "`as.field` must be a field of rerun.archetypes.Points3D: positions, radii, colors, ",
    );
    expect(() => derive(imu(), { ...lens, as: Transform3D })).toThrow(
      /`as` must name a field, because rerun.archetypes.Transform3D has no single one: .* one of translation, rotationAxisAngle, /,
    );
    // An archetype with a single field needs no name.
    const made = derive(imu(), { ...lens, value: "status", as: StateChange });
    expect(made.flatMap(({ components }) => components)).toContain("StateChange:state");
    expect(() => derive(imu(), { ...lens, as: 7 as never })).toThrow("`as` must be an archetype");
    expect(() => derive(imu(), { ...lens, as: Points3D, value: () => 7 })).toThrow(
      "`value` must be a function that returns 3 numbers for `Points3D:positions`, got 7",
    );
  });

  it("rejects a function whose results come later", () => {
    const chunk = Chunk.fromColumns("/a", { columns: Scalars.columns({ scalars: [1, 2] }) });
    const late = async (value: number): Promise<number> => value;
    expect(() => derive(chunk, { from: "Scalars:scalars", value: late, to: "/b", as: "own" })).toThrow(
      "`value` must be a function without `async`",
    );
  });

  it("reads fields of lists, dictionaries and values that were mapped before", () => {
    const nested = Chunk.fromColumns("/n", {
      timelines: TimeColumn.sequence("frame", [0, 1]),
      columns: AnyValues.columns({ pose: [{ at: { x: 1 } }, { at: { x: 2 } }] as never }),
    });
    const [made] = derive(nested, { from: "pose", value: "at.x", to: "/x", as: Scalars });
    expect(column(made, "Scalars:scalars")).toEqual([[1], [2]]);
    const again = derive(made as Chunk, { from: "Scalars:scalars", value: (x) => x + 1, to: "/y", as: Scalars });
    expect(column(again[0], "Scalars:scalars")).toEqual([[2], [3]]);
  });

  it("takes neither the instances of null rows nor the fields of null instances, though they have values", () => {
    const x = makeData({ type: new Float64(), data: new Float64Array([1, 2, 3, 4]) });
    const fields = struct({ x: new Float64() });
    // The second instance is null, and so is the row of the last one.
    const structs = makeData({
      type: fields,
      length: 4,
      nullCount: 1,
      nullBitmap: Uint8Array.of(0b1101),
      children: [x],
    });
    const type = new List(new Field("item", fields, true));
    const lists = makeData({
      type,
      length: 3,
      nullCount: 1,
      nullBitmap: Uint8Array.of(0b011),
      valueOffsets: new Int32Array([0, 2, 3, 4]),
      child: structs,
    });
    const frame = vectorFromArray([0n, 1n, 2n], new Int64());
    const table = new Table({ frame, data: new Vector([lists]) }) as never;
    const [chunk] = Chunk.fromTable(table, { index: "frame" }) as [Chunk];
    expect(column(derive(chunk, { from: "data", value: "x", as: "x" })[0], "x")).toEqual([[1, null], [3], null]);
    const seen: unknown[] = [];
    chunk.mapColumn("data", (values) => (seen.push(values.length) > 0 ? values : []));
    expect(seen).toEqual([3]);
  });

  it("writes a chunk whose columns share memory, in whatever order", async () => {
    const lens: Lens = { from: "Imu:accel", value: "x", as: Scalars };
    const [made] = derive(imu(), lens, { output: "all" });
    const stream = ChunkStream.from([made as Chunk]);
    const store = await ChunkStore.from((await readBack(stream)).chunks());
    expect((await ChunkStream.from(store).toArray()).map((each) => each.print())).toEqual([made?.print()]);
  });

  it("works on each chunk of a stream", async () => {
    const stream = ChunkStream.from([imu(), imu().withEntityPath("/imu/2")]);
    const made = await stream.derive({ from: "Imu:accel", value: "y", as: Scalars }, { output: "all" }).toArray();
    expect(made.map(({ entityPath, components }) => [entityPath, components.length])).toEqual([
      ["/imu", 3],
      ["/imu/2", 3],
    ]);
  });

  it("has the paths of a type that is given, for the compiler as well", () => {
    const from = "Imu:accel";
    expect(column(derive<Imu>(imu(), { from, value: "ranges[0]", as: "first" })[0], "first")).toBeDefined();
    expect(derive<Imu>(imu(), { from, value: ["x", "y!"], as: "both" })).toHaveLength(1);
    expect(derive<Imu>(imu(), [{ from, columns: [{ value: "ranges[]", as: "all" }] }])).toHaveLength(1);
    // @ts-expect-error
    expect(() => derive<Imu>(imu(), { from, value: "z" })).toThrow('has no field "z"');
    // @ts-expect-error
    expect(() => derive<Imu>(imu(), { from, value: "y.x" })).toThrow("x");
    interface Pose {
      readonly position: Vec;
      readonly covariance: Float64Array;
      readonly names?: readonly { readonly text: string }[];
    }
    const paths: Lens<Pose>["value"][] = ["position.x", "covariance[3]", "names[].text", "names?[0].text!", "."];
    // @ts-expect-error
    const wrong: Lens<Pose>["value"] = "position.z";
    expect([...paths, wrong]).toHaveLength(6);
  });
});
