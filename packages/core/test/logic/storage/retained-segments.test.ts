import type { StoreId } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import { RetainedSegments } from "../../../dist/storage/retained-segments.js";
import { segmentName, type SegmentFolder } from "../../../dist/storage/segment-file.js";
import type { StoredMessage } from "../../../dist/storage/stored-message.js";

/** A stream's header and a message's. */
const OVERHEAD = 12 + 16;

function messageOf(text: string, kind: StoredMessage["kind"] = "chunk", storeId?: StoreId): StoredMessage {
  const own: StoreId = storeId ?? { kind: "recording", applicationId: "app", recordingId: "one" };
  return { kind, storeId: own, payload: new TextEncoder().encode(text), rows: 1, retentionKey: text };
}

/** A folder in memory, and what its files say in which order. */
function start(segmentBytes: number) {
  const files = new Map<string, { text: string; isOpen: boolean }>();
  const state = { isFull: false, count: 0 };
  const folder: SegmentFolder = {
    create(kind) {
      const name = segmentName(kind, state.count++);
      const file = { text: "", isOpen: true };
      files.set(name, file);
      const write = (pieces: readonly Uint8Array[]): void => {
        if (state.isFull) throw new Error("no space left");
        // The payload of each message is behind its header.
        file.text += new TextDecoder().decode(pieces.at(-1));
      };
      return { name, file: { write, truncate: () => {}, close: () => (file.isOpen = false) } };
    },
    remove: (name) => void files.delete(name),
    cut: () => false,
  };
  const texts = (): string[] => [...files.values()].map(({ text }) => text);
  return { files, state, texts, retained: new RetainedSegments(folder, segmentBytes, () => undefined) };
}

describe("the segments of the retained state", () => {
  it("have what is current, and what was replaced until that is more than half", () => {
    const { texts, retained, files } = start(60);
    retained.add(messageOf("a".repeat(40)), "a");
    retained.add(messageOf("b".repeat(40)), "b");
    expect([retained.bytes, retained.liveBytes]).toEqual([2 * (OVERHEAD + 40), 80]);
    retained.add(messageOf("A".repeat(40)), "a");
    expect([retained.bytes, retained.liveBytes]).toEqual([3 * (OVERHEAD + 40), 80]);
    expect(texts().join("")).toBe("a".repeat(40) + "b".repeat(40) + "A".repeat(40));
    retained.add(messageOf("B".repeat(40)), "b");
    // 4 * 68 is more than 2 * 80 + 60.
    expect(texts().join("")).toBe("A".repeat(40) + "B".repeat(40));
    expect(retained.bytes).toBe(28 + 40 + 16 + 40);
    expect([...files.values()].map(({ isOpen }) => isOpen)).toEqual([true]);
    expect(retained.file).toBeDefined();
  });

  it("are ended once they are larger than the limit", () => {
    const { files, retained } = start(100);
    for (const key of ["a", "b", "c", "d"]) retained.add(messageOf(key.repeat(40)), key);
    expect([...files.values()].map(({ text, isOpen }) => [text.length, isOpen])).toEqual([
      [80, false],
      [80, true],
    ]);
  });

  it("have one blueprint for each application: the one that was activated last", () => {
    const { texts, retained } = start(0);
    const blueprint = (recordingId: string, applicationId: string): StoreId => ({
      kind: "blueprint",
      applicationId,
      recordingId,
    });
    retained.add(messageOf("recording"), "recording");
    retained.add(messageOf("first", "chunk", blueprint("1", "app")), "first");
    retained.add(messageOf("other", "chunk", blueprint("1", "other")), "other");
    retained.add(messageOf("second", "chunk", blueprint("2", "app")), "second");
    const before = retained.liveBytes;
    retained.add(messageOf("active", "activation", blueprint("2", "app")), "active");
    expect(retained.liveBytes).toBe(before + "active".length - "first".length);
    retained.add(messageOf("x".repeat(50)), "x");
    expect(texts().join(" ")).not.toContain("first");
    for (const kept of ["recording", "other", "second", "active"]) expect(texts().join(" ")).toContain(kept);
  });

  it("lose their oldest chunk on request, which is in no file once they are closed", () => {
    const { files, texts, retained } = start(1000);
    retained.add(messageOf("info", "storeInfo"), "info");
    for (const key of ["a", "b", "c"]) retained.add(messageOf(key), key);
    expect(retained.dropOldest("a")?.retentionKey).toBe("b");
    expect([retained.liveBytes, texts()]).toEqual([6, ["infoabc"]]);
    retained.close();
    expect([texts(), [...files.values()].map(({ isOpen }) => isOpen), retained.file]).toEqual([
      ["infoac"],
      [false],
      undefined,
    ]);
    expect(retained.dropOldest("none")?.retentionKey).toBe("a");
    expect(retained.dropOldest("c")).toBeUndefined();
    retained.add(messageOf("d"), "d");
    retained.clear();
    expect([files.size, retained.bytes, retained.liveBytes]).toEqual([0, 0, 0]);
    retained.add(messageOf("e"), "e");
    retained.close();
    expect([texts(), retained.bytes]).toEqual([["e"], OVERHEAD + 1]);
  });

  it("stay as they are where there is no space to write them anew", () => {
    const { state, texts, retained } = start(1000);
    for (const key of ["a", "b"]) retained.add(messageOf(key), key);
    const { bytes } = retained;
    retained.dropOldest("none");
    state.isFull = true;
    retained.close();
    expect([texts(), retained.bytes]).toEqual([["ab"], bytes]);
    state.isFull = false;
    retained.close();
    expect(texts()).toEqual(["b"]);
  });
});
