import { VERSION, type Sink } from "@rerun-ts/core";

/** The way of a program to its own relay. */
export interface RelayEndpoint {
  /** The URL for WebSockets, on this machine. */
  readonly url: string;
  /** The proxy URL, in Rerun's form. */
  readonly viewerUrl: string;
  /** The token for writing, if one is needed and known. */
  readonly token: string | undefined;
  /** Whether the relay needs a token that only its clients know. */
  readonly lacksToken: boolean;
}

/** A symbol, so that users do not see the token in completion lists. All copies of this version have the same. */
const ENDPOINT = Symbol.for(`rerun-ts.relay-endpoint.${VERSION}`);

/** Registers the way to the relay of a sink. */
export function setRelayEndpoint(sink: Sink, endpoint: () => RelayEndpoint): void {
  Object.defineProperty(sink, ENDPOINT, { value: endpoint });
}

/** The way to the relay of a sink, or `undefined` if the sink has none. */
export function relayEndpointOf(sink: Sink): RelayEndpoint | undefined {
  return (sink as { readonly [ENDPOINT]?: () => RelayEndpoint })[ENDPOINT]?.();
}
