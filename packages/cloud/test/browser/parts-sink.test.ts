import { PartsSink, type PartStore } from "@rerun-ts/cloud/web";
import { RecordingStream, RerunError, TextDocument } from "@rerun-ts/web";
import { describe, expect, it } from "vitest";

/** A store that cannot be reached. */
const AWAY: PartStore = {
  url: "away:",
  create: () => Promise.reject(new RerunError("CONNECTION", "there is no network")),
};

/** Text that cannot be compressed by much. */
function noise(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10_000));
  return Array.from(bytes, (byte) => byte.toString(16)).join("");
}

describe("PartsSink in a page", () => {
  it("stays within its limit if a program logs static data in a loop", async () => {
    const rec = new RecordingStream("statics", { onWarning: () => {} });
    const limits = { maxSpoolBytes: 400_000, maxBytes: 50_000, spool: crypto.randomUUID() };
    const sink = new PartsSink(AWAY, { dataset: "fleet", ...limits });
    await rec.setSinks([sink]);
    for (let round = 0; round < 100; round++) {
      rec.log("map", new TextDocument(`${round} ${noise()}`), { static: true });
      await rec.flush();
    }
    expect(sink.uploads.pendingBytes).toBeLessThan(600_000);
    expect(rec.stats().droppedRows).toBeGreaterThan(0);
    await rec.close({ timeoutMs: 1 });
  });
});
