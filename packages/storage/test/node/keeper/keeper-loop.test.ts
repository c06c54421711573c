import { RerunError } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import { KeeperLoop } from "../../../dist/cli/keeper-loop.js";
import type { CatalogKeeper } from "../../../dist/keeper/catalog-keeper.js";
import { keeperReport } from "../../../dist/keeper/keeper-status.js";
import { DueWork } from "../../../dist/status/due-work.js";

function loopOf(): KeeperLoop {
  const none = { registered: 0, pending: 0, pendingBytes: 0, quarantined: new Map(), unclear: [] };
  return new KeeperLoop({
    keeper: { ...none, pass: async () => {} } as unknown as CatalogKeeper,
    work: new DueWork("parts of the store"),
    server: undefined,
    catalog: "rerun+http://127.0.0.1:9/proxy",
    store: "file:///data",
    intervalMs: 0,
    isOnce: true,
    log: () => {},
  });
}

describe("catalog keep --once", () => {
  it("has not done its work if it was ended before its first comparison, as its health says", async () => {
    const loop = loopOf();
    await loop.run(AbortSignal.abort(new RerunError("ABORTED", "the program ends")));
    expect(keeperReport(loop.status()).problem).toContain("for the first time");
    expect(loop.isComplete).toBe(false);
  });

  it("has not done its work if its only comparison has failed", async () => {
    const loop = loopOf();
    await loop.run(new AbortController().signal);
    expect(keeperReport(loop.status()).problem).toContain("127.0.0.1:9");
    expect(loop.isComplete).toBe(false);
  });
});
