import { RerunError } from "@rerun-ts/core";
import type { ViewerControl } from "@rerun-ts/core/viewer-control";
import { openFile } from "./open-file.ts";
import type { WebViewerListeners } from "./viewer-events.ts";
import type { WebViewerLike } from "./web-viewer-like.ts";

/**
 * Opens the recordings and blueprints that users drop on a viewer, unless a listener refuses them. A viewer of 0.33
 * opens them itself.
 */
export function openDroppedFiles(
  frame: HTMLElement,
  viewer: WebViewerLike,
  control: ViewerControl,
  listeners: WebViewerListeners,
): void {
  // Capture precedes the listeners of the viewer, which would open the dropped files.
  const options = { capture: true };
  frame.addEventListener(
    "dragover",
    (event) => {
      // Without this, the browser would not allow a drop on the page.
      if (event.dataTransfer?.types.includes("Files") === true) event.preventDefault();
    },
    options,
  );
  frame.addEventListener(
    "drop",
    (event) => {
      const files = Array.from(event.dataTransfer?.files ?? []);
      if (files.length === 0) return;
      let isRefused = false;
      listeners.report("filedrop", { files, preventDefault: () => void (isRefused = true) });
      if (!isRefused && !("get_state" in viewer)) return;
      event.preventDefault();
      event.stopPropagation();
      // Ends the viewer's hint about files above it.
      event.target?.dispatchEvent(new (frame.ownerDocument.defaultView ?? globalThis).Event("dragleave"));
      if (!isRefused) void openAll(control, files, listeners);
    },
    options,
  );
}

async function openAll(control: ViewerControl, files: readonly File[], listeners: WebViewerListeners): Promise<void> {
  for (const file of files) {
    try {
      await openFile(control, file, undefined);
    } catch (error) {
      const failure = RerunError.from(error, "IO_ERROR");
      if (!listeners.report("failure", failure)) console.error(`[rerun] ${failure.message}`);
    }
  }
}
