/** Resolves after one turn of the event loop, in which a page can draw and a program can respond. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    // Timers of pages wait at least 4 ms.
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(undefined);
  });
}
