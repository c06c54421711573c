import { openLive, openRrd, type RecordingReader } from "@rerun-ts/reading";
import { MemorySink, RecordingStream, TimeColumn } from "@rerun-ts/core";
import {
  any,
  AnyValues,
  Clear,
  components,
  defineArchetype,
  defineTree,
  entity,
  Image,
  Points3D,
  Scalars,
  TextLog,
  Transform3D,
} from "@rerun-ts/types";
import { describe, expect, it } from "vitest";

const Grasp = defineArchetype("my.Grasp", { force: "Float32", name: "Utf8", relation: components.TransformRelation });

const tree = defineTree({
  robot: { [entity]: [Transform3D, Scalars], joints: { wrist: TextLog, [any]: Scalars }, grasp: Grasp },
  map: Points3D,
});

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function read(log: (recording: RecordingStream) => void): Promise<RecordingReader> {
  const recording = new RecordingStream("typed", { strict: true, logTime: false });
  const memory = recording.memoryRecording();
  log(recording);
  return (await openRrd(memory.drainAsBytes())).recording();
}

function logRobot(recording: RecordingStream): void {
  tree.on(recording).map.log(new Points3D([1, 2, 3], { labels: "a" }), { static: true });
  for (const frame of [0, 1]) {
    const { robot } = tree.on(recording.at({ frame, at: { timestamp: frame / 8 - 1 }, took: { duration: frame / 4 } }));
    robot.log([new Transform3D({ translation: [frame, 0, 0], relation: "ChildFromParent" }), new Scalars([frame, 9])]);
    if (frame === 0) robot.joints.child("elbow").log(new Scalars(0.5));
    robot.joints.wrist.log(new TextLog(`frame ${frame}`));
    robot.grasp.log(new Grasp({ force: frame / 2, name: "cup", relation: "ParentFromChild" }));
  }
}

