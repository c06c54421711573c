import {
  type PlatformHooks,
  prepareForExit,
  printFailures,
  readEnvironment,
  shutdownSync,
} from "@rerun-ts/core/recording";
import { setSharp } from "@rerun-ts/types/media";
import { loadSharp } from "./load-sharp.ts";
import { reportUnsent, trackUnsent } from "./unsent-recordings.ts";

/** Longest time that recordings may delay the end of the process. */
const EXIT_DEADLINE_MS = 5000;

/**
 * The host of recordings on Node. It reads the settings in `process.env`, and closes all recordings when the process
 * ends: synchronously in an `exit` handler, within 5 seconds. Sinks that need the event loop are closed earlier, in
 * `beforeExit`. The handlers are only installed while there are open recordings with sinks, or recordings that never
 * had a sink.
 */
export const nodeHooks: PlatformHooks = {
  settings: (warn) => readEnvironment(environment, warn),
  maxBacklogBytes: 2 ** 30,
  onLive(count, recording): void {
    setListening("exit", finishUnsent, trackUnsent(recording) > 0);
    // The listener is added with the first sink, behind earlier `exit` listeners of the program, which can still log.
    setListening("exit", finishAtExit, count > 0);
    setListening("beforeExit", onBeforeExit, count > 0);
    if (isDeno) listenInDeno(count > 0);
  },
};

/** The environment variables. On Deno, variables that the program may not read count as unset. */
const environment: Readonly<Record<string, string | undefined>> = new Proxy<Record<string, undefined>>(
  {},
  {
    get(_, name: string): string | undefined {
      try {
        return process.env[name];
      } catch {
        return undefined;
      }
    },
  },
);

const isDeno = "deno" in process.versions;

setSharp(async () => loadSharp());

function setListening(event: "exit" | "beforeExit", listener: () => void, isWanted: boolean): void {
  if (process.listeners(event as "exit").includes(listener) === isWanted) return;
  if (isWanted) process.on(event, listener);
  else process.off(event, listener);
}

/** Deno does not call `exit` listeners after an uncaught exception or `Deno.exit()`. Closing twice does no harm. */
function listenInDeno(isWanted: boolean): void {
  process.off("uncaughtExceptionMonitor", finishAtExit);
  if (isWanted) process.on("uncaughtExceptionMonitor", finishAtExit);
  const page = globalThis as unknown as EventTarget;
  page.removeEventListener("unload", finishAtExit);
  if (isWanted) page.addEventListener("unload", finishAtExit);
}

/**
 * `prepareForExit` waits for one more turn of the event loop, in which other listeners may start work. Node then calls
 * again.
 */
function onBeforeExit(): void {
  if (prepareForExit()) setImmediate(() => {});
}

/** Reports the lost rows of recordings that never had a sink, and the failures that explain this. */
function finishUnsent(): void {
  printFailures();
  reportUnsent();
}

/** Closes all recordings. Node calls this listener also after an uncaught exception and after `process.exit()`. */
function finishAtExit(): void {
  printFailures();
  shutdownSync(EXIT_DEADLINE_MS);
}
