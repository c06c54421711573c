import * as rr from "@rerun-ts/node";
import type { Example } from "../save-scene.ts";

/** What goes on while an example is served. */
export interface Served {
  /** Settles when someone presses Ctrl-C; at once if the example is to end by itself. */
  readonly untilInterrupted: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Serves an example that is saved to a file to viewers, too, and shows it in the web viewer, if there is one. */
export async function serveExample({ rec, path, isForMachines, opensBrowser }: Example): Promise<Served> {
  // It goes to a viewer already, or nothing is logged.
  if (path === undefined || !rec.enabled) return { untilInterrupted: async () => {}, close: async () => {} };

  const server = await serve(rec, path);
  console.log(`Serving at ${server.url}: \`rerun ${server.url}\` shows it.`);
  const viewer = await onFreePort(9090, (webPort) =>
    rr.serveWebViewer({ webPort, connectTo: server.url, openBrowser: opensBrowser }),
  ).catch((error: Error) => {
    console.error(`No web viewer: ${error.message}`);
  });
  if (viewer !== undefined) console.log(`The web viewer is at ${viewer.url}`);
  return {
    untilInterrupted: () => (isForMachines ? Promise.resolve() : untilInterrupted(rec)),
    close: async () => viewer?.close(),
  };
}

/** Where Rerun's viewer runs already, another port will do. */
async function serve(rec: rr.RecordingStream, path: string): Promise<rr.GrpcServerSink> {
  return onFreePort(9876, async (port) => {
    const server = new rr.GrpcServerSink({ port });
    await rec.setSinks([new rr.FileSink(path), server]);
    return server;
  });
}

async function onFreePort<T>(usual: number, start: (port: number) => Promise<T>): Promise<T> {
  try {
    return await start(usual);
  } catch (error) {
    if (rr.isRerunError(error) && error.code === "SERVER") return start(0);
    throw error;
  }
}

async function untilInterrupted(rec: rr.RecordingStream): Promise<void> {
  await rec.flush();
  console.log("Everything is logged. Press Ctrl-C to end.");
  await new Promise((resolve) => process.once("SIGINT", resolve));
}
