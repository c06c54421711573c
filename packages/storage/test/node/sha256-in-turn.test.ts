import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, expect, test } from "vitest";
import { sha256InTurn } from "../../dist/spool/send-part.js";

const folder = makeTemporaryFolder();
afterAll(folder.remove);

test("files are hashed one after the other, also after one that cannot be read", async () => {
  const sizes = [8 * 1024 * 1024, 10, 0];
  const paths = sizes.map((_, index) => join(folder.path, `${index}`));
  for (const [index, size] of sizes.entries())
    await writeFile(paths[index] as string, new Uint8Array(size).fill(index));
  const sha256Of = sha256InTurn();
  const ended: string[] = [];
  const results = await Promise.allSettled(
    [paths[0] as string, join(folder.path, "missing"), paths[1] as string, paths[2] as string].map(async (path) => {
      try {
        return await sha256Of(path);
      } finally {
        // The first file is much larger than the others.
        ended.push(path);
      }
    }),
  );
  expect(ended).toEqual([paths[0], join(folder.path, "missing"), paths[1], paths[2]]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
  const expected = createHash("sha256").update(new Uint8Array(10).fill(1)).digest("hex");
  expect(results[2]).toMatchObject({ value: expected });
});
