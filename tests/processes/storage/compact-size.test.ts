import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { describe, expect, it } from "vitest";

const PROGRAM = join(import.meta.dirname, "../programs/plan-compaction.mjs");
const MB = 1_000_000;
/** Five million parts in soak tests. */
const PARTS = isSoak ? 500 : 100;

interface Settings {
  readonly recordings: number;
  readonly parts: number;
  readonly kind: "uploaded" | "committed";
  readonly share?: { readonly index: number; readonly count: number };
  readonly keepBytes?: number;
}

/** What a process has planned, with its memory and requests. */
interface Plan {
  readonly parts: number;
  readonly removed: number;
  readonly peak: number;
  readonly lists: number;
  readonly reads: number;
}

async function plan(settings: Settings): Promise<Plan> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, JSON.stringify(settings)]);
  return JSON.parse(stdout) as Plan;
}

describe("the plan of compaction takes less than 300 MB of memory", () => {
  it.each([
    { title: "parts of producers", settings: { recordings: 10_000, parts: PARTS, kind: "uploaded" } },
    {
      title: "parts of ingesters in a share of eight",
      settings: { recordings: 10_000, parts: PARTS, kind: "committed", share: { index: 1, count: 8 } },
    },
    { title: "one recording with 200,000 parts", settings: { recordings: 1, parts: 200_000, kind: "uploaded" } },
  ] satisfies { title: string; settings: Settings }[])("with $title", { timeout: 600_000 }, async ({ settings }) => {
    const { parts, peak, lists } = await plan(settings);
    const all = settings.recordings * settings.parts;
    // Some of the parts were replaced before.
    const share = all / (settings.share?.count ?? 1);
    expect(parts).toBeGreaterThan(0.7 * share);
    expect(parts).toBeLessThan(1.3 * share);
    expect(peak).toBeLessThan(300 * MB);
    expect(lists).toBeLessThan(all / 1000 + 50);
  });

  it("and so does that of the removal of the oldest recordings", { timeout: 600_000 }, async () => {
    const settings: Settings = { recordings: 2000, parts: PARTS, kind: "uploaded", keepBytes: 64_000 * 1000 * PARTS };
    const { removed, peak } = await plan(settings);
    // Half of the dataset, of which parts of compactors and replaced ones are a part.
    expect(removed).toBeGreaterThan(0.3 * 2000 * PARTS);
    expect(removed).toBeLessThan(0.7 * 2000 * PARTS);
    expect(peak).toBeLessThan(300 * MB);
  });
});
