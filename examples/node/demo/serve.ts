import * as rr from "@rerun-ts/node";
import type { Example } from "../save-scene.ts";
import { layout } from "./layout.ts";

/** An example that is being served. */
export interface Served {
  /** Resolves when Ctrl-C is pressed; immediately if the example ends by itself. */
  readonly untilInterrupted: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Serves an example that is saved to a file to viewers as well, and shows it in the web viewer if there is one. */
export async function serveExample({ rec, path, isAutomated, opensBrowser }: Example): Promise<Served> {
  // The recording is sent to a viewer already, or logging is disabled.
  if (path === undefined || !rec.enabled) return { untilInterrupted: async () => {}, close: async () => {} };

  const server = await serve(rec, path);
  console.log(`Serving at ${server.url}: \`rerun ${server.url}\` shows it.`);
  // `npm run demo` names the folder of a viewer.
  const assets = process.env["DEMO_VIEWER"];
  const viewer = await onFreePort(9090, (webPort) =>
    rr.serve.serveWebViewer({ webPort, connectTo: server.url, openBrowser: opensBrowser, assets }),
  ).catch((error: Error) => {
    console.error(`No web viewer: ${error.message}`);
  });
  if (viewer !== undefined) console.log(`The web viewer is at ${viewer.url}`);
  return {
    untilInterrupted: () => (isAutomated ? Promise.resolve() : untilInterrupted(rec)),
    close: async () => viewer?.close(),
  };
}

/** Serves on the usual port, or on a free one if a viewer is already running there. */
async function serve(rec: rr.RecordingStream, path: string): Promise<rr.GrpcServerSink> {
  return onFreePort(9876, async (port) => {
    const server = new rr.GrpcServerSink({ port });
    await rec.setSinks([new rr.FileSink(path), server], { defaultBlueprint: layout });
    return server;
  });
}

async function onFreePort<T>(usual: number, start: (port: number) => Promise<T>): Promise<T> {
  try {
    return await start(usual);
  } catch (error) {
    if (rr.isRerunError(error) && error.code === "LISTEN_FAILED") return start(0);
    throw error;
  }
}

async function untilInterrupted(rec: rr.RecordingStream): Promise<void> {
  await rec.flush();
  console.log("Everything is logged. Press Ctrl-C to end.");
  await new Promise((resolve) => process.once("SIGINT", resolve));
}
