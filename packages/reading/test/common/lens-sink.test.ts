import { lens, openRrd, type Lens, type RecordingReader } from "@rerun-ts/reading";
import { MemorySink, RecordingStream } from "@rerun-ts/core";
import { DynamicArchetype, Scalars, TextLog } from "@rerun-ts/types";
import { describeSinkContract } from "@rerun-ts/test-support/common/sink-contract";
import { describe, expect, it } from "vitest";

interface Accel {
  readonly x: number;
  readonly y: number;
}

const ACCEL_Y: Lens = { from: "Imu:accel", value: "y", to: "/plots/y", as: Scalars };

describeSinkContract(
  "a lens in front of a MemorySink",
  () => {
    const memory = new MemorySink();
    return { sink: lens(memory, ACCEL_Y), read: () => [memory.toBytes()] };
  },
  { hasFooter: true },
);

describe("a sink with lenses", () => {
  async function logged(
    make: (memory: MemorySink) => ReturnType<typeof lens>,
    warnings: string[] = [],
  ): Promise<RecordingReader> {
    const memory = new MemorySink();
    const recording = new RecordingStream("lens", {
      sendProperties: false,
      logTime: false,
      onWarning: ({ message }) => warnings.push(message),
    });
    await recording.setSink(make(memory));
    recording.log("note", new TextLog("x"), { static: true });
    for (let frame = 0; frame < 5; frame++) {
      recording.setTime("frame", frame);
      recording.log("imu", new DynamicArchetype("Imu", { accel: [{ x: frame, y: frame * 2 }], status: "ok" }));
    }
    await recording.close();
    return (await openRrd(memory.drainAsBytes())).recording();
  }
  const columnsOf = (recording: RecordingReader): string[] => recording.schema().components.map(({ name }) => name);

  it("adds what lenses make while the data is logged", async () => {
    const recording = await logged((memory) => lens(memory, ACCEL_Y));
    expect(columnsOf(recording)).toEqual([
      "/imu:Imu:accel",
      "/imu:Imu:status",
      "/note:TextLog:text",
      "/plots/y:Scalars:scalars",
    ]);
    const table = await recording.query({ index: "frame", contents: "/plots/y" }).toTable();
    expect(
      Array.from(table.getChild("/plots/y:Scalars:scalars") ?? [], (cell) => [...(cell as Iterable<number>)]),
    ).toEqual([0, 2, 4, 6, 8].map((value) => [value]));
  });

  it("leaves out what it is asked to leave out", async () => {
    const unmatched = await logged((memory) => lens(memory, ACCEL_Y, { output: "unmatched" }));
    expect(columnsOf(unmatched)).toEqual(["/imu:Imu:status", "/note:TextLog:text", "/plots/y:Scalars:scalars"]);
    const derived = await logged((memory) => lens(memory, ACCEL_Y, { output: "derived" }));
    expect(columnsOf(derived)).toEqual(["/plots/y:Scalars:scalars"]);
  });

  it("warns when a lens fails, and passes the data on", async () => {
    const warnings: string[] = [];
    const failing = (): never => {
      throw new Error("no such sensor");
    };
    const recording = await logged(
      (memory) => lens(memory, { from: "Imu:accel", value: failing, as: Scalars }),
      warnings,
    );
    expect(columnsOf(recording)).toEqual(["/imu:Imu:accel", "/imu:Imu:status", "/note:TextLog:text"]);
    expect(warnings).toEqual(["a lens failed, and the data is sent as it is: no such sensor"]);
  });

  it("rejects a lens that cannot work with any data when it is made", () => {
    const accel = { from: "Imu:accel", to: "/y", as: Scalars };
    const wrong: readonly [Record<string, unknown>, string][] = [
      [{ value: 5 }, "`value` must be a path, an array of paths, or a function of an instance, got 5"],
      [{ value: "x[0" }, "`value` must be a path such as `pose.x`"],
      [{ as: {} }, "`as` must be an archetype"],
      [{ to: 7 }, "`to` must be an entity path"],
      [{ timelines: { at: { kind: "time", value: "x" } } }, '`timelines.at.kind` must be "sequence"'],
    ];
    for (const [field, message] of wrong)
      expect(() => lens(new MemorySink(), { ...accel, ...field } as never)).toThrow(message);
  });

  it("calls functions with the values that were logged", async () => {
    const recording = await logged((memory) =>
      lens(memory, { from: "Imu:accel", value: ({ x, y }: Accel) => x + y, to: "/sum", as: Scalars }),
    );
    const values = await recording.latestAt({ index: "frame", at: 3, contents: "/sum" });
    expect([...(values["/sum:Scalars:scalars"] ?? [])]).toEqual([9]);
  });
});
