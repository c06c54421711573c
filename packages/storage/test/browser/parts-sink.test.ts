import { Blueprint, Spatial3DView } from "@rerun-ts/blueprint";
import { PartsSink, type PartStore } from "@rerun-ts/storage/web";
import { RecordingStream, RerunError, TextDocument } from "@rerun-ts/web";
import { describe, expect, it, onTestFinished, vi } from "vitest";

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
      const sink = new PartsSink(AWAY, { dataset: "fleet", spool });
      await rec.setSinks([sink]);
      const before = sink.uploads.pendingParts;
      for (const parts of [1, 2]) {
        rec.log("note", new TextDocument(`${parts}`));
        // The next part begins, although this one cannot be sent.
        const ended = new AbortController();
        const flushed = rec.flush({ ack: true, signal: ended.signal }).catch(() => {});
        await vi.waitFor(() => expect(sink.uploads.pendingParts).toBeGreaterThanOrEqual(before + parts), 30_000);
        ended.abort();
        await flushed;
      }
      await rec.close({ timeoutMs: 1 });
    }
  }

  it("sends what other pages have left, also later, and names and keeps what is refused", async () => {
    const spool = crypto.randomUUID();
    await leaveParts(spool, ["a bad", "good"]);
    let isRefused = true;
    const store = choosyStore((key) => isRefused && key.includes("/a_20bad/"));
    const warnings: string[] = [];
    const rec = new RecordingStream("next", { recordingId: "own", onWarning: ({ message }) => warnings.push(message) });
    const sink = new PartsSink(store, { dataset: "fleet", spool });
    await rec.setSinks([sink]);
    const partsOf = (id: string): number => [...store.keys].filter((key) => key.includes(`/${id}/`)).length;
    await expect.poll(() => partsOf("good"), { timeout: 30_000 }).toBe(2);
    expect(partsOf("a_20bad")).toBe(0);
    await expect
      .poll(() => warnings.join("\n"), { timeout: 30_000 })
      .toContain("2 parts are refused and kept in the spool");
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

  it("removes the run of a page that ended while it created the run, and names one whose facts are damaged", async () => {
    const spool = crypto.randomUUID();
    const all = await (await navigator.storage.getDirectory()).getDirectoryHandle("rerun-ts-parts", { create: true });
    const folder = await all.getDirectoryHandle(spool, { create: true });
    const makeRun = (name: string): Promise<FileSystemDirectoryHandle> =>
      folder.getDirectoryHandle(name, { create: true });
    const [empty, begun, damaged] = ["0a".repeat(16), "0b".repeat(16), "0c".repeat(16)];
    await makeRun(empty);
    // The file exists before its contents.
    await (await makeRun(begun)).getFileHandle("run.json", { create: true });
    const part = await (await makeRun(damaged)).getFileHandle("day-00000001.rrd", { create: true });
    const writable = await part.createWritable();
    await writable.write("data");
    await writable.close();
    const warnings: string[] = [];
    const rec = new RecordingStream("next", { recordingId: "own", onWarning: ({ message }) => warnings.push(message) });
    await rec.setSinks([
      new PartsSink(
        choosyStore(() => false),
        { dataset: "fleet", spool },
      ),
    ]);
    await expect
      .poll(() => warnings.join("\n"))
      .toContain(`stay in the spool: ${damaged}: its facts are missing or damaged`);
    await rec.close();
    const runs: string[] = [];
    for await (const name of folder.keys()) runs.push(name);
    expect(runs).toEqual([damaged]);
  });

  it("stores all other parts if some are refused, and `flush` names these", async () => {
    const store = choosyStore((key) => key.includes("/bad/"));
    const rec = new RecordingStream("bad", { recordingId: "own", onWarning: () => {} });
    await rec.setSinks([new PartsSink(store, { dataset: "fleet", spool: crypto.randomUUID() })]);
    rec.sendBlueprint(new Blueprint(new Spatial3DView()));
    rec.log("note", new TextDocument("one"));
    await expect(rec.flush({ ack: true })).rejects.toThrow(/1 part was refused and is kept.*bad-00000001/);
    expect([...store.keys].filter((key) => key.endsWith(".rrd"))).toHaveLength(1);
    await rec.close({ timeoutMs: 1 });
  });

  /** A store that is away until a test calls `comeBack`, and the keys that it has. */
  function absentStore(): PartStore & { readonly keys: Set<string>; comeBack(): void } {
    const keys = new Set<string>();
    let isAway = true;
    const create: PartStore["create"] = (...args) =>
      isAway ? AWAY.create(...args) : Promise.resolve(keys.size !== keys.add(args[0]).size);
    return { url: "absent:", keys, create, comeBack: () => void (isAway = false) };
  }

  /** The names of the parts that are stored in a spool. */
  async function storedIn(spool: string): Promise<string[]> {
    const root = await navigator.storage.getDirectory();
    const folder = await (await root.getDirectoryHandle("rerun-ts-parts")).getDirectoryHandle(spool);
    const found: string[] = [];
    for await (const run of folder.values())
      for await (const [name, handle] of (run as FileSystemDirectoryHandle).entries())
        if (name.endsWith(".rrd") && (await (handle as FileSystemFileHandle).getFile()).size > 0) found.push(name);
    return found.sort();
  }

  /** Makes storing fail as browsers do. Returns what ends that. */
  function failStoring(name: string): () => void {
    const fail = (): Promise<never> => Promise.reject(new DOMException(`${name} of the test`, name));
    const spy =
      name === "QuotaExceededError"
        ? vi.spyOn(FileSystemFileHandle.prototype, "createWritable").mockImplementation(fail)
        : vi.spyOn(FileSystemDirectoryHandle.prototype, "getFileHandle").mockImplementation(fail);
    onTestFinished(() => spy.mockRestore());
    return () => spy.mockRestore();
  }

  interface Started {
    readonly rec: RecordingStream;
    readonly sink: PartsSink;
    readonly store: ReturnType<typeof absentStore>;
    readonly warnings: string[];
    readonly spool: string;
  }

  async function start(): Promise<Started> {
    const [spool, store, warnings] = [crypto.randomUUID(), absentStore(), [] as string[]];
    const rec = new RecordingStream("faults", {
      onWarning: ({ message }) => warnings.push(message),
      onError: () => {},
    });
    const sink = new PartsSink(store, { dataset: "fleet", spool });
    await rec.setSinks([sink]);
    return { rec, sink, store, warnings, spool };
  }

  it.each(["QuotaExceededError", "SecurityError"])(
    "has parts in memory while they cannot be stored (%s), says so, and stores and sends them later",
    async (name) => {
      const { rec, sink, store, warnings, spool } = await start();
      const end = failStoring(name);
      for (const text of ["one", "two"]) {
        rec.log("note", new TextDocument(text));
        await expect(rec.flush()).rejects.toMatchObject({ code: "IO_ERROR", message: expect.stringContaining(name) });
      }
      expect(sink.uploads.problem).toMatch(/^cannot store parts in the spool: .*; they are in memory until that works/);
      expect(warnings.filter((text) => text.includes(name))).toHaveLength(1);
      end();
      rec.log("note", new TextDocument("three"));
      await rec.flush();
      expect(sink.uploads.problem).toBeUndefined();
      expect(await storedIn(spool)).toHaveLength(3);
      store.comeBack();
      await rec.flush({ ack: true });
      expect(store.keys.size).toBe(3);
      expect(await storedIn(spool)).toEqual([]);
      expect(await rec.close()).toMatchObject({ complete: true, droppedRows: 0 });
    },
  );

  it("stores parts again whose site's data was removed", async () => {
    const { rec, store, spool } = await start();
    rec.log("note", new TextDocument("one"));
    await rec.flush();
    await (await navigator.storage.getDirectory()).removeEntry("rerun-ts-parts", { recursive: true });
    rec.log("note", new TextDocument("two"));
    await rec.flush();
    expect(await storedIn(spool)).toHaveLength(2);
    store.comeBack();
    expect(await rec.close()).toMatchObject({ complete: true, droppedRows: 0 });
    expect(store.keys.size).toBe(2);
  });

  it("goes on without a part of an ended page whose file was removed, and says so", async () => {
    const [spool, store, warnings] = [crypto.randomUUID(), absentStore(), [] as string[]];
    await leaveParts(spool, ["left"]);
    const rec = new RecordingStream("next", { onWarning: ({ message }) => warnings.push(message) });
    const sink = new PartsSink(store, { dataset: "fleet", spool });
    await rec.setSinks([sink]);
    await expect.poll(() => sink.uploads.pendingParts).toBe(2);
    await (await navigator.storage.getDirectory()).removeEntry("rerun-ts-parts", { recursive: true });
    store.comeBack();
    await rec.flush({ ack: true });
    await expect.poll(() => sink.uploads.pendingParts, { timeout: 10_000 }).toBe(0);
    expect(warnings.join()).toContain("-00000001.rrd was removed in the spool, and cannot be sent");
    expect([...store.keys].filter((key) => key.includes("/left/"))).toEqual([]);
    await rec.close();
  });

  it("counts parts as dropped that are in memory at its end", async () => {
    const { rec, sink, warnings } = await start();
    failStoring("QuotaExceededError");
    rec.log("note", new TextDocument("one"));
    await expect(rec.close({ timeoutMs: 100 })).rejects.toMatchObject({ code: "IO_ERROR" });
    // The row of the properties of the recording is lost, too.
    expect(sink.stats().droppedRows).toBe(2);
    expect(warnings.join()).toContain("they are in memory until that works, or until they are sent");
  });
});