describe("rows of a tree", () => {
  it("have the shape of the tree, with the values' own types", async () => {
    const recording = await read(logRobot);
    const rows = await all(recording.rows(tree, { index: "frame", time: Number, instance: 0 }));
    const none = {
      rotationAxisAngle: null,
      quaternion: null,
      scale: null,
      mat3x3: null,
      childFrame: null,
      parentFrame: null,
    };
    const map = expect.objectContaining({ positions: [1, 2, 3], labels: "a", colors: null }) as unknown;
    const log = { level: null, color: null };
    expect(rows).toEqual([
      {
        time: 0,
        values: {
          robot: {
            [entity]: [{ translation: [0, 0, 0], relation: "ChildFromParent", ...none }, { scalars: 0 }],
            joints: { wrist: { text: "frame 0", ...log }, elbow: { scalars: 0.5 } },
            grasp: { force: 0, name: "cup", relation: "ParentFromChild" },
          },
          map,
        },
      },
      {
        time: 1,
        values: {
          robot: {
            [entity]: [{ translation: [1, 0, 0], relation: "ChildFromParent", ...none }, { scalars: 1 }],
            joints: { wrist: { text: "frame 1", ...log }, elbow: { scalars: null } },
            grasp: { force: 0.5, name: "cup", relation: "ParentFromChild" },
          },
          map,
        },
      },
    ]);
    const [first] = rows;
    expect(first?.values.robot[entity][0].translation?.[0].toFixed(1)).toBe("0.0");
    expect(first?.values.robot.joints["elbow"]).toEqual({ scalars: 0.5 });
  });

  it("have all instances as lists unless one is chosen, and nulls filled if wanted", async () => {
    const recording = await read(logRobot);
    const query = { index: "frame", fillLatestAt: true } as const;
    const rows = await all(recording.rows(tree.robot.joints, query));
    expect(rows.map(({ time, values }) => [time, values["elbow"]])).toEqual([
      [0n, { scalars: [0.5] }],
      [1n, { scalars: [0.5] }],
    ]);
    const second = await all(recording.rows(tree.robot, { index: "frame", instance: 1 }));
    expect(second.map(({ values }) => values[entity][1].scalars)).toEqual([9, 9]);
  });

  it("are static without an index", async () => {
    const recording = await read(logRobot);
    const [row, ...more] = await all(recording.rows(tree.map, { index: null, instance: 0 }));
    expect([row?.time, row?.values.positions, more.length]).toEqual([null, [1, 2, 3], 0]);
  });

  it("have no value of what was cleared, and an empty list where all instances are read", async () => {
    const one = defineTree({ a: Scalars });
    const recording = await read((rec) => {
      one.on(rec.at({ frame: 0 })).a.log(new Scalars(1));
      one.on(rec.at({ frame: 1 })).a.log(Scalars.cleared());
      one.on(rec.at({ frame: 2 })).a.log(Clear.flat());
    });
    const values = async (options: {
      readonly instance?: number;
      readonly fillLatestAt?: boolean;
    }): Promise<unknown> => {
      const rows = await all(recording.rows(one.a, { index: "frame", ...options }));
      return rows.map((row) => row.values.scalars);
    };
    expect(await values({ instance: 0 })).toEqual([1, null, null]);
    expect(await values({})).toEqual([[1], [], []]);
    expect(await values({ instance: 0, fillLatestAt: true })).toEqual([1, null, null]);
  });

  it("find entities with any names, and keep the same component of two entities apart", async () => {
    const names = ["a b/ü", "__proto__", "constructor", "toString", "log", "7"];
    const odd = defineTree({ [any]: { x: Scalars, ["__proto__"]: Scalars } });
    const recording = await read((rec) => {
      for (const [at, name] of names.entries()) {
        const one = odd.on(rec.at({ frame: 0 })).child(name);
        one.x.log(new Scalars(at));
        one["__proto__"].log(new Scalars(-at - 1));
      }
    });
    const [row] = await all(recording.rows(odd, { index: "frame", instance: 0 }));
    const { values } = row ?? {};
    expect(Object.keys(values ?? {}).sort()).toEqual([...names].sort());
    for (const [at, name] of names.entries()) {
      const found = Object.entries(values ?? {}).find(([key]) => key === name)?.[1];
      expect(Object.entries(found ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))).toEqual([
        ["__proto__", { scalars: -at - 1 }],
        ["x", { scalars: at }],
      ]);
    }
    expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
  });

  it("read a thousand entities", async () => {
    const names = Array.from({ length: 1000 }, (_, at) => `e${at}`);
    const wide = defineTree({ all: Object.fromEntries(names.map((name) => [name, Scalars])) });
    const recording = await read((rec) => {
      for (const [at, name] of names.entries())
        wide
          .on(rec.at({ frame: 1 }))
          .all.child(name)
          .log(new Scalars(at));
    });
    const [row] = await all(recording.rows(wide.all, { index: "frame", instance: 0 }));
    expect(row?.values["e999"]).toEqual({ scalars: 999 });
    expect(Object.keys(row?.values ?? {})).toHaveLength(1000);
  });

  it("reject what is no entity of the recording, and other wrong arguments", async () => {
    const recording = await read(logRobot);
    const fails = async (...args: readonly unknown[]): Promise<string> => {
      const rows = (recording.rows as (...options: unknown[]) => AsyncIterable<unknown>).call(recording, ...args);
      const error: unknown = await all(rows).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "INVALID_ARGUMENT" });
      return (error as Error).message;
    };
    const other = defineTree({ robt: Scalars });
    expect(await fails(other.robt, { index: "frame" })).toContain(
      "no entity `/robt` (did you mean `/robot`?); it has /map,",
    );
    expect(await fails("/robot", { index: "frame" })).toContain("`entity` must be an entity of a tree of `defineTree`");
    expect(await fails(tree.robot)).toContain("`options` must be an object with an `index`");
    expect(await fails(tree.robot, { index: "fram" })).toContain('`index` cannot be "fram"');
    expect(await fails(tree.robot, { index: "frame", time: Date })).toContain(
      "`time` must be BigInt or Number, because frame",
    );
    expect(await fails(tree.robot, { index: "frame", time: String })).toContain(
      "`time` must be BigInt, Number or Date",
    );
    expect(await fails(tree.robot, { index: "frame", instance: -1 })).toContain(
      "`instance` must be the index of an instance",
    );
    expect(await fails(tree.robot, { index: "frame", contents: "/a" })).toContain(
      "`contents` is not an option of `rows`",
    );
    const typed = defineTree({ robot: { joints: { wrist: defineArchetype("my.Text", { text: "Int32" }) } } });
    expect(await fails(typed, { index: "frame" })).toContain("/robot/joints/wrist has TextLog:text, but no Text");
    const { map, robot } = defineTree({ map: { cars: Scalars, bikes: Scalars }, robot: { head: { [any]: Scalars } } });
    expect(await fails(map, { index: "frame" })).toContain("none of /map/cars, /map/bikes; it has /map, /robot,");
    expect(await fails(robot.head, { index: "frame" })).toContain("no entity `/robot/head/**`");
  });

  it("reject values of another type than the field has", async () => {
    const recording = await read((rec) =>
      rec.log("a", new AnyValues({ "Scalars:scalars": "no number" }), { time: { frame: 1 } }),
    );
    const rows = recording.rows(defineTree({ a: Scalars }), { index: "frame" });
    await expect(all(rows)).rejects.toThrow(
      "must have values of Scalars.scalars, List<Float64>, but /a:Scalars:scalars has List<Utf8>",
    );
  });
});

