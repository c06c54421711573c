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
    expect(await uploadPart(takenStore({ head, read: async () => BODY }), PART, signal)).toBe("found");
    const other = takenStore({ head, read: async () => new Uint8Array(3) });
    await expect(uploadPart(other, PART, signal)).rejects.toThrow(RerunError);
  });
});
