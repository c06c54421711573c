import type { DescMessage, DescMethodServerStreaming, MessageInitShape } from "@bufbuild/protobuf";
import type { Transport } from "@connectrpc/connect";
import type { PutRequest, PutResponse } from "./put-object.ts";

/** Options of the connection to a catalog. */
export interface CatalogTransportOptions {
  /** The function for requests of pages. Default: the platform's `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /** Settings of an encrypted connection on Node. */
  readonly tls?: CatalogTls | undefined;
  /** The longest time to wait for a response, in milliseconds. */
  readonly timeoutMs: number;
}

/** Settings of an encrypted connection, as of `tls.connect` of Node. */
export interface CatalogTls {
  /** Trusted certificates in the PEM format. Default: the certificates of Node. */
  readonly ca?: string | Uint8Array | undefined;
  /** The certificate of the client. Default: none. */
  readonly cert?: string | Uint8Array | undefined;
  /** The key of that certificate. Default: none. */
  readonly key?: string | Uint8Array | undefined;
  /** Whether a certificate must be trusted. Default `true`. */
  readonly rejectUnauthorized?: boolean | undefined;
}

/** A connection to a catalog. */
export interface CatalogTransport extends Transport {
  /** Makes a call without decoding its responses. Responses that arrive together are yielded together. */
  frames<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    signal: AbortSignal,
    headers: Headers,
    message: MessageInitShape<I>,
  ): Promise<AsyncIterable<readonly Uint8Array[]>>;
  /** Uploads an object. */
  put(request: PutRequest): Promise<PutResponse>;
  /** Takes another connection for later calls, because the server has not answered. */
  renew(): void;
  /** Closes the connection. Calls in flight fail. */
  close(): void;
}

/** The largest message of a server, in bytes. A message that claims to be larger is damaged. */
export const MAX_CATALOG_MESSAGE_BYTES: number = 1024 * 1024 * 1024;
