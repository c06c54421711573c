import { describe, expect, it } from "vitest";
import { docBlocksOf, publicDocBlocks } from "../../tools/lib/public-doc-blocks.ts";

const SOURCE = `
/** A sink. */
export class Sink {
  /** The bytes. */
  readonly bytes = 0;

  /** A secret. */
  #secret = 0;

  /**
   * Sends a message.
   *
   * @example
   * sink.send(message);
   * @throws {TypeError} if it is none
   */
  send(): void {}

  /** @internal */
  open(): void {}
}

/** A helper. */
function helper(): void {}

/** For siblings. */
export interface Sibling {
  /** Its name. */
  name: string;
}
`;

describe("the documentation of public names", () => {
  it("has the blocks of the names and of their public members, without examples", () => {
    expect(docBlocksOf(SOURCE, new Set(["Sink"]))).toEqual([
      "A sink.",
      "The bytes.",
      "Sends a message.\n\n@throws {TypeError} if it is none",
    ]);
  });

  it("is found in the packages through their lists of exports", async () => {
    const blocks = await publicDocBlocks();
    expect([...blocks.keys()]).toEqual(expect.arrayContaining(["core", "types", "node", "web", "reading"]));
    expect(blocks.get("core")?.some((text) => text.startsWith("A recording: takes logged data"))).toBe(true);
    expect(blocks.get("types")?.length).toBeGreaterThan(500);
  });
});
