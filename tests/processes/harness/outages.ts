import type { FaultyWorldParts } from "./faulty-world-parts.ts";
import { STORE_FATES } from "./faults-of-stores.ts";

/** Programs with a state that others can ask for. */
export type Reporter = "keeper" | "ingester" | "edge";

/** A fault that lasts until it is ended, and of which programs must tell. */
interface Outage {
  readonly reporters: readonly Reporter[];
  /** Begins it. Resolves to a function that ends it. */
  readonly begin: (world: FaultyWorldParts) => Promise<() => Promise<unknown>>;
}

const store = (name: keyof typeof STORE_FATES, ...reporters: readonly Reporter[]): Outage => ({
  reporters,
  begin: async ({ proxy }) => {
    const usual = proxy.fate;
    proxy.fate = ({ method = "", url = "" }) => STORE_FATES[name](method, url);
    return async () => {
      proxy.fate = usual;
      proxy.cutHanging();
    };
  },
});

/** Faults that stop work that is due. */
export const OUTAGES: Readonly<Record<string, Outage>> = {
  "the store is away": {
    reporters: ["keeper", "ingester"],
    begin: async ({ proxy }) => {
      await proxy.leave();
      return () => proxy.comeBack();
    },
  },
  "the store hangs": store("the store hangs", "keeper", "ingester"),
  "creating is denied": store("creating is denied", "ingester"),
  "reading is denied": store("reading is denied", "keeper"),
  "listing is denied": store("listing is denied", "keeper"),
  "NATS is away": {
    reporters: ["ingester", "edge"],
    begin: async ({ nats }) => {
      await nats.kill();
      return () => nats.restart();
    },
  },
};
