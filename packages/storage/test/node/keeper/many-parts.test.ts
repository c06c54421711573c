import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { compactParts, fsStore } from "@rerun-ts/storage";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, describe, expect, it } from "vitest";
import { encodeCommit } from "../../../dist/commits/commit.js";
import { commitKey, logPartKey } from "../../../dist/commits/log-keys.js";
import { CatalogKeeper } from "../../../dist/keeper/catalog-keeper.js";
import { DueWork } from "../../../dist/status/due-work.js";
import { FakeCatalog } from "../../fake-catalog.ts";
import { SimulatedParts } from "../../simulated-parts.ts";
import { UploadedRecording, keysIn } from "../../stored-rows.ts";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

const { signal } = new AbortController();
const HOUR_MS = 3_600_000;

/** A million parts in soak tests. */
const MANY = isSoak ? 100 : 11;

describe("a keeper of a great many parts", () => {
  it.each([
    { recordings: 10_000, parts: MANY, old: "old-005000" },
    { recordings: 20, parts: 5000, old: "old-000010" },
  ])(
    "finds what is new in $recordings recordings without listing everything",
    { timeout: 300_000 },
    async ({ recordings, parts, old }) => {
      const all = recordings * parts;
      const place = join(folder.path, old);
      const [path, work, copies] = ["store", "work", "copies"].map((name) => join(place, name)) as [
        string,
        string,
        string,
      ];
      for (const each of [path, work, copies]) mkdirSync(each, { recursive: true });
      const files = fsStore(path);
      const store = new SimulatedParts(files, recordings, parts, Date.now() - 48 * HOUR_MS);
      const catalog = new FakeCatalog();
      catalog.comparesTypes = false;
      const layers = Array.from(
        store.keys(),
        (key) => [key.slice("v1/fleet/".length, -".rrd".length), "file:///"] as const,
      );
      catalog.datasets.set("fleet", new Map(layers));
      const clock = { now: 0 };
      const log: string[] = [];
      const keeper = new CatalogKeeper({
        store,
        datasets: ["fleet"],
        files: copies,
        isMounted: false,
        work: new DueWork("parts of the store"),
        fullEveryMs: 10 * 60_000,
        now: () => clock.now,
        log: (text) => log.push(text),
      });
      const pass = async (): Promise<number> => {
        clock.now += 3000;
        store.requests = 0;
        await keeper.pass(catalog.client, signal);
        return store.requests;
      };
      const uploaded = async (recordingId: string, count: number): Promise<UploadedRecording> => {
        const recording = new UploadedRecording(files, join(place, `spool-${recordingId}`), recordingId);
        await recording.logParts(count);
        return recording;
      };
      const has = (beginning: string): number =>
        [...(catalog.datasets.get("fleet")?.keys() ?? [])].filter((layer) => layer.startsWith(beginning)).length;

      expect(await pass()).toBeGreaterThan(all / 1000);
      expect([keeper.registered, keeper.pending, catalog.changes]).toEqual([all, 0, []]);
      expect(await pass()).toBeLessThanOrEqual(100);

      // A new recording, and a new part of it, also after a pause.
      const monday = await uploaded("monday", 2);
      expect([await pass(), has("direct/monday/")]).toEqual([expect.toSatisfy(isFew), 2]);
      await monday.logParts(1);
      expect([await pass(), has("direct/monday/")]).toEqual([expect.toSatisfy(isFew), 3]);
      clock.now += 5 * 60_000;
      await monday.logParts(1);
      expect([await pass(), has("direct/monday/")]).toEqual([expect.toSatisfy(isFew), 4]);

      // A new commit, of a new partition and of a known one.
      const [first = ""] = await keysIn(files, "v1/fleet/direct/monday/");
      const bytes = await files.read(first);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const storeId = { kind: "recording", recordingId: "monday", applicationId: "fleet" } as const;
      for (const number of [1, 2]) {
        const key = logPartKey("fleet", 7, number, storeId, sha256);
        await files.create(key, bytes);
        expect([await pass(), has("log-parts/monday/")]).toEqual([expect.toSatisfy(isFew), number - 1]);
        const part = { key, store: storeId, bytes: bytes.byteLength, sha256, chunks: 1, rows: 1 };
        const commit = { owner: `${number}`, stream: "s", last: number, parts: [part], packs: {} };
        await files.create(commitKey("fleet", 7, number), encodeCommit(commit));
        expect([await pass(), has("log-parts/monday/")]).toEqual([expect.toSatisfy(isFew), number]);
      }

      // A first replacement, and another one.
      for (const count of [1, 2]) {
        await monday.logParts(3);
        await pass();
        await compactParts(files, { dataset: "fleet", recordingIds: ["monday"], temporaryFolder: work });
        expect(await keysIn(files, "v1/fleet/compact/")).toHaveLength(count);
        expect([await pass(), has("direct/monday/")]).toEqual([expect.toSatisfy(isFew), 0]);
        expect(has("compact-parts/monday/")).toBe(1);
      }
      expect([has("log-parts/"), has("direct/old-")]).toEqual([0, all]);

      // An old recording that goes on is found when everything is listed.
      const awakened = await uploaded(old, 1);
      expect([await pass(), has(`direct/${old}/`)]).toEqual([expect.toSatisfy(isFew), parts]);
      clock.now += 10 * 60_000;
      expect([await pass(), has(`direct/${old}/`)]).toEqual([
        expect.toSatisfy((count) => count > all / 1000),
        parts + 1,
      ]);
      await awakened.logParts(1);
      expect([await pass(), has(`direct/${old}/`)]).toEqual([expect.toSatisfy(isFew), parts + 2]);
      expect([keeper.registered, keeper.pending, has("direct/old-")]).toEqual([all + 3, 0, all + 2]);
      await monday.recording.close();
      await awakened.recording.close();
      expect(log).toEqual([]);

      // The last request of a killed keeper has registered a part that the store has lost since.
      const newest = `direct/${old}/`;
      const [layer = "", url = ""] =
        [...(catalog.datasets.get("fleet") ?? [])].find(
          ([name, file]) => name.startsWith(newest) && file !== "file:///",
        ) ?? [];
      const [lateLayer, lateUrl] = [layer, url].map((text) => text.replace(/\d{8}(?=$|\.rrd$)/, "00000099"));
      catalog.datasets.get("fleet")?.set(lateLayer ?? "", lateUrl ?? "");
      clock.now += 61_000;
      for (let count = 0; count < 3; count++) await pass();
      expect([has(lateLayer ?? ""), has(newest)]).toEqual([0, parts + 2]);
    },
  );
});

function isFew(requests: number): boolean {
  return requests <= 100;
}