describe("chosen columns", () => {
  it("are rows of values, with times in the chosen form", async () => {
    const recording = await read(logRobot);
    const query = recording.query({ index: "frame" });
    const rows = await all(
      query.rows({
        frame: ["frame", Number],
        exact: ["frame", BigInt],
        at: ["at", Date],
        seconds: ["at", Number],
        took: ["took", Number],
        all: ["robot", Scalars.scalars],
        second: [tree.robot, Scalars.scalars, 1],
        missing: ["/robot", Scalars.scalars, 2],
        force: [["robot", "grasp"], Grasp.force, 0],
        name: ["/robot/grasp", Grasp.nameField, 0],
        relation: ["/robot/grasp", Grasp.relation, 0],
        relations: ["/robot", Transform3D.relation],
        ["__proto__"]: ["/map", Points3D.labels, 0],
      }),
    );
    const common = {
      name: "cup",
      relation: "ParentFromChild",
      relations: ["ChildFromParent"],
      second: 9,
      missing: null,
    };
    expect(rows.map((row) => Object.entries(row).find(([key]) => key === "__proto__"))).toEqual(
      Array.from({ length: 2 }, () => ["__proto__", "a"]),
    );
    const plain = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([key]) => key !== "__proto__")));
    expect(plain).toEqual([
      { ...common, frame: 0, exact: 0n, at: new Date(-1000), seconds: -1, took: 0, all: [0, 9], force: 0 },
      { ...common, frame: 1, exact: 1n, at: new Date(-875), seconds: -0.875, took: 0.25, all: [1, 9], force: 0.5 },
    ]);
  });

  it("read structs and bytes", async () => {
    const recording = await read((rec) => {
      rec.log("camera", new Image({ data: new Uint8Array([1, 2, 3]), width: 1, height: 1 }), { time: { frame: 1 } });
    });
    const choices = { format: ["/camera", Image.format, 0], bytes: ["/camera", Image.buffer, 0] } as const;
    const [row] = await all(recording.query({ index: "frame" }).rows(choices));
    expect([row?.format?.width, row?.format?.color_model, row?.bytes]).toEqual([1, 2, new Uint8Array([1, 2, 3])]);
  });

  it("keep to the rest of the query, and end with their loop", async () => {
    const recording = await read((rec) => {
      const times = TimeColumn.sequence(
        "frame",
        Array.from({ length: 10_000 }, (_, frame) => frame),
      );
      rec.sendColumns("a", times, Scalars.columns({ scalars: new Float64Array(10_000) }));
      rec.log("b", new Scalars(1), { time: { frame: 20_000 } });
    });
    const query = recording.query({ index: "frame", range: { from: 9_000 } });
    expect(await all(query.rows({ frame: ["frame", Number], a: ["/a", Scalars.scalars, 0] }))).toHaveLength(1000);
    let count = 0;
    for await (const _ of query.rows({ a: ["/a", Scalars.scalars] })) if (++count === 3) break;
    expect(count).toBe(3);
    const some = recording.query({ index: "frame", columns: ["/b:Scalars:scalars"] });
    await expect(all(some.rows({ a: ["/a", Scalars.scalars] }))).rejects.toThrow(
      "`columns.a` must be in `columns` of the query",
    );
  });

  it("list what there is if one is wrong", async () => {
    const recording = await read(logRobot);
    const fails = async (choices: unknown): Promise<string> => {
      const query = recording.query({ index: "frame" });
      const error: unknown = await query.toColumns(choices as never).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "INVALID_ARGUMENT" });
      return (error as Error).message;
    };
    expect(await fails({ a: ["/robt", Scalars.scalars] })).toContain(
      "`columns.a`: the recording has no entity `/robt` (did you mean `/robot`?)",
    );
    expect(await fails({ a: ["/robot", Points3D.colors] })).toContain(
      "/robot has Scalars:scalars, Transform3D:relation, Transform3D:translation, but no Points3D:colors",
    );
    expect(await fails({ a: ["frames", Number] })).toContain("got `frames` (did you mean `frame`?)");
    expect(await fails({ a: ["took", Date] })).toContain("must be BigInt or Number, because took has no timestamps");
    for (const wrong of [5, ["/robot"], ["/robot", "Scalars:scalars"], ["/robot", Scalars], null, ["frame", Number, 0]])
      expect(await fails({ a: wrong })).toContain('`columns.a` must be ["/entity", rr.Scalars.scalars]');
    expect(await fails({ a: ["/robot", Scalars.scalars, 0.5] })).toContain(
      "`columns.a` must be the index of an instance",
    );
    expect(await fails({ a: [5, Scalars.scalars] })).toContain("`columns.a` must be an entity path");
    expect(await fails([])).toContain("`columns` must be an object of columns by name");
  });

  it("are typed arrays of the query's memory", async () => {
    const recording = await read((rec) => {
      const times = TimeColumn.sequence("frame", [1, 2, 3]);
      rec.sendColumns("a", times, [
        Scalars.columns({ scalars: [1, 2, 3] }),
        Points3D.columns({
          positions: new Float32Array([1, 2, 3, 4, 5, 6, 7, 8, 9]),
          colors: ["#00000001", "#00000002", "#00000003"],
        }),
      ]);
      rec.sendColumns("b", times, Scalars.columns({ scalars: [1, 2, 3, 4] }).partition([2, 0, 2]));
      rec.log("text", new TextLog("x"), { time: { frame: 1 } });
    });
    const columns = await recording.query({ index: "frame" }).toColumns({
      frame: ["frame", Number],
      a: ["/a", Scalars.scalars, 0],
      positions: ["/a", Points3D.positions],
      colors: ["/a", Points3D.colors, 0],
      both: ["/b", Scalars.scalars],
      second: ["/b", Scalars.scalars, 1],
      text: ["/text", TextLog.text, 0],
    });
    const { frame, a, positions, colors, both, second, text } = columns;
    expect(frame.toBigInt64Array()).toEqual(new BigInt64Array([1n, 2n, 3n]));
    expect(frame.toFloat64Array()).toEqual(new Float64Array([1, 2, 3]));
    expect(a.toFloat64Array()).toEqual(new Float64Array([1, 2, 3]));
    expect(a.toFloat64Array().buffer).toBe(a.toTypedArray().buffer);
    expect(a.toFloat32Array()).toEqual(new Float32Array([1, 2, 3]));
    expect(positions.toFloat32Array()).toEqual(new Float32Array([1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(positions.toFloat32Array().buffer).toBe(positions.toTypedArray().buffer);
    expect(colors.toTypedArray()).toEqual(new Uint32Array([1, 2, 3]));
    expect(colors.toBigInt64Array()).toEqual(new BigInt64Array([1n, 2n, 3n]));
    expect([both.toFloat64Array(), both.offsets]).toEqual([
      new Float64Array([1, 2, 3, 4]),
      new Int32Array([0, 2, 2, 4]),
    ]);
    expect(second.toFloat64Array()).toEqual(new Float64Array([2, NaN, 4]));
    expect([second.toArray(), second.get(1), second.get(2), second.get(9), second.length]).toEqual([
      [2, null, 4],
      null,
      4,
      null,
      3,
    ]);
    expect([...both]).toEqual([[1, 2], [], [3, 4]]);
    expect([text.toArray(), text.length]).toEqual([["x", null, null], 3]);
    expect(() => text.toFloat64Array()).toThrow("the column text has Utf8 and no numbers: use `toArray`");
    expect(() => a.toBigInt64Array()).toThrow("the column a has no integers: use `toFloat64Array`");
  });

  it("of a live recording may come later", async () => {
    const recording = new RecordingStream("typed", { logTime: false });
    const sink = new MemorySink();
    await recording.setSink(sink);
    const live = await openLive(sink);
    const query = live.query({ index: "frame" });
    const choices = { frame: ["frame", Number], a: ["/a", Scalars.scalars, 0] } as const;
    const one = defineTree({ a: Scalars, b: TextLog });
    expect(await all(query.rows(choices))).toEqual([]);
    expect(await all(live.rows(one, { index: "frame" }))).toEqual([]);
    expect((await query.toColumns(choices)).a.toFloat64Array()).toEqual(new Float64Array(0));
    one.on(recording.at({ frame: 4 })).a.log(new Scalars(2));
    expect(await all(query.rows(choices))).toEqual([{ frame: 4, a: 2 }]);
    expect(await all(live.rows(one, { index: "frame", instance: 0 }))).toEqual([
      { time: 4n, values: { a: { scalars: 2 }, b: { text: null, level: null, color: null } } },
    ]);
    live.close();
  });
});
