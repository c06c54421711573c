import { isSoak } from "@rerun-ts/test-support/node/environment";
import type { Page } from "@playwright/test";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import type { ProfiledBrowser } from "./profile.ts";

/** At how many random moments pages that record are ended in each way. */
export const KILLS = isSoak ? 200 : 4;
/** The same for pages with a spool, in all ways together: each way with a relay that is there, away, and killed. */
export const SPOOL_KILLS = isSoak ? 200 : 8;
const MAX_ROUNDS = 12;
const MAX_DELAY_MS = 30;
const LARGE_ROWS = [0, 0, 100_000, 700_000];

/** The ways in which a page ends while it writes. Each returns a page that can go on, which may be the same. */
export type PageEnd = (page: Page) => Promise<Page>;

/** The logging of a page before its end. */
export interface Moment {
  /** How many groups of frames are flushed at least. */
  readonly rounds: number;
  /** How long it goes on after that. */
  readonly delayMs: number;
  /** The size of a row in each group, so that messages are cut and segments end; 0 for none. */
  readonly largeBytes: number;
}

/**
 * All {@link PageEnd}s of pages in a browser. `openPage` opens another one, and starts the browser if that is needed.
 */
export function pageEnds(
  browser: () => ProfiledBrowser,
  openPage: () => Promise<Page>,
): Readonly<Record<string, PageEnd>> {
  return {
    async "its page crashes"(page) {
      await browser().crash(page);
      return openPage();
    },
    async "its renderer is killed"(page) {
      await browser().killRenderers(page);
      return openPage();
    },
    async "its browser is killed"() {
      await browser().kill();
      return openPage();
    },
    async "its worker is terminated"(page) {
      await page.evaluate(() => window.opfs.endWorker());
      return page;
    },
    async "its page is reloaded"(page) {
      await page.reload();
      await page.waitForFunction(() => "opfs" in window);
      return page;
    },
  };
}

/** Random moments. A failed test prints the seed. */
export function randomMoments(seed: number): () => Moment {
  const random = seededRandom(seed);
  return () => ({
    rounds: random(MAX_ROUNDS),
    delayMs: random(MAX_DELAY_MS),
    largeBytes: LARGE_ROWS[random(LARGE_ROWS.length)] ?? 0,
  });
}
