import type { ObjectInfo, ObjectStore } from "@rerun-ts/storage";
import { expect, it } from "vitest";

export const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
export const text = (data: Uint8Array): string => new TextDecoder().decode(data);

/** The promises of every store. */
export function describeStoreContract(makeStore: () => ObjectStore): void {
  it("creates an object once, and leaves it as it was after that", async () => {
    const store = makeStore();
    expect(await store.create("a/b.bin", bytes("first"))).toBe(true);
    expect(await store.create("a/b.bin", bytes("second!"))).toBe(false);
    expect(text(await store.read("a/b.bin"))).toBe("first");
    expect(await store.head("a/b.bin")).toMatchObject({ key: "a/b.bin", size: 5 });
  });

  it("lets one of eight racing calls create an object", async () => {
    const store = makeStore();
    const created = await Promise.all(
      Array.from({ length: 8 }, (_, index) => store.create("race/1", bytes(`racer ${index}`))),
    );
    expect(created.filter(Boolean)).toHaveLength(1);
    expect(text(await store.read("race/1"))).toBe(`racer ${created.indexOf(true)}`);
  });

  it("stores blobs and sources of pieces", async () => {
    const store = makeStore();
    await store.create("blob", new Blob([bytes("blob")]));
    await store.create("pieces", {
      size: 6,
      async *chunks() {
        yield bytes("pie");
        yield bytes("ces");
      },
    });
    expect(text(await store.read("blob"))).toBe("blob");
    expect(text(await store.read("pieces"))).toBe("pieces");
  });

  it("reads ranges, which end where the object does", async () => {
    const store = makeStore();
    await store.create("digits", bytes("0123456789"));
    expect(text(await store.read("digits", { offset: 2, length: 3 }))).toBe("234");
    expect(text(await store.read("digits", { offset: 8 }))).toBe("89");
    expect(text(await store.read("digits", { offset: 8, length: 100 }))).toBe("89");
    expect(text(await store.read("digits", { offset: 10, length: 1 }))).toBe("");
  });

  it("lists keys in ascending order, by prefix and after a key", async () => {
    const store = makeStore();
    // A folder is not where its name would be: `-` and `.` are before `/`, and digits behind it.
    const keys = ["l/a-1", "l/a.1", "l/a/1", "l/a/b/2", "l/a0", "l/b", "m"];
    for (const key of keys.toReversed()) await store.create(key, bytes(key));
    const list = async (prefix: string, startAfter?: string): Promise<string[]> => {
      const found: ObjectInfo[] = [];
      for await (const object of store.list(prefix, { startAfter })) found.push(object);
      for (const { key, size } of found) expect(size).toBe(key.length);
      return found.map(({ key }) => key);
    };
    expect(await list("")).toEqual(keys);
    expect(await list("l/a/")).toEqual(["l/a/1", "l/a/b/2"]);
    expect(await list("l/a")).toEqual(keys.slice(0, 5));
    expect(await list("none/")).toEqual([]);
    for (const [index, key] of keys.entries()) expect(await list("", key)).toEqual(keys.slice(index + 1));
    expect(await list("l/", "l/a/a")).toEqual(["l/a/b/2", "l/a0", "l/b"]);
  });

  it("lists the folders below a prefix, each once", async () => {
    const store = makeStore();
    for (const key of ["f/a-1", "f/a/1", "f/a/b/2", "f/a0/1", "f/b/c/d", "g/1"]) await store.create(key, bytes(key));
    const folders = async (prefix: string): Promise<string[]> => {
      const found: string[] = [];
      for await (const folder of store.listFolders?.(prefix) ?? []) found.push(folder);
      return found;
    };
    expect(await folders("f/")).toEqual(["f/a/", "f/a0/", "f/b/"]);
    expect(await folders("f/b/")).toEqual(["f/b/c/"]);
    expect(await folders("none/")).toEqual([]);
    await expect(folders("f")).rejects.toThrow("`prefix` must be a prefix that ends with a slash");
  });

  it("says when an object was created, in lists as for one", async () => {
    const store = makeStore();
    await store.create("t/1", bytes("1"));
    const one = await store.head("t/1");
    const listed: ObjectInfo[] = [];
    for await (const object of store.list("t/")) listed.push(object);
    expect(one?.modified).toBeInstanceOf(Date);
    // Some have whole seconds in one of the two.
    const seconds = (time: Date | undefined): number => Math.floor((time?.getTime() ?? 0) / 1000);
    expect(listed.map(({ modified }) => seconds(modified))).toEqual([seconds(one?.modified)]);
    // The clock of a test server is that of this machine.
    expect(Math.abs(Date.now() - (one?.modified?.getTime() ?? 0))).toBeLessThan(3_600_000);
  });

  it("deletes objects, and does nothing where there is none", async () => {
    const store = makeStore();
    await store.create("gone", bytes("soon"));
    await store.delete("gone");
    await store.delete("gone");
    expect(await store.head("gone")).toBeUndefined();
    await expect(store.read("gone")).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await store.create("gone", bytes("back"))).toBe(true);
  });

  it("rejects keys that are no paths, and calls that are aborted", async () => {
    const store = makeStore();
    for (const key of ["", "/a", "a/", "a//b", "../a", ".a", "a b", "ä", "x".repeat(1025)])
      await expect(store.create(key, bytes("x")), key).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    const signal = AbortSignal.abort();
    await expect(store.create("a", bytes("x"), { signal })).rejects.toMatchObject({ code: "ABORTED" });
    await expect(store.read("a", { signal })).rejects.toMatchObject({ code: "ABORTED" });
    expect(await store.head("a")).toBeUndefined();
  });
}
