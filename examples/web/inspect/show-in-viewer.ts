import { WebViewer } from "@rerun-io/web-viewer";

/** What the viewer receives at once, so that it goes on drawing. */
const PIECE_BYTES = 1024 * 1024;

let viewer: WebViewer | undefined;

/** Shows a file in the viewer of the page, which is started with the first one. */
export async function showInViewer(file: File, element: HTMLElement): Promise<void> {
  if (viewer === undefined) {
    viewer = new WebViewer();
    await viewer.start(null, element, { width: "100%", height: "100%", hide_welcome_screen: true, theme: "light" });
  }
  const channel = viewer.open_channel(file.name);
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    channel.send_rrd(new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer()));
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  channel.close();
}
