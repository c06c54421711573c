import type { EncodedMessage, RerunError } from "@rerun-ts/core";
import type { QueueWriter, WriterEvents } from "@rerun-ts/core/transport";
import type { PortCredentials, ToPort } from "./port-protocol.ts";
import type { SharedRing } from "./shared-ring.ts";

/** A port to the other thread. */
export interface OpenedPort {
  readonly port: MessagePort;
  /** Memory that both threads share, if they may. */
  readonly memory?: SharedRing | undefined;
  /** The thread does not respond, so it is not used any more. */
  discard(this: void): void;
}

/** The other thread. */
export interface PortPeer {
  /**
   * Opens a port to the thread. Rejects if the thread does not start. Calls `onLost` if the thread ends before the
   * signal fires.
   */
  open(onLost: (reason: string) => void, signal: AbortSignal): Promise<OpenedPort>;
  /** The posted form of messages. The first one has the number `first` on the port. */
  pack(messages: readonly EncodedMessage[], first: number, memory: SharedRing | undefined): ToPort;
  /** The headers or the token, which the thread asks for. */
  credentials?(): Promise<PortCredentials>;
  /** Creates the writer that takes over if the thread does not start. */
  createFallback?(events: WriterEvents, error: RerunError): QueueWriter;
}
