import { describe, expect, it } from "vitest";
import type { CandidateChunk } from "../../dist/find-chunks.js";
import { segmentGroups } from "../../dist/segment-groups.js";

const MIB = 1024 * 1024;

/** The groups of segments, each with chunks given as `id:bytes`. */
function groupsOf(chunks: Readonly<Record<string, readonly string[]>>): { segments: string; bytes: number }[] {
  const candidates = Object.entries(chunks).map(([segment, all]): [string, CandidateChunk[]] => [
    segment,
    all.map((text) => {
      const [id = "", bytes] = text.split(":");
      return { id, segment, bytes: Number(bytes) } as CandidateChunk;
    }),
  ]);
  const groups = segmentGroups(Object.keys(chunks), new Map(candidates));
  return [...groups].map(({ segments, bytes }) => ({ segments: segments.join(""), bytes }));
}

const letters = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => String.fromCharCode(97 + index));

describe("segmentGroups", () => {
  it("begins with one segment, and doubles the number from group to group", () => {
    const segments = Object.fromEntries(letters(12).map((name) => [name, [`${name}:1`]]));
    expect(groupsOf(segments).map((group) => group.segments)).toEqual(["a", "bc", "defg", "hijkl"]);
  });

  it("has at most 8 MiB in a group, unless it is one segment", () => {
    const half = 4 * MIB;
    const groups = groupsOf({ a: ["a:1"], b: [`b:${half}`], c: [`c:${half}`], d: [`d:${9 * MIB}`], e: ["e:1"] });
    expect(groups).toEqual([
      { segments: "a", bytes: 1 },
      { segments: "bc", bytes: 8 * MIB },
      { segments: "d", bytes: 9 * MIB },
      { segments: "e", bytes: 1 },
    ]);
    const more = groupsOf({ a: ["a:1"], b: [`b:${half}`], c: [`c:${half + 1}`] });
    expect(more.map(({ segments }) => segments)).toEqual(["a", "b", "c"]);
  });

  it("has at most 1024 chunks in a group", () => {
    const many = (name: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${name}${at}:1`);
    const of = (count: number): string[] =>
      groupsOf({ a: ["a:1"], b: many("b", 512), c: many("c", count) }).map(({ segments }) => segments);
    expect(of(512)).toEqual(["a", "bc"]);
    expect(of(513)).toEqual(["a", "b", "c"]);
  });

  it("counts a chunk of several layers once, and keeps segments apart that share a chunk", () => {
    expect(groupsOf({ a: ["a:7", "a:7"], b: ["x:1"], c: ["x:1"], d: [] })).toEqual([
      { segments: "a", bytes: 7 },
      { segments: "b", bytes: 1 },
      { segments: "cd", bytes: 1 },
    ]);
  });
});
