import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { Delivery, DeliveryContext } from "./delivery.ts";
import type { LocalDeliveryOptions } from "./local-delivery.ts";
import type { ProxyUrl } from "./proxy-url.ts";

/**
 * The hooks of a web page for a sink that sends to a server. The package for browsers supplies them. Without them a
 * sink works in any runtime, but does not notice that the page is being unloaded.
 */
export interface PageTransportHooks {
  /**
   * The probable reason why the page cannot reach the server, because browsers hide the real one. Empty, or begins with
   * "; ".
   */
  readonly connectionHint: (url: ProxyUrl) => string;
  /** Whether the delivery takes the memory of messages, and releases it later. Default `false`. */
  readonly takesBuffers?: boolean | undefined;
  /** A delivery that, when the page is unloaded, sends as much as fits into requests that outlive the page. */
  createDelivery(options: PageDeliveryOptions, context: DeliveryContext): Delivery;
}

export interface PageDeliveryOptions extends LocalDeliveryOptions {
  /** The server's address, for messages. */
  readonly url: string;
  readonly keepalive: KeepalivePost;
}

/** Sends messages in a request that outlives the page: `fetch` with `keepalive`. */
export interface KeepalivePost {
  /** Whether messages must be sent oldest first, without gaps, and only once the page is being unloaded. */
  readonly isSequence: boolean;
  /** Settles when the request is complete. Rejects if it fails. */
  send(messages: readonly EncodedMessage[]): Promise<void>;
}
