import type { EncodedMessage, ProxyUrl, RerunErrorCode, SinkState } from "@rerun-ts/core";
import type { MessageParts, SerializedError } from "@rerun-ts/core/transport";
import type { SharedBuffers } from "./shared-ring.ts";
import type { PageAddress } from "../page/connection-hint.ts";

/** Headers, or a token, for a server. */
export type PortCredentials = Readonly<Record<string, string>> | string | undefined;

/** Destination of a worker. */
export interface PortTarget {
  readonly transport: "grpc" | "websocket";
  readonly url: ProxyUrl;
  /** The headers or the token. `undefined` if the worker must request them each time. */
  readonly credentials: { readonly value: PortCredentials } | undefined;
  readonly maxRetainedBytes: number;
  /** The address of the page, for hints about problems. */
  readonly page: PageAddress | undefined;
}

/** Posted to a worker of `@rerun-ts/web/worker`, which then sends the messages that arrive at a port. */
export interface OpenRequest {
  readonly type: "rerun-open";
  readonly port: MessagePort;
  readonly target: PortTarget;
  /** Set where the page is cross-origin isolated. */
  readonly shared: SharedBuffers | undefined;
}

/** Messages to a port that takes data. */
export type ToPort =
  | { readonly type: "parts"; readonly parts: readonly MessageParts<ArrayBufferLike>[] }
  | { readonly type: "messages"; readonly messages: readonly EncodedMessage[] }
  | { readonly type: "credentials"; readonly id: number; readonly value: PortCredentials }
  | { readonly type: "refused"; readonly id: number; readonly error: string }
  | { readonly type: "ping" }
  | { readonly type: "finish" }
  | { readonly type: "abort" };

/** Replies of a port that takes data. */
export type FromPort =
  | { readonly type: "ready" }
  /** This many messages of the port, the oldest, have arrived where they belong: modulo 2^32, as signed number. */
  | { readonly type: "acknowledged"; readonly total: number }
  | { readonly type: "state"; readonly state: SinkState; readonly error: SerializedError | undefined }
  | { readonly type: "warning"; readonly message: string; readonly code: RerunErrorCode | undefined }
  /** The oldest message that is not acknowledged was dropped, because the server keeps rejecting it. */
  | { readonly type: "rejected" }
  | { readonly type: "reconnect" }
  | { readonly type: "failure"; readonly error: SerializedError }
  | { readonly type: "credentials"; readonly id: number }
  | { readonly type: "pong" };

/** The first message from a page whose recording a worker joins. */
export interface JoinReply {
  readonly type: "joined";
  readonly applicationId: string;
  readonly recordingId: string;
}
