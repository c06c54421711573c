import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import type { WebViewerLike } from "./web-viewer-like.ts";

/** The part of a `WebViewer` of 0.41 that saves. */
type Saver = Readonly<
  Partial<Record<"save_recording" | "save_blueprint", () => ReadableStream<Uint8Array<ArrayBuffer>>>>
>;

/** Saves the active recording or the blueprint of a viewer. */
export async function saveFromViewer(viewer: WebViewerLike, method: keyof Saver): Promise<Uint8Array<ArrayBuffer>> {
  if (!viewer.ready) throw new RerunError("CONNECTION", "the viewer in this page is stopped");
  const saver = viewer as Saver;
  if (saver[method] === undefined) {
    const versions = "`@rerun-io/web-viewer` has it in 0.41, and lacks it in 0.33";
    throw new RerunError("UNSUPPORTED", `the viewer in this page has no method \`${method}\`: ${versions}`);
  }
  let stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  try {
    stream = saver[method]();
  } catch (error) {
    throw new RerunError("NOT_FOUND", `the viewer in this page has nothing to save: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
