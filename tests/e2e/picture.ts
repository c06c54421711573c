import type { Page } from "@playwright/test";

/** The share of a page that has about this colour, from 0 to 1. */
export async function shareOfColor(page: Page, color: readonly [number, number, number]): Promise<number> {
  const picture = (await page.screenshot()).toString("base64");
  const counter = await page.context().newPage();
  try {
    return await counter.evaluate(
      async ([base64, wanted]) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes]));
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
        if (context === null) throw new Error("there is no canvas");
        context.drawImage(bitmap, 0, 0);
        const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
        let found = 0;
        for (let at = 0; at < data.length; at += 4) {
          if (wanted.every((value, channel) => Math.abs((data[at + channel] as number) - value) < 8)) found++;
        }
        return found / (data.length / 4);
      },
      [picture, color] as const,
    );
  } finally {
    await counter.close();
  }
}
