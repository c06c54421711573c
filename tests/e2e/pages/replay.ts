// A page that records itself. Tests drive it, and read the recording.
import * as rr from "@rerun-ts/web";
import { record } from "rrweb";
import { recordPage, type RecordPageOptions } from "@rerun-ts/replay";

const rec = new rr.RecordingStream("page_replay", { compression: "none" });
const memory = new rr.MemorySink();
await rec.setSinks([memory]);
let page: ReturnType<typeof recordPage> | undefined;

/** The functions that tests call. */
const api = {
  rr,
  rec,
  memory,
  definePlayer: () => import("@rerun-ts/replay/element"),
  recordPage,
  rrweb: record,
  start(options?: RecordPageOptions): void {
    page = recordPage(rec, "page", options);
  },
  startAll(options?: RecordPageOptions): void {
    api.start(options);
    rr.captureConsole(rec);
    rr.sensors.logNetwork(rec, "net");
    rr.sensors.logPointer(rec, "pointer");
  },
  snapshot: (): void => page?.snapshot(),
  stop: (): void => page?.stop(),
  /** All bytes so far, in base64. */
  async bytes(): Promise<string> {
    await rec.flush();
    const bytes = memory.drainAsBytes();
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  },
};
export type ReplayPageApi = typeof api;
Object.assign(globalThis, { api });
