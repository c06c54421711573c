import { open, rename, rm } from "node:fs/promises";
import type * as arrow from "@rerun-ts/arrow";
import { RerunError } from "@rerun-ts/core";

/**
 * Optimizes a recording in its place: the file is replaced when the new one is complete. Rejects with `UNSUPPORTED`
 * without the package `@rerun-ts/arrow`, or with the reason why the file cannot be read or written.
 */
export async function optimizeFile(path: string, profile: "live" | "object-store"): Promise<void> {
  const { optimizeRrd } = await loadOptimizer();
  const partial = `${path}.${process.pid}.partial`;
  const handle = await open(partial, "w");
  try {
    try {
      for await (const bytes of optimizeRrd(path, { profile })) await handle.writeFile(bytes);
    } finally {
      await handle.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function loadOptimizer(): Promise<typeof arrow> {
  try {
    return await import("@rerun-ts/arrow");
  } catch (error) {
    throw new RerunError("UNSUPPORTED", "`optimizeOnClose` needs the package: npm install @rerun-ts/arrow", {
      cause: error,
    });
  }
}
