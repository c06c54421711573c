import { Chunk, openRrd, sendChunks } from "@rerun-ts/arrow";
import { RecordingStream, TimeColumn } from "@rerun-ts/core";
import { Points3D, Scalars } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";

const frames = (...values: number[]): TimeColumn => TimeColumn.sequence("frame", values);
const textOf = (id: Uint8Array): string => Array.from(id, (byte) => byte.toString(16).padStart(2, "0")).join("");

describe("Chunk.fromColumns", () => {
  it("makes a chunk whose rows a recording takes as they are", async () => {
    const chunk = Chunk.fromColumns("robot/arm", {
      timelines: [frames(0, 1, 2), TimeColumn.duration("elapsed", [0, 0.5, 1])],
      columns: [Scalars.columns({ scalars: [1, 2, 3] }), Points3D.columns({ labels: ["a", "b", "c"] })],
    });
    expect(chunk).toMatchObject({ entityPath: "/robot/arm", numRows: 3, timelines: ["elapsed", "frame"] });
    expect(chunk.components).toEqual(["Points3D:labels", "Scalars:scalars"]);
    const recording = new RecordingStream("chunks");
    const memory = recording.memoryRecording();
    expect(await sendChunks(recording, [chunk])).toEqual({ rows: 3, chunks: 1 });
    const copy = (await openRrd(memory.drainAsBytes())).recording();
    const { value: sent } = await copy.chunks({ contents: "/robot/**" }).next();
    expect(sent?.id).toBe(chunk.id);
    expect(sent?.table.toString()).toBe(chunk.table.toString());
  });

  it("makes static rows without timelines", () => {
    const chunk = Chunk.fromColumns(["log", 1], { columns: Scalars.columns({ scalars: [1] }) });
    expect(chunk).toMatchObject({ entityPath: "/log/1", isStatic: true, numRows: 1 });
  });

  it("gives later chunks greater ids of chunks and rows", () => {
    const make = (): Chunk => Chunk.fromColumns("/a", { columns: Scalars.columns({ scalars: [1, 2] }) });
    const ids = [make(), make()].flatMap((chunk) => [
      chunk.id.toLowerCase(),
      ...Array.from(chunk.table.getChildAt(0) ?? [], (id) => textOf(id as Uint8Array)),
    ]);
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  it("makes a chunk without rows", () => {
    const chunk = Chunk.fromColumns("/a", { timelines: frames(), columns: Scalars.columns({ scalars: [] }) });
    expect(chunk).toMatchObject({ numRows: 0, timelines: ["frame"], components: ["Scalars:scalars"] });
    expect(chunk.table.numRows).toBe(0);
  });

  it("names the column that is wrong", () => {
    const columns = Scalars.columns({ scalars: [1, 2] });
    expect(() => Chunk.fromColumns("/a", { timelines: frames(1), columns })).toThrow(
      /`Scalars.scalars` must be as long/,
    );
    expect(() => Chunk.fromColumns(7 as never, { columns })).toThrow("`entityPath` must be an entity path");
    expect(() => Chunk.fromColumns("/a", { times: frames(1), columns } as never)).toThrow("timelines");
  });
});
