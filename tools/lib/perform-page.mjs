import { setTimeout } from "node:timers/promises";

/**
 * What somebody does on the page of an example, so that there is something to see.
 * @typedef {import("@playwright/test").Page} Page
 */

const PATIENCE_MS = 40_000;
const PAUSE_MS = 50;
const MOVES = 120;

/** @type {Record<string, (page: Page) => Promise<void>>} */
const PERFORMANCES = {
  minimal: (page) => untilLogged(page, 150),

  async mouse(page) {
    const box = await page.locator("canvas").boundingBox();
    if (box === null) throw new Error("there is no field to move over");
    // A busy browser makes one move of several.
    for (let move = 0; move < MOVES || (await rowsLogged(page)) < 3 * MOVES; move++) {
      const angle = (move / MOVES) * 4 * Math.PI;
      const [x, y] = [0.5 + 0.4 * Math.cos(angle), 0.5 + 0.3 * Math.sin(angle * 1.5)];
      await page.mouse.move(box.x + box.width * x, box.y + box.height * y);
    }
  },

  canvas: (page) => untilLogged(page, 40),

  async worker(page) {
    await untilLogged(page, 100);
    await page.getByRole("button").click();
    await page.getByRole("button", { name: "has stopped" }).waitFor({ timeout: PATIENCE_MS });
  },

  points: (page) => untilLogged(page, 200),

  viewer: (page) => untilLogged(page, 90),
};

/** Plays what is there for the example, and settles when the page has logged that. */
export async function performPage(page, example) {
  await PERFORMANCES[example](page);
}

/** The page tells how much it has logged. */
async function rowsLogged(page) {
  return Number.parseInt((await page.locator("#status").textContent()) || "0", 10);
}

async function untilLogged(page, rows) {
  for (const end = Date.now() + PATIENCE_MS; (await rowsLogged(page)) < rows; await setTimeout(PAUSE_MS)) {
    if (Date.now() > end) throw new Error(`the page has logged ${await rowsLogged(page)} rows of ${rows}`);
  }
}
