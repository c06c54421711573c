import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { UNPACK_TEXT } from "../../packages/core/dist/viewer-page/seven-bit-text.js";

/** The first frame takes long, because shaders are compiled in software. */
export const TIMEOUT = { timeout: 60_000 } as const;

/** Opens a page from the disk. Returns the URLs that it requests. */
export async function openFile(page: Page, path: string): Promise<string[]> {
  const requests: string[] = [];
  page.on("request", (request) => void requests.push(request.url().replace(/^blob:.*$/s, "blob:")));
  await page.goto(pathToFileURL(path).href, { waitUntil: "commit" });
  return requests;
}

/** The recordings of the viewer in a page: which one is shown, and the time of each. */
export function shown(page: Page): Promise<{ readonly active: string; readonly times: readonly string[] } | undefined> {
  return page.evaluate(async () => {
    const { viewer } = globalThis as { viewer?: { get_state?(): Promise<ViewerAnswer> } };
    const state = await viewer?.get_state?.();
    if (state === undefined) return undefined;
    const times = state.recordings.map(
      ({ store_id, current_time: time }) => `${store_id} ${time?.timeline}@${time?.time}`,
    );
    return { active: state.active_store_id, times };
  });
}

interface ViewerAnswer {
  readonly active_store_id: string;
  readonly recordings: readonly {
    readonly store_id: string;
    readonly current_time?: { readonly timeline: string; readonly time: bigint };
  }[];
}

/** The bytes of the last recording in the text of a page, without a browser. */
export function lastRecordingOf(html: string): Uint8Array {
  const [, json = ""] = /<script type="application\/json" id="page">(.*)<\/script>/.exec(html) ?? [];
  const { recordings } = JSON.parse(json) as { readonly recordings: readonly { readonly packedBytes: number }[] };
  const start = '<script type="text/plain">';
  const text = html.slice(html.lastIndexOf(start) + start.length, html.lastIndexOf("</script>"));
  // The function runs in pages, as a text.
  // oxlint-disable-next-line typescript/no-implied-eval
  const unpack = new Function(`${UNPACK_TEXT}; return unpackText;`)() as (text: string, bytes: number) => Uint8Array;
  return gunzipSync(unpack(text, recordings.at(-1)?.packedBytes ?? 0));
}
