import { RecordingStream, setGlobalRecording, TimeColumn, type RerunError } from "@rerun-ts/core";
import { any, AnyValues, Clear, defineTree, entity, Points3D, Scalars, TextLog, Transform3D } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";

const tree = defineTree({
  robot: { [entity]: [Transform3D, Scalars], joints: { [any]: Scalars }, log: TextLog },
  "a b": { "ü/x": Scalars },
  ["__proto__"]: { constructor: Scalars, toString: { hasOwnProperty: Scalars } },
});

interface Recorded {
  readonly recording: RecordingStream;
  readonly warnings: string[];
  readonly rows: () => Readonly<Record<string, number>>;
}

function record(): Recorded {
  const warnings: string[] = [];
  const recording = new RecordingStream("trees", { onWarning: ({ message }: RerunError) => warnings.push(message) });
  const memory = recording.memoryRecording();
  return {
    recording,
    warnings,
    rows: () => {
      const rows: Record<string, number> = {};
      for (const chunk of readChunks(memory.drainAsBytes()))
        rows[chunk.entityPath] = (rows[chunk.entityPath] ?? 0) + chunk.rows;
      return rows;
    },
  };
}

describe("defineTree", () => {
  it("logs each entity to its path, whatever the parts are", () => {
    const { recording, warnings, rows } = record();
    const bound = tree.on(recording);
    bound.robot.log([new Transform3D({ translation: [0, 0, 1] }), new Scalars(1)]);
    bound.robot.log(Clear.recursive());
    bound.robot.joints.child("elbow").log(new Scalars(1));
    bound.robot.joints.child("__proto__").log(new Scalars(1));
    bound.robot.child("log").log(new TextLog("ready"), { static: true });
    bound["a b"]["ü/x"].log(new Scalars(1));
    bound["__proto__"].constructor.log(new Scalars(1));
    bound["__proto__"].toString.hasOwnProperty.log(new Scalars(1));
    bound["a b"]["ü/x"].sendColumns(TimeColumn.sequence("step", [1, 2]), Scalars.columns({ scalars: [1, 2] }));
    expect(warnings).toEqual([]);
    expect(rows()).toEqual({
      "/robot": 2,
      "/robot/joints/elbow": 1,
      "/robot/joints/__proto__": 1,
      "/robot/log": 1,
      "/a\\ b/ü\\/x": 3,
      "/__proto__/constructor": 1,
      "/__proto__/toString/hasOwnProperty": 1,
    });
  });

  it("logs to the global recording, and to as many recordings as trees are made for", () => {
    const [first, second] = [record(), record()];
    const before = setGlobalRecording(first.recording);
    try {
      tree["a b"]["ü/x"].log(new Scalars(1));
      const one = defineTree({ a: Scalars }).on(second.recording);
      tree.on(second.recording)["a b"]["ü/x"].log(new Scalars(1));
      one.a.log(new Scalars(1));
      one.on(second.recording.at({ frame: 1 })).a.log(new Scalars(1));
    } finally {
      setGlobalRecording(before);
    }
    expect(first.rows()).toEqual({ "/a\\ b/ü\\/x": 1 });
    expect(second.rows()).toEqual({ "/a\\ b/ü\\/x": 1, "/a": 2 });
  });

  it("reports data that an entity does not have, and stores nothing of it", () => {
    const { recording, warnings, rows } = record();
    const { robot } = tree.on(recording);
    const log = robot.child("log") as unknown as { log(data: unknown): void; sendColumns(...args: unknown[]): void };
    log.log(new Points3D([1, 2, 3]));
    log.log([new TextLog("a"), Points3D.fromFields({ radii: 1 })]);
    log.log(new AnyValues({ a: 1 }));
    log.log(null);
    log.sendColumns(TimeColumn.sequence("step", [1]), Points3D.columns({ radii: [1] }));
    log.sendColumns(TimeColumn.sequence("step", [1]), TextLog.columns({ texts: ["a"] } as never));
    log.sendColumns(TimeColumn.sequence("step", [1]), 5);
    (robot.joints as unknown as typeof log).log(new Scalars(1));
    expect(rows()).toEqual({});
    const fits = "must be of an archetype that the entity has in its tree: rerun.archetypes.TextLog";
    expect(warnings[0]).toContain(`\`data\` at \`/robot/log\` ${fits}`);
    expect(warnings[0]).toContain("got `rerun.archetypes.Points3D`; nothing was logged");
    expect(warnings.some((text) => text.startsWith(`\`columns\` at \`/robot/log\` ${fits}`))).toBe(true);
    expect(warnings.some((text) => text.includes("`texts` (did you mean `text`?)"))).toBe(true);
    expect(warnings.some((text) => text.includes("`data` at `/robot/joints` must be"))).toBe(true);
  });

  it("throws for the data that an entity does not have if the recording is strict", () => {
    const recording = new RecordingStream("trees", { strict: true });
    recording.memoryRecording();
    const wrong = new Points3D([1, 2, 3]) as never;
    expect(() => tree.on(recording)["a b"]["ü/x"].log(wrong)).toThrow(
      expect.objectContaining({ code: "INVALID_DATA", argument: "data", entityPath: "/a\\ b/ü\\/x" }),
    );
  });

  it("suggests the name of an entity that is misspelt", () => {
    expect(() => tree.robot.child("jonts" as never)).toThrow(
      "`name` must be an entity of the tree: /robot has joints, log, got `jonts` (did you mean `joints`?)",
    );
    expect(() => tree["a b"]["ü/x"].child("a" as never)).toThrow("/a\\ b/ü\\/x has no entities below it");
    expect(() => tree.robot.child("toString" as never)).toThrow("got `toString`");
    expect(() => tree.on({} as never)).toThrow("`recording` must be a RecordingStream, or the result of its `at`");
  });

  it("rejects what is no tree, and names the entity", () => {
    const define = defineTree as (definition: unknown) => unknown;
    const loop: Record<string, unknown> = {};
    loop["a"] = { b: loop };
    const archetypes =
      "`definition` must have archetypes such as rr.Scalars, lists of them, or objects of entities, got";
    expect(() => define({ a: { b: 1 } })).toThrow(`${archetypes} 1 at /a/b`);
    expect(() => define({ a: [] })).toThrow(`${archetypes} an empty array at /a`);
    expect(() => define({ a: { [entity]: {} } })).toThrow(archetypes);
    expect(() => define({ a: { [any]: "Scalars" } })).toThrow(`${archetypes} "Scalars" at /a/*`);
    expect(() => define({ a: new Scalars(1) })).toThrow(archetypes);
    expect(() => define({ asComponents: Scalars })).not.toThrow();
    expect(() => define({ "": Scalars })).toThrow('`definition` must have non-empty names, got "" at /');
    expect(() => define(loop)).toThrow("`definition` must be a tree, but /a/b has an entity above it as a child");
    expect(() => define(Scalars)).toThrow("`definition` must be an object of entities");
    expect(() => define(null)).toThrow("`definition` must be an object of entities, got null");
  });

  it("has thousands of entities, or many levels, without building them before they are used", () => {
    const names = Array.from({ length: 1000 }, (_, at) => `e${at}`);
    const wide = defineTree(Object.fromEntries(names.map((name) => [name, Scalars])));
    const { recording, rows } = record();
    const bound = wide.on(recording);
    for (const name of names) bound.child(name).log(new Scalars(1));
    expect(Object.keys(rows())).toHaveLength(1000);
    let deep: Record<string, unknown> = { leaf: Scalars };
    for (let level = 0; level < 1000; level++) deep = { n: deep };
    expect(() => defineTree(deep as never)).not.toThrow();
  });
});
