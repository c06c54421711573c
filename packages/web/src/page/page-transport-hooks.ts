import type { PageTransportHooks } from "@rerun-ts/core/transport";
import { connectionHint } from "./connection-hint.ts";
import { PageDelivery } from "./page-delivery.ts";

/**
 * The page's part of sinks that send to a server: hints for failed connections, and a delivery that survives unloading.
 */
export const pageTransportHooks: PageTransportHooks = {
  connectionHint: (url) => connectionHint(url),
  createDelivery: (options, context) => new PageDelivery(options, context),
};
