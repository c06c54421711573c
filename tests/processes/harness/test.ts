import { join } from "node:path";
import { chmod } from "node:fs/promises";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { test } from "vitest";
import { Rerun } from "./rerun.ts";
import { mountSmallDisk } from "./small-disk.ts";

/** The fixtures of process tests. */
export interface ProcessFixtures {
  /** A temporary folder of the test. */
  folder: string;
  /** The real `rerun`. Where it is missing, vitest skips the tests that use it. */
  rerun: Rerun;
  /** A folder on a disk of two MiB. Where no disk can be mounted, vitest skips the tests that use it. */
  smallDisk: string;
}

const damaged = new Set<string>();

/** Excludes a file from reading back at the end of a test. Returns the path of the file. */
export function damagedFile(path: string): string {
  damaged.add(path);
  return path;
}

/** A test with the fixtures that it destructures: `it("…", async ({ folder, rerun }) => …)`. */
export const it = test.extend<ProcessFixtures>({
  folder: async ({ onTestFinished }, use) => {
    const folder = makeTemporaryFolder().path;
    await chmod(folder, 0o755);
    // After the programs of the test, which end there too: they were started later.
    onTestFinished(() => removeTemporaryFolder(folder, { ignore: (path) => damaged.delete(join(folder, path)) }));
    await use(folder);
  },
  rerun: async ({ folder, skip }, use) => {
    await use(new Rerun(needRerun({ skip }).rerun, folder));
  },
  smallDisk: async ({ folder, skip }, use) => {
    const disk = await mountSmallDisk(folder);
    if ("missing" in disk) {
      skip(disk.missing);
    } else {
      await use(disk.path);
      await disk.unmount();
    }
  },
});
