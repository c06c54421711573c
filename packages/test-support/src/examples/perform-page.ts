import { setTimeout } from "node:timers/promises";
import type { Page } from "@playwright/test";

const TIMEOUT_MS = 40_000;
const POLL_MS = 50;
const MOVES = 120;

/** The actions of a user on the page of each example, so that there is something to see. */
const PERFORMANCES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  minimal: (page) => untilLogged(page, 150),

  async mouse(page) {
    const box = await page.locator("canvas").boundingBox();
    if (box === null) throw new Error("the page has no field to move over");
    // A busy browser merges several moves into one.
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
    await page.getByRole("button", { name: "has stopped" }).waitFor({ timeout: TIMEOUT_MS });
  },

  points: (page) => untilLogged(page, 200),

  viewer: (page) => untilLogged(page, 90),

  webcam: (page) => untilLogged(page, 40),

  async game(page) {
    await untilLogged(page, 30);
    await page.locator("canvas").hover();
    await untilLogged(page, 60);
  },

  async offline(page) {
    const move = async (from: number): Promise<void> => {
      for (let at = from; at < from + MOVES; at++) await page.mouse.move(100 + at, 200);
    };
    await move(0);
    const { rows } = { rows: await rowsLogged(page) };
    await page.context().setOffline(true);
    await move(MOVES);
    await untilLogged(page, rows + 1);
    await page.context().setOffline(false);
    await page.getByText("Everything was sent.").waitFor({ timeout: TIMEOUT_MS });
  },

  async recorder(page) {
    for (let move = 0; move < MOVES; move++) await page.mouse.move(100 + move, 200);
    await untilLogged(page, MOVES / 4);
  },

  workers: (page) => untilLogged(page, 100),

  async sensors(page) {
    await page.getByRole("button", { name: "Start" }).click();
    for (let move = 0; move < MOVES; move++) await page.mouse.move(100 + move, 200 + move);
    await page.evaluate(() => fetch("?requested"));
    await untilLogged(page, MOVES);
  },
};

/** Uses the page of an example as a user would; resolves when the page has logged that. */
export async function performPage(page: Page, example: string): Promise<void> {
  const perform = PERFORMANCES[example];
  if (perform === undefined) throw new Error(`nothing is defined to be done on the page of ${example}`);
  await perform(page);
}

/** The number of rows that the page reports to have logged. */
async function rowsLogged(page: Page): Promise<number> {
  return Number.parseInt((await page.locator("#status").textContent()) || "0", 10);
}

async function untilLogged(page: Page, rows: number): Promise<void> {
  for (const end = Date.now() + TIMEOUT_MS; (await rowsLogged(page)) < rows; await setTimeout(POLL_MS)) {
    if (Date.now() > end) throw new Error(`the page has logged ${await rowsLogged(page)} of ${rows} rows`);
  }
}
