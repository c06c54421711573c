import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { escapeId, fsStore, unescapeId } from "@rerun-ts/storage";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { assert as assertProperty, property, string } from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { bytes, describeStoreContract } from "../store-contract.ts";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());
const newFolder = (): string => join(folder.path, randomUUID());

describe("fsStore", () => {
  describeStoreContract(() => fsStore(newFolder()));

  it("shows no object that is not complete", async () => {
    const path = newFolder();
    const store = fsStore(path);
    const cut = {
      size: 10,
      async *chunks() {
        yield bytes("12345");
        expect(await store.head("cut")).toBeUndefined();
        throw new Error("the disk of the source failed");
      },
    };
    await expect(store.create("cut", cut)).rejects.toThrow("the disk of the source failed");
    expect(await store.head("cut")).toBeUndefined();
    // Nothing is left of it, and what a process leaves that is killed here is not listed.
    expect(readdirSync(join(path, ".incoming"))).toEqual([]);
    writeFileSync(join(path, ".incoming", "left"), "half");
    for await (const { key } of store.list("")) expect.unreachable(key);
  });

  it("removes what killed programs have left of incomplete objects, and nothing of those that run", async () => {
    const path = newFolder();
    const program = `
      import { fsStore } from "@rerun-ts/storage";
      const body = { size: 1e6, async *chunks() { yield new Uint8Array(1e5); console.log("half"); await new Promise(() => setInterval(() => {}, 1000)); } };
      await fsStore(${JSON.stringify(path)}).create("cut", body);
    `;
    const start = async (): Promise<ChildProcess> => {
      const args = ["--input-type=module", "-e", program];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], cwd: import.meta.dirname });
      await once(child.stdout as Readable, "data");
      return child;
    };
    const [killed, running] = [await start(), await start()];
    const incoming = join(path, ".incoming");
    writeFileSync(join(incoming, "f".repeat(32)), "of nobody knows whom");
    const before = readdirSync(incoming);
    killed.kill("SIGKILL");
    await once(killed, "exit");
    const store = fsStore(path);
    await store.create("a", bytes("a"));
    // A lock, a socket and a file.
    expect(readdirSync(incoming)).toHaveLength(before.length - 3);
    expect(readdirSync(incoming)).toContain("f".repeat(32));
    running.kill("SIGKILL");
    await once(running, "exit");
    await fsStore(path).create("b", bytes("b"));
    expect(readdirSync(incoming)).toEqual(["f".repeat(32)]);
  });

  it("leaves out files of other programs, which cannot be objects", async () => {
    const root = join(folder.path, randomUUID());
    const store = fsStore(root);
    await store.create("a/b.rrd", new Uint8Array(1));
    for (const path of [".DS_Store", "a/.nfs00000001", "a/b c.txt"]) writeFileSync(join(root, path), "");
    mkdirSync(join(root, "a/.Trash"));
    writeFileSync(join(root, "a/.Trash/c.rrd"), "");
    const keys: string[] = [];
    for await (const { key } of store.list("")) keys.push(key);
    expect(keys).toEqual(["a/b.rrd"]);
  });

  it("removes the folders of its last objects, and creates them again for the next", async () => {
    const path = newFolder();
    const store = fsStore(path);
    await store.create("a/b/1", bytes("1"));
    await store.create("a/2", bytes("2"));
    mkdirSync(join(path, "a", "foreign"));
    await store.delete("a/b/1");
    expect(readdirSync(join(path, "a")).sort()).toEqual(["2", "foreign"]);
    await store.delete("a/2");
    expect(readdirSync(path).sort()).toEqual([".incoming", "a"]);
    // Programs that create and delete objects at the same time do not disturb each other.
    const keys = Array.from({ length: 200 }, (_, index) => `c/d/e${index % 3}/${index}`);
    await Promise.all(
      keys.map(async (key) => {
        expect(await store.create(key, bytes(key))).toBe(true);
        await store.delete(key);
      }),
    );
    expect(readdirSync(path).sort()).toEqual([".incoming", "a"]);
  });

  it("refuses names that a file system without case takes for those of other objects", async () => {
    const path = newFolder();
    const store = fsStore(path);
    await store.create("runs/Robot/1", bytes("1"));
    // In such a file system each folder has a second name.
    symlinkSync(".incoming", join(path, ".INCOMING"));
    const other = fsStore(path);
    await expect(other.create("runs/robot/1", bytes("2"))).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("it has Robot, and its file system does not distinguish upper from lower case"),
    });
    expect(await other.create("runs/Robot/2", bytes("2"))).toBe(true);
    expect(readdirSync(join(path, "runs"))).toEqual(["Robot"]);
  });

  it("says which folder cannot be written", async () => {
    const path = newFolder();
    mkdirSync(path);
    writeFileSync(join(path, "file"), "no folder");
    await expect(fsStore(join(path, "file")).create("a", bytes("x"))).rejects.toMatchObject({
      code: "IO_ERROR",
      message: expect.stringContaining(`file://${path}/file/a`) as string,
    });
    expect(() => fsStore("")).toThrow("`folder` must be the path of a folder");
    for (const address of ["s3://canary@bucket/a", "HTTPS://canary@host/a", new URL("https://canary@host/a")])
      expect(() => fsStore(address)).toThrow(
        /^`folder` must be the path of a folder, or a `file:` URL(?!.*canary), got /,
      );
    expect(fsStore(`file://${path}`).url).toBe(`file://${path}`);
  });
});

describe("escapeId", () => {
  it("makes different segments of keys of different ids, and reads them back", () => {
    expect(escapeId("run-7.a")).toBe("run-7.a");
    expect(escapeId("run_7")).toBe("run__7");
    expect(escapeId("../ä")).toBe("_2E._2F_C3_A4");
    assertProperty(
      property(string({ unit: "grapheme" }), (id) => {
        const segment = escapeId(id);
        expect(segment).toMatch(/^[A-Za-z0-9_-]([A-Za-z0-9._-]*[A-Za-z0-9_-])?$/);
        expect(unescapeId(segment)).toBe(id);
      }),
    );
    for (const segment of ["a_", "_2e", "_FF", "a b", ""]) expect(unescapeId(segment), segment).toBeUndefined();
    expect(() => escapeId(undefined as never)).toThrow(
      "`id` must be a string of whole Unicode characters, got undefined",
    );
    expect(() => unescapeId(5 as never)).toThrow("`segment` must be a string, got 5");
  });
});
