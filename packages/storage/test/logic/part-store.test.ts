import { RerunError } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import { uploadPart, type PartStore } from "../../dist/parts/part-store.js";

const BODY = new Uint8Array([1, 2, 3]);
const PART = { key: "v1/a/1.rrd", body: BODY };
const { signal } = new AbortController();

/** A store in which each object exists already, as far as `create` can tell. */
function takenStore(calls: Partial<PartStore>): PartStore {
  return { url: "test:", create: async () => false, ...calls };
}

describe("uploadPart", () => {
  it("fails, to be tried again, if the key is taken and has no object: another upload may still fail", async () => {
    const store = takenStore({ head: async () => undefined, read: async () => BODY });
    await expect(uploadPart(store, PART, signal)).rejects.toMatchObject({
      code: "SERVER",
      message: "cannot create test:/v1/a/1.rrd: the store answers that it exists, and that it does not exist",
    });
  });

  it("finds a part that is there, and rejects other contents", async () => {
    const head = async (): Promise<{ key: string; size: number }> => ({ key: PART.key, size: 3 });
    const same = { key: PART.key, wasThere: true };
    expect(await uploadPart(takenStore({ head, read: async () => BODY }), PART, signal)).toEqual(same);
    const other = takenStore({ head, read: async () => new Uint8Array(3) });
    await expect(uploadPart(other, PART, signal)).rejects.toThrow(RerunError);
  });

  const denied = async (): Promise<never> => {
    throw new RerunError("AUTH", "access denied");
  };
  const head = async (): Promise<{ key: string; size: number }> => ({ key: PART.key, size: 3 });
  it.for<[string, Partial<PartStore>]>([
    ["there is no way to compare", {}],
    ["comparing is denied", { head: denied, read: denied }],
    ["only the size can be compared", { head }],
    ["reading is denied", { head, read: denied }],
    ["the object is larger", { head: async () => ({ key: PART.key, size: 4 }) }],
    ["the object has other contents", { head, read: async () => new Uint8Array(3) }],
    ["the object has another hash", { head: async () => ({ key: PART.key, size: 3, sha256: "0".repeat(64) }) }],
  ])("gives a part the key of another run if its own is taken, and %s", async ([, calls]) => {
    const keys = new Set([PART.key]);
    const create: PartStore["create"] = async (key) => keys.size !== keys.add(key).size;
    const part = { ...PART, keyOfRun: (run: string) => `v1/${run}/1.rrd`, sha256: "a".repeat(64) };
    const { key, wasThere } = await uploadPart({ url: "test:", ...calls, create }, part, signal);
    expect(key).toMatch(/^v1\/[0-9a-f]{32}\/1[.]rrd$/);
    expect([wasThere, keys.size]).toEqual([false, 2]);
    // The key has the hash of the contents.
    if (calls.head === undefined) {
      expect(key).toBe(`v1/${"a".repeat(32)}/1.rrd`);
      expect(await uploadPart(takenStore(calls), part, signal)).toEqual({ key, wasThere: true });
      return;
    }
    // Nothing proves that a store has a part that it never says to have created.
    const error = { code: "ALREADY_EXISTS", message: expect.stringContaining("the part is kept") as string };
    await expect(uploadPart(takenStore(calls), part, signal)).rejects.toMatchObject(error);
  });
});
