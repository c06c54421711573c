import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject, test } from "vitest";
import { Rerun } from "./rerun.ts";
import { mountSmallDisk } from "./small-disk.ts";

/** What tests of processes work with. */
export interface ProcessFixtures {
  /** A folder of the test's own. */
  folder: string;
  /** The real `rerun`; a test that asks for it is skipped where it is not there. */
  rerun: Rerun;
  /** A folder that two MiB fill; a test that asks for it is skipped where no such disk can be made. */
  smallDisk: string;
}

/** A test that gets what it asks for: `it("…", async ({ folder, rerun }) => …)`. */
export const it = test.extend<ProcessFixtures>({
  // eslint-disable-next-line no-empty-pattern
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "rerun-ts-"));
    await chmod(folder, 0o755);
    await use(folder);
    await rm(folder, { recursive: true });
  },
  rerun: async ({ folder, skip }, use) => {
    const found = inject("rerun");
    if ("missing" in found) skip(found.missing);
    else await use(new Rerun(found.rerun, folder));
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

/** How much more to do than by default, where chance decides or size matters: the variable RERUN_TS_SOAK. */
export const isSoak = (process.env["RERUN_TS_SOAK"] ?? "") !== "";
