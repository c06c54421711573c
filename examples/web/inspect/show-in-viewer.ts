import { openWebViewer, type OpenedWebViewer } from "@rerun-ts/web";

/** What the viewer receives at once, so that it goes on drawing. */
const PIECE_BYTES = 1024 * 1024;

let opened: OpenedWebViewer | undefined;

/** Shows a file in the viewer of the page, which is started with the first one. */
export async function showInViewer(file: File, element: HTMLElement): Promise<void> {
  opened ??= await openWebViewer({ element, theme: "light" });
  const channel = opened.viewer.open_channel(file.name);
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    channel.send_rrd(new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer()));
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  channel.close();
}
