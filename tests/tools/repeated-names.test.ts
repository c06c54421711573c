import { describe, expect, it } from "vitest";
import { repeatedNames } from "../../tools/lib/repeated-names.ts";

describe("a doc block that only repeats a name", () => {
  it.each([
    ["/** The name of a stream. */\nexport type StreamName = string;", "StreamName"],
    ["export interface Part {\n  /** The key of the part. */\n  readonly key: string;\n}", "key"],
    ["/** Reads chunks. */\nexport async function readChunk(): Promise<void> {}", "readChunk"],
    ["class A {\n  /** Its queue. */\n  readonly #queue = [];\n}", "queue"],
  ])("is found: %s", (source, name) => {
    expect(repeatedNames(source)).toMatchObject([{ name }]);
  });

  it.each([
    "/** The name of a stream, in lower case. */\nexport type StreamName = string;",
    "/** The URL of the server. Default: none. */\nconst serverUrl = undefined;",
    "interface A {\n  /** The size in bytes. */\n  readonly size: number;\n}",
    "interface A {\n  /** All parts. */\n  readonly parts: number;\n}",
    "/** Options of {@link readChunk}. */\nexport interface ReadChunkOptions {}",
  ])("differs from one with contents: %s", (source) => {
    expect(repeatedNames(source)).toEqual([]);
  });

  it("has its line", () => {
    expect(repeatedNames("\n\n/** A queue. */\nclass Queue {}\n")).toEqual([
      { line: 2, name: "Queue", text: "A queue." },
    ]);
  });
});
