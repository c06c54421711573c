import type { RerunError, RerunErrorCode } from "../errors/rerun-error.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { GrpcHeaders } from "./server-sink-options.ts";
import type { WebSocketToken } from "./websocket/websocket-connection.ts";
import type { SinkDrop, SinkState } from "../sink/sink.ts";

/** Identity of the program for a server. */
export interface Credentials {
  readonly headers?: GrpcHeaders | undefined;
  readonly token?: WebSocketToken | undefined;
}

/** Interface of a {@link Delivery} to its sink. */
export interface DeliveryContext {
  onState(state: SinkState, error?: RerunError): void;
  onDrop(drop: SinkDrop): void;
  /** The delivery has ended by a fault of the program. */
  onFailure(error: RerunError): void;
  /** `code`: default `CONNECTION`. */
  onWarning(message: string, code?: RerunErrorCode): void;
  /** A message was acknowledged or dropped, so no code reads its payload any more. */
  onRelease(payload: Uint8Array<ArrayBuffer>): void;
  /** Sends the rows that are still in the batcher, before this method returns. */
  flushRows(): void;
}

/** Progress of a {@link Delivery}. */
export interface DeliveryProgress {
  /** Bytes that were sent, repetitions after a lost connection included. */
  readonly sentBytes: number;
  /** Bytes that are not sent yet. */
  readonly pendingBytes: number;
  /** Bytes that are not acknowledged yet, sent or not, and how many of them fit now. */
  readonly queuedBytes: number;
  readonly maxQueuedBytes: number;
  readonly acknowledgedRows: number;
  readonly acknowledgedBytes: number;
  readonly reconnects: number;
}

/**
 * Sends messages to one server: from the calling thread ({@link LocalDelivery}) or from a worker. A delivery connects,
 * reconnects, and keeps each message until the server has acknowledged it. `send` never throws: a delivery reports
 * failures to its context. After `finish`, `abort` or `finishSync` nothing more may be sent.
 */
export interface Delivery {
  readonly progress: DeliveryProgress;
  /**
   * Takes a message, and its memory if the sink takes buffers. `isBacklog`: the message comes from the recording's
   * backlog, and fits regardless of the limit of the queue.
   */
  send(message: EncodedMessage, isBacklog: boolean): void;
  /**
   * Settles when all messages so far are sent. With `ack`, settles when they are acknowledged, or when the delivery has
   * ended.
   */
  flush(ack: boolean): Promise<void>;
  /** Settles when everything was acknowledged and the connection is closed. */
  finish(): Promise<void>;
  /** Ends immediately. Messages that were not acknowledged are dropped and reported. */
  abort(): void;
  /** Starts to finish in another thread, if there is one: `finishSync` follows. */
  beginFinish?(): void;
  /**
   * Finishes synchronously, as far as possible. Returns whether everything was sent in time. `connectMs` is the longest
   * wait for a connection.
   */
  finishSync(deadlineMs: number, connectMs?: number): boolean;
  /** Connects soon if there is no connection, unless the server has asked for a wait. */
  retry?(): void;
  /** Whether these credentials can replace those so far. Default: no. */
  canRenew?(credentials: Credentials): boolean;
  /** Uses these credentials from the next connection on. */
  renew?(credentials: Credentials): void;
}
