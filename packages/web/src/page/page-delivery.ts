import { LocalDelivery, type DeliveryContext, type PageDeliveryOptions } from "@rerun-ts/core/transport";
import { KeepaliveFlush } from "./keepalive-flush.ts";
import { onPageLifecycle, type PagePhase } from "./page-lifecycle.ts";

/**
 * A {@link LocalDelivery} for a page. When the page is hidden or unloaded, the delivery flushes the rows of the
 * batcher, and sends as many messages as fit in keepalive requests. If the page is terminated, the remaining messages
 * are dropped, counted and reported as a warning. If it is restored from the back/forward cache or shown again,
 * delivery continues.
 */
export class PageDelivery extends LocalDelivery {
  readonly #options: PageDeliveryOptions;
  readonly #context: DeliveryContext;
  readonly #keepalive: KeepaliveFlush;
  readonly #stopWatching: () => void;

  constructor(options: PageDeliveryOptions, context: DeliveryContext) {
    super(options, context);
    this.#options = options;
    this.#context = context;
    this.#keepalive = new KeepaliveFlush(this.queue, options.keepalive);
    this.#stopWatching = onPageLifecycle((phase, isLast) => this.#onPhase(phase, isLast));
  }

  override abort(): void {
    this.#stopWatching();
    super.abort();
  }

  #onPhase(phase: PagePhase, isLast: boolean): void {
    const { isSequence } = this.#options.keepalive;
    this.#context.flushRows();
    this.#keepalive.send(phase);
    // The page's own listeners may still log. Their messages are posted with the next numbers, so the numbers so far
    // must stay in use.
    if (phase !== "terminated" || (isSequence && !isLast)) return;
    // Requests of this writer end with the page, so that their messages would be neither sent nor reported as lost.
    if (!isSequence) this.writer.abort();
    const lost = this.#keepalive.takeLost();
    if (lost.length === 0) return;
    this.drop(lost, "closed");
    this.#context.onWarning(
      `the page closed before all data reached ${this.#options.url}; browsers limit the final request to 64 KiB`,
    );
  }
}
