import { World, type Globals } from "./world.ts";

let running: Globals = new World(0).globals;

/** Makes the globals of a world the globals of the parts. */
export function useGlobals(globals: Globals): void {
  running = globals;
}

/** Clock and random numbers of the running simulation. The parts keep these objects for all worlds. */
const followed: Partial<Globals> = {
  performance: { timeOrigin: running.performance.timeOrigin, now: () => running.performance.now() },
  Date: class extends Date {
    static override now(): number {
      return running.Date.now();
    }
  } as DateConstructor,
  Math: Object.assign(Object.create(Math) as Math, { random: () => running.Math.random() }),
  crypto: { getRandomValues: (bytes) => running.crypto.getRandomValues(bytes) },
  WebSocket: Object.assign(
    function connect(...args: unknown[]): unknown {
      return (running.WebSocket as (...all: unknown[]) => unknown)(...args);
    },
    { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 },
  ),
};

/** The globals of the parts: the globals of the running simulation. */
export function currentGlobals(): Globals {
  return new Proxy({} as Globals, {
    get(_, property) {
      const name = property as keyof Globals;
      if (Object.hasOwn(followed, name)) return followed[name];
      const value = running[name];
      // A function calls the function of the world at the time of the call.
      return typeof value === "function"
        ? (...args: never[]) => (running[name] as (...all: never[]) => unknown)(...args)
        : value;
    },
  });
}
