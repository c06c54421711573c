import { TimeColumn, type RecordingStream } from "@rerun-ts/core";
import { AnyValues, Clear, Scalars } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { clearChunks, clearsOf } from "../../../dist/query/column-clears.js";
import type { ChunkData } from "../../../dist/store/chunk-data.js";
import type { ComponentColumn } from "../../../dist/store/chunk-info.js";
import { describeChunk } from "../../../dist/store/describe-chunk.js";
import { StoreIndex } from "../../../dist/store/store-index.js";
import { chunksOf } from "../chunks.ts";

function storeOf(chunks: readonly ChunkData[]): StoreIndex {
  const store = new StoreIndex({ kind: "recording", applicationId: "clears", recordingId: "clears" });
  for (const [at, chunk] of chunks.entries())
    store.addDescribed(describeChunk(chunk, { offset: at, length: 1 }), chunk);
  return store;
}

function columnOf(entityPath: string): ComponentColumn {
  const columns = storeOf(chunksOf((recording) => recording.log(entityPath, new Scalars(1)))).columns;
  return columns[0] as ComponentColumn;
}

function logClears(recording: RecordingStream): void {
  for (const entity of ["/", "a", "a/b"])
    for (const [frame, isRecursive] of [false, true, false, true, true, true, true, false, false, true].entries())
      recording.log(entity, new Clear({ recursive: isRecursive }), { time: { frame } });
}

describe("the rows that clear an entity", () => {
  const chunks = chunksOf(logClears);
  const recursive = [1, 3, 4, 5, 6, 9];
  const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  it.for([
    { entity: "/", clears: [["/", all]] },
    {
      entity: "/a",
      clears: [
        ["/", recursive],
        ["/a", all],
      ],
    },
    {
      entity: "/a/b",
      clears: [
        ["/", recursive],
        ["/a", recursive],
        ["/a/b", all],
      ],
    },
    {
      entity: "/a/b/c",
      clears: [
        ["/", recursive],
        ["/a", recursive],
        ["/a/b", recursive],
      ],
    },
    { entity: "/ab", clears: [["/", recursive]] },
  ])("$entity are its own, and the recursive ones above", ({ entity, clears }) => {
    const found = clearsOf(columnOf(entity), chunks).map(({ chunk, rows }) => [chunk.entityPath, rows]);
    expect(found).toEqual(clears);
  });

  it("are those with a flag", () => {
    const values = chunksOf((recording) => {
      recording.log("a", new AnyValues({ note: "x" }), { time: { frame: 0 } });
      recording.log("a", Clear.flat(), { time: { frame: 1 } });
      const isRecursive = Clear.columns({ isRecursive: [true, false, true, true] });
      recording.sendColumns("a", [TimeColumn.sequence("frame", [0, 1, 2, 3])], isRecursive.partition([1, 0, 1, 2]));
      recording.sendColumns(
        "a",
        [TimeColumn.sequence("frame", [0])],
        Clear.columns({ isRecursive: [] }).partition([0]),
      );
    });
    const rowsOf = (entity: string): unknown =>
      values.flatMap((chunk) => clearsOf(columnOf(entity), [chunk])).map(({ rows }) => rows);
    expect(rowsOf("/a")).toEqual([[1], [0, 2, 3]]);
    expect(rowsOf("/a/b")).toEqual([[0, 3]]);
  });
});

describe("the chunks that could clear columns", () => {
  const paths = (
    log: (recording: RecordingStream) => void,
    entities: readonly string[],
    timeline = "frame",
  ): string[] =>
    clearChunks(storeOf(chunksOf(log)), entities.map(columnOf), timeline).map(({ entityPath }) => entityPath);

  it("are of the entities and of those above", () => {
    expect(paths(logClears, ["/a"])).toEqual(["/", "/a"]);
    expect(paths(logClears, ["/b", "/a/b"])).toEqual(["/", "/a", "/a/b"]);
    expect(paths(logClears, ["/ab"])).toEqual(["/"]);
    expect(paths(logClears, [])).toEqual([]);
  });

  it("are on the timeline", () => {
    expect(paths(logClears, ["/a"], "other")).toEqual([]);
  });

  it("have clears", () => {
    expect(paths((recording) => recording.log("a", new Scalars(1), { time: { frame: 1 } }), ["/a"])).toEqual([]);
  });

  it("are not of an entity with a static clear, which hides those with times", () => {
    const hidden = (recording: RecordingStream): void => {
      logClears(recording);
      recording.log("a", Clear.flat(), { static: true });
      recording.log("/", new Scalars(1), { static: true });
    };
    expect(paths(hidden, ["/a/b"])).toEqual(["/", "/a/b"]);
  });
});
