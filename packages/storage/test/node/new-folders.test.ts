import fs, { readdirSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeWorkFolder } from "../../src/compact/work-folder.ts";
import { RunFolder } from "../../src/spool/run-folder.ts";

/** Lets a function of `node:fs` fail as on a full disk, while `work` runs. */
async function whileFailing(name: "linkSync" | "fsyncSync", work: () => unknown): Promise<void> {
  const original = fs[name];
  Object.assign(fs, {
    [name]: () => {
      throw Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), { code: "ENOSPC" });
    },
  });
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    Object.assign(fs, { [name]: original });
    syncBuiltinESMExports();
  }
}

describe("a folder that cannot be locked on a full disk", () => {
  it.for(["linkSync", "fsyncSync"] as const)("is not left behind by a run (%s)", async (name) => {
    const folder = makeTemporaryFolder();
    onTestFinished(() => folder.remove());
    const run = "0123456789abcdef0123456789abcdef";
    const create = (): RunFolder =>
      RunFolder.create(join(folder.path, run), { dataset: "fleet", producer: "robot", run });
    await whileFailing(name, () => expect(create).toThrow("ENOSPC"));
    expect(readdirSync(folder.path)).toEqual([]);
    create().release();
  });

  it("is not left behind by a compactor", async () => {
    const folder = makeTemporaryFolder();
    onTestFinished(() => folder.remove());
    await whileFailing("linkSync", () =>
      expect(makeWorkFolder(folder.path)).rejects.toMatchObject({ code: "IO_ERROR", argument: "temporaryFolder" }),
    );
    expect(readdirSync(folder.path)).toEqual([]);
  });
});
