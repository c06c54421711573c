import type { FaultyWorldParts } from "./faulty-world-parts.ts";
import { STORE_FATES } from "./faults-of-stores.ts";

/** Programs with a state that others can ask for. */
export type Reporter = "keeper" | "ingester" | "edge";

/** A fault that lasts until it is ended, and of which programs must tell. */
export interface Outage {
  readonly name: string;
  readonly reporters: readonly Reporter[];
  /** Begins it. Resolves to a function that ends it. */
  readonly begin: (world: FaultyWorldParts) => Promise<() => Promise<unknown>>;
}

const store = (name: keyof typeof STORE_FATES, ...reporters: readonly Reporter[]): Outage => ({
  name,
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
export const OUTAGES: readonly Outage[] = [
  {
    name: "the store is away",
    reporters: ["keeper", "ingester"],
    begin: async ({ proxy }) => {
      await proxy.leave();
      return () => proxy.comeBack();
    },
  },
  store("the store hangs", "keeper", "ingester"),
  store("creating is denied", "ingester"),
  store("reading is denied", "keeper"),
  store("listing is denied", "keeper"),
  {
    name: "NATS is away",
    reporters: ["ingester", "edge"],
    begin: async ({ nats }) => {
      await nats.kill();
      return () => nats.restart();
    },
  },
];
