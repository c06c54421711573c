import { totalmem } from "node:os";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parseMemoryLimit } from "../../dist/relay/sink/memory-limit.js";

const MIB = 2 ** 20;
afterEach(() => vi.restoreAllMocks());

describe("a share of the memory", () => {
  it.each([
    ["a container with a limit", 512 * MIB, 128 * MIB],
    ["a machine without a limit, as Node 20 reports it", 0, Math.floor(totalmem() / 4)],
    ["a machine without a limit, as the kernel reports it", 2 ** 63, Math.floor(totalmem() / 4)],
  ])("is that of %s", (_, constrained, expected) => {
    vi.spyOn(process, "constrainedMemory").mockReturnValue(constrained);
    expect(parseMemoryLimit("serverMemoryLimit", "25%")).toBe(expected);
  });
});
