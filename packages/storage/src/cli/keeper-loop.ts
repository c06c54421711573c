import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectCatalogOptions } from "@rerun-ts/catalog";
import { isRerunError } from "@rerun-ts/core";
import { maskUrl, messageOf } from "@rerun-ts/core/checks";
import type { CatalogKeeper } from "../keeper/catalog-keeper.ts";
import type { CatalogProcess } from "../keeper/catalog-process.ts";
import type { DueWork } from "../status/due-work.ts";
import { keeperReport, type KeeperStatus } from "../keeper/keeper-status.ts";

const RETRY_MS = 1000;

/** Settings of a {@link KeeperLoop}. */
export interface KeeperLoopSettings {
  readonly keeper: CatalogKeeper;
  /** Knows what succeeds and what fails. */
  readonly work: DueWork;
  /** The server that it starts, if it does. */
  readonly server: CatalogProcess | undefined;
  /** The address of the catalog. */
  readonly catalog: string;
  /** The login at the catalog. Default: none. */
  readonly login?: Pick<ConnectCatalogOptions, "token" | "tls"> | undefined;
  /** The address of the store. */
  readonly store: string;
  readonly intervalMs: number;
  readonly isOnce: boolean;
  readonly log: (text: string) => void;
}

/** Compares a store and a catalog, again and again. */
export class KeeperLoop {
  readonly #settings: KeeperLoopSettings;
  #passes = 0;
  #failures = 0;
  #lastFailure: string | undefined;

  constructor(settings: KeeperLoopSettings) {
    this.#settings = settings;
  }

  /** Whether the keeper is healthy, and the catalog has everything. */
  get isComplete(): boolean {
    const status = this.status();
    const { pending, quarantined, unclear, due } = status;
    const isLacking = pending + due.failing + quarantined.length + unclear.length > 0;
    return !isLacking && keeperReport(status).problem === undefined;
  }

  status(): KeeperStatus {
    const { store, keeper, work } = this.#settings;
    const catalog = maskUrl(this.#settings.catalog);
    const { registered, pending, quarantined, unclear } = keeper;
    const [passes, failures, lastFailure] = [this.#passes, this.#failures, this.#lastFailure];
    const parts = [...quarantined.values()];
    const due = work.report();
    return { catalog, store, registered, pending, quarantined: parts, unclear, passes, failures, lastFailure, due };
  }

  /** Works until the signal is aborted, or once. @throws {RerunError} from the beginning: `AUTH` if access is denied, `INVALID_ARGUMENT` if `url` is none of a catalog */
  async run(signal: AbortSignal): Promise<void> {
    const { intervalMs, isOnce } = this.#settings;
    for (;;) {
      const before = performance.now();
      await this.#attempt(signal);
      if (isOnce || signal.aborted) return;
      // A catalog that has failed is tried again soon.
      const pauseMs = this.#lastFailure === undefined ? intervalMs : Math.min(intervalMs, RETRY_MS);
      await sleep(Math.max(0, pauseMs - (performance.now() - before)), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
    }
  }

  async #attempt(signal: AbortSignal): Promise<void> {
    const { work, keeper } = this.#settings;
    work.setWaiting(true, keeper.pendingBytes);
    try {
      await this.#pass(signal);
      work.setWaiting(keeper.pending > 0, keeper.pendingBytes);
    } catch (error) {
      if (signal.aborted) return;
      // A wrong login or address does not change by itself.
      if (this.#passes === 0 && isRerunError(error) && (error.code === "AUTH" || error.argument === "url")) throw error;
      this.#failures++;
      const text = messageOf(error);
      if (text !== this.#lastFailure) this.#settings.log(text);
      this.#lastFailure = text;
    }
  }

  async #pass(signal: AbortSignal): Promise<void> {
    const { keeper, server, catalog, login } = this.#settings;
    const { connectCatalog } = await import("@rerun-ts/catalog");
    await server?.ensure();
    using client = await connectCatalog(catalog, { ...login, signal });
    if (this.#passes === 0) console.log(`Catalog at ${maskUrl(catalog)}`);
    await keeper.pass(client, signal);
    this.#passes++;
    if (this.#passes === 1 || this.#lastFailure !== undefined) console.log(`${keeper.registered} parts are registered`);
    this.#lastFailure = undefined;
  }
}
