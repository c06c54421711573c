import type { RealRerun } from "@rerun-ts/test-support/setup/rerun";
import { startNativeViewer } from "@rerun-ts/test-support/viewers/native-viewer";
import { startWebViewer, type RunningWebViewer } from "@rerun-ts/test-support/viewers/web-viewer";

type NativeViewer = Awaited<ReturnType<typeof startNativeViewer>>;

let native: Promise<NativeViewer> | undefined;
let web: Promise<RunningWebViewer> | undefined;

/**
 * The native viewer that all files of tests share, because a viewer takes longer to start than most recordings to show.
 * It shows what a test before has opened, until another recording is opened, or all are closed.
 */
export function sharedNativeViewer(real: RealRerun): Promise<NativeViewer> {
  endWithProcess();
  return (native ??= startNativeViewer(real));
}

/** The web viewer that all files of tests share, in a page of 400 by 300 pixels. Like {@link sharedNativeViewer}. */
export function sharedWebViewer(real: RealRerun): Promise<RunningWebViewer> {
  endWithProcess();
  return (web ??= startWebViewer(real));
}

/** Vitest ends its process by a signal. Viewers and browsers are killed when the process exits. */
function endWithProcess(): void {
  if (native === undefined && web === undefined) process.once("SIGTERM", () => process.exit());
}
