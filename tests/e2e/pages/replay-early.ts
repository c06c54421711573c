// A script that runs while the page is still being read: tests put it as a classic script into pages.
import * as rr from "@rerun-ts/web";
import { recordPage, type RecordPageOptions } from "@rerun-ts/replay";

const rec = new rr.RecordingStream("early_page", { compression: "none" });
const memory = new rr.MemorySink();
const opened = rec.setSinks([memory]);

/** The functions that pages and tests call. */
const early = {
  rr,
  rec,
  record: recordPage,
  start: (options?: RecordPageOptions): ReturnType<typeof recordPage> => recordPage(rec, "page", options),
  /** All bytes so far, in base64. */
  async bytes(): Promise<string> {
    await opened;
    await rec.flush();
    const bytes = memory.drainAsBytes();
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  },
};
export type EarlyPageApi = typeof early;
Object.assign(globalThis, { early });
