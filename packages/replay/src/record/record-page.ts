import { RerunError, type RecordingStream } from "@rerun-ts/core";
import { checkEntityPath, checkRecording, messageOf, reportWarning } from "@rerun-ts/core/integration";
import { invalidArgument } from "@rerun-ts/core/checks";
import { record } from "rrweb";
import { EVENT, type PageEvent } from "../events/page-event.ts";
import { EventLog } from "./event-log.ts";
import { EventMask } from "./mask-event.ts";
import { PageAssets } from "./page-assets.ts";
import { checkRecordOptions, type RecordPageOptions } from "./record-options.ts";

/** The handle of a page while its contents are logged. */
export interface RecordedPage {
  /** Ends the recording of the page. Further calls do nothing. The recording stream stays open. */
  stop(): void;
  /** Logs a full snapshot, the beginning of a replay. Does nothing before the first one, or once stopped. */
  snapshot(): void;
}

/** The recorder of rrweb has one state for all calls: this is the call that uses it. */
let current: { readonly recording: RecordingStream; readonly stop: () => void } | undefined;

/**
 * Records a page by the recorder of rrweb, until `stop` is called or the recording is closed: its elements, their
 * changes, scrolling and the pointer. The events of 50 ms are a row of `path`: instances of the component
 * `PageReplay:event`, at the time of the last of them on `log_time`. `{path}/snapshots` has full snapshots,
 * `{path}/meta` the size and the address of the page for each, and `{path}/assets` the images and fonts of the page's
 * origin. Keys and contents of canvases are not recorded: log a canvas by `rr.video.logCanvas`.
 *
 * A page has one recorder at a time. In a document that is still being parsed, the first full snapshot comes with the
 * event `DOMContentLoaded`. Close the recording after `stop`, which logs the events of the last 50 ms.
 *
 * @param path the entity, such as `"page"`
 * @throws {TypeError} if an argument or option is wrong
 * @throws {RerunError} `UNSUPPORTED` outside of a page, `ALREADY_EXISTS` if the page is being recorded
 * @example
 * const page = recordPage(rec, "page", { mask: "inputs", blockSelector: ".private" });
 */
export function recordPage(recording: RecordingStream, path: string, options?: RecordPageOptions): RecordedPage {
  checkRecording(recording, "stats");
  const entityPath = String(checkEntityPath("path", path));
  if (entityPath === "/") throw invalidArgument("path", "an entity path below the root", path);
  if (typeof document === "undefined") throw new RerunError("UNSUPPORTED", "`recordPage` must be called in a page");
  const settings = checkRecordOptions(options);
  if (current?.recording.state === "closed") current.stop();
  if (current !== undefined)
    throw new RerunError("ALREADY_EXISTS", "the page is being recorded already: call `stop` of that recording first");
  const log = new EventLog(recording, entityPath);
  const assets = new PageAssets(settings.maxAssetBytes, (url, mediaType, bytes) =>
    log.asset(mask.urls.url(new URL(url, document.baseURI).href), mediaType, bytes),
  );
  const mask = new EventMask(settings.mask, settings.query, record.mirror, (url) => assets.add(url));
  let hasSnapshot = false;
  let hasWarned = false;
  let stopRecorder: (() => void) | undefined;
  let isStopped = false;

  const onEvent = (event: PageEvent): void => {
    if (isStopped) return;
    // Not here: the recorder may be starting, and does not stop what it starts later.
    if (recording.state === "closed") return queueMicrotask(stop);
    try {
      hasSnapshot ||= event.type === EVENT.fullSnapshot;
      if (mask.apply(event)) log.write(event);
    } catch (error) {
      // An event that could not be masked is not logged.
      if (!hasWarned) reportWarning(recording, `an event of the page was left out: ${messageOf(error)}`);
      hasWarned = true;
    }
  };
  const snapshot = (): void => {
    if (!isStopped && hasSnapshot) record.takeFullSnapshot(true);
  };
  const stop = (): void => {
    if (isStopped) return;
    isStopped = true;
    if (current?.stop === stop) current = undefined;
    clearInterval(timer);
    rootObserver.disconnect();
    earlyObserver.disconnect();
    removeEventListener("pagehide", flush, true);
    document.removeEventListener("visibilitychange", flush, true);
    document.removeEventListener("DOMContentLoaded", begin);
    assets.stop();
    stopRecorder?.();
    log.flush();
  };
  // A ring forgets the last snapshot also while nothing happens.
  const timer = setInterval(snapshot, settings.checkoutMs);
  const flush = (): void => log.flush();
  const listen = (): void => {
    // Before the sinks, which send what is left. Phones hide a page without any later event.
    addEventListener("pagehide", flush, true);
    document.addEventListener("visibilitychange", flush, true);
  };
  const begin = (): void => {
    stopRecorder?.();
    stopRecorder = record({
      emit: (event) => onEvent(event as unknown as PageEvent),
      recordAfter: "DOMContentLoaded",
      // A player in the page would be recorded while it plays the recording, without end.
      blockSelector: ["rerun-replay", settings.blockSelector].filter((one) => one !== undefined).join(),
      maskInputOptions: inputMask(settings.mask),
      maskInputFn: (text: string, element: HTMLElement) => mask.elements.value(text, element),
      slimDOMOptions: {
        script: true,
        comment: true,
        headFavicon: true,
        headMetaHttpEquiv: true,
        headMetaVerification: true,
      },
    });
  };
  // The recorder loses a page whose root is replaced, and `document.open` also removes all listeners.
  let root = document.documentElement;
  const rootObserver = new MutationObserver(() => {
    if (document.documentElement === root) return;
    root = document.documentElement;
    listen();
    if (document.readyState !== "loading" || !hasSnapshot) return begin();
    snapshot();
    document.addEventListener("DOMContentLoaded", begin, { once: true });
  });
  // The recorder watches fields from the first snapshot on. A password that is shown before that is one nevertheless.
  const earlyObserver = new MutationObserver((changes) => {
    for (const { target, oldValue } of changes)
      if (oldValue?.toLowerCase() === "password") mask.elements.rememberPassword(target as Element);
    if (hasSnapshot) earlyObserver.disconnect();
  });
  current = { recording, stop };
  try {
    listen();
    rootObserver.observe(document, { childList: true });
    earlyObserver.observe(document, { subtree: true, attributeFilter: ["type"], attributeOldValue: true });
    begin();
  } catch (error) {
    stop();
    throw error;
  }
  return { stop, snapshot };
}

/** The kinds of fields whose values the recorder masks itself. It also looks for names of elements. */
function inputMask(mask: "all" | "inputs" | "none"): Record<string, boolean> {
  if (mask === "none") return { password: true };
  return { input: true, textarea: true, select: true, password: true };
}
