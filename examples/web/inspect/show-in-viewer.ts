import { viewer } from "@rerun-ts/web";

let opened: viewer.OpenedWebViewer | undefined;

/** Shows a file in the viewer of the page, which is started with the first one. */
export async function showInViewer(file: File, element: HTMLElement): Promise<void> {
  opened ??= await viewer.openWebViewer({ element, theme: "light" });
  await opened.control.open(file, { timeoutMs: Infinity });
}
