import { Blueprint, Spatial3DView } from "@rerun-ts/blueprint";
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

  /** A store that refuses keys, with the rest. */
  function choosyStore(refuses: (key: string) => boolean): PartStore & { readonly keys: Set<string> } {
    const keys = new Set<string>();
    const create: PartStore["create"] = (key) =>
      refuses(key)
        ? Promise.reject(new RerunError("AUTH", `cannot create ${key}: access was denied`))
        : Promise.resolve(keys.size !== keys.add(key).size);
    return { url: "choosy:", keys, create };
  }

  /** Logs to a page that ends while its store is away, and leaves two parts of each recording. */
  async function leaveParts(spool: string, recordingIds: readonly string[]): Promise<void> {
    for (const recordingId of recordingIds) {
      const rec = new RecordingStream("left", { recordingId, onWarning: () => {} });
      await rec.setSinks([new PartsSink(AWAY, { dataset: "fleet", spool })]);
      for (const text of ["one", "two"]) {
        rec.log("note", new TextDocument(text));
        await rec.flush();
      }
      await rec.close({ timeoutMs: 1 });
    }
  }

  it("sends what other pages have left, also later, and names and keeps what is refused", async () => {
    const spool = crypto.randomUUID();
    await leaveParts(spool, ["a bad", "good"]);
    let isRefused = true;
    const store = choosyStore((key) => isRefused && key.includes("bad"));
    const warnings: string[] = [];
    const rec = new RecordingStream("next", { recordingId: "own", onWarning: ({ message }) => warnings.push(message) });
    const sink = new PartsSink(store, { dataset: "fleet", spool });
    await rec.setSinks([sink]);
    const partsOf = (id: string): number => [...store.keys].filter((key) => key.includes(`/${id}/`)).length;
    await expect.poll(() => partsOf("good")).toBe(2);
    expect(partsOf("a_20bad")).toBe(0);
    await expect.poll(() => warnings.join("\n")).toContain("2 parts are refused and kept in the spool");
    expect(warnings.join("\n")).toContain("/a_20bad-00000001.rrd: cannot create");
    await expect.poll(() => sink.uploads).toMatchObject({ pendingParts: 2, sentParts: 2 });
    isRefused = false;
    await leaveParts(spool, ["later"]);
    await expect.poll(() => partsOf("a_20bad"), { timeout: 60_000 }).toBe(2);
    await expect.poll(() => partsOf("later"), { timeout: 60_000 }).toBe(2);
    // The store has a part before the page has removed its own copy.
    await expect.poll(() => sink.uploads.pendingParts).toBe(0);
    await rec.close();
  }, 90_000);

  it("leaves and names what a page of another version has left", async () => {
    const spool = crypto.randomUUID();
    await leaveParts(spool, ["newer"]);
    const all = await (await navigator.storage.getDirectory()).getDirectoryHandle("rerun-ts-parts");
    const folder = await all.getDirectoryHandle(spool);
    for await (const run of folder.values()) {
      const facts = await (run as FileSystemDirectoryHandle).getFileHandle("run.json");
      const found = JSON.parse(await (await facts.getFile()).text()) as object;
      const writable = await facts.createWritable();
      await writable.write(JSON.stringify({ ...found, version: 2 }));
      await writable.close();
    }
    const store = choosyStore(() => false);
    const warnings: string[] = [];
    const rec = new RecordingStream("next", { recordingId: "own", onWarning: ({ message }) => warnings.push(message) });
    await rec.setSinks([new PartsSink(store, { dataset: "fleet", spool })]);
    await expect
      .poll(() => warnings.join("\n"))
      .toMatch(/stay in the spool: [0-9a-f]+: it must have the version 1, got 2/);
    await rec.close();
    expect([...store.keys].filter((key) => key.includes("newer"))).toEqual([]);
  });

  it("stores all other parts if some are refused, and `flush` names these", async () => {
    const store = choosyStore((key) => key.includes("bad"));
    const rec = new RecordingStream("bad", { recordingId: "own", onWarning: () => {} });
    await rec.setSinks([new PartsSink(store, { dataset: "fleet", spool: crypto.randomUUID() })]);
    rec.sendBlueprint(new Blueprint(new Spatial3DView()));
    rec.log("note", new TextDocument("one"));
    await expect(rec.flush({ ack: true })).rejects.toThrow(/1 part was refused and is kept.*bad-00000001/);
    expect([...store.keys].filter((key) => key.endsWith(".rrd"))).toHaveLength(1);
    await rec.close({ timeoutMs: 1 });
  });
});
