import { openWebViewer, type OpenedWebViewer } from "@rerun-ts/web";

let opened: OpenedWebViewer | undefined;

/** Shows a file in the viewer of the page, which is started with the first one. */
export async function showInViewer(file: File, element: HTMLElement): Promise<void> {
  opened ??= await openWebViewer({ element, theme: "light" });
  await opened.control.open(file, { timeoutMs: Infinity });
}
