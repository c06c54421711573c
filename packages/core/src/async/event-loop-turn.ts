/** The ways to wait for a turn, of which runtimes have one or both. */
interface Turns {
  readonly setImmediate?: (run: () => void) => void;
  readonly MessageChannel?: new () => { readonly port1: MessagePort; readonly port2: MessagePort };
}

// As they were when this module was loaded: tests of programs replace them by ones that stand still.
const { setImmediate, MessageChannel: Channel } = globalThis as Turns;

/** Resolves after one turn of the event loop, in which a page can draw and a program can respond. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (setImmediate !== undefined) setImmediate(resolve);
    // Timers of pages wait at least 4 ms.
    else if (Channel === undefined) setTimeout(resolve, 0);
    else {
      const { port1, port2 } = new Channel();
      port1.addEventListener("message", () => {
        port1.close();
        resolve();
      });
      port1.start();
      port2.postMessage(undefined);
    }
  });
}
