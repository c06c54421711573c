import { World, type Globals } from "./world.ts";

let running: Globals = new World(0).globals;

/** Makes the globals of a world the globals of the parts. */
export function useGlobals(globals: Globals): void {
  running = globals;
}

/** The globals of the parts: the globals of the running simulation. */
export function currentGlobals(): Globals {
  return new Proxy({} as Globals, {
    get: (_, name) => {
      if (name === "performance") return { now: () => running.performance.now() };
      const value = running[name as keyof Globals];
      // A function calls the function of the world at the time of the call.
      return typeof value === "function" && name !== "Date"
        ? (...args: never[]) => (running[name as keyof Globals] as (...all: never[]) => unknown)(...args)
        : value;
    },
  });
}
