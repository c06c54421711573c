import type { RecordingStream } from "@rerun-ts/core";
import type { OpenSettings } from "../open/open-options.ts";

/** The used part of a WebSocket: the platform's, or a compatible one. */
export interface ControlSocket {
  readonly bufferedAmount?: number | undefined;
  addEventListener(type: "open" | "message" | "error" | "close", listener: (event: SocketEvent) => void): void;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

/** The used part of the events of a WebSocket. */
export interface SocketEvent {
  readonly data?: unknown;
  readonly code?: number | undefined;
  readonly reason?: string | undefined;
}

/** A relay that passes controls on, and the page of the panel. */
export interface ControlRelay {
  /** The URL for WebSockets. */
  readonly url: string;
  /** The URL of the recording's data for viewers, if the relay has them. */
  readonly viewerUrl?: string | undefined;
  /** The token for writing. */
  readonly token?: string | undefined;
  /** Whether panels on other machines may control. */
  readonly isRemote: boolean;
  connect(url: string, protocols: string[]): ControlSocket | Promise<ControlSocket>;
  /** Closes what was started for the controls. */
  close(): Promise<void>;
}

/** A server of the page with the panel. */
export interface PanelPage {
  /** The URL of the page, without parameters. */
  readonly url: string;
  close(): Promise<void>;
}

/** The differences between Node and pages. */
export interface Platform {
  /** The relay of a recording, or a new one. Rejects with a `RerunError` if there can be none. */
  findRelay(recording: RecordingStream, options: OpenSettings, page: PanelPage | undefined): Promise<ControlRelay>;
  /** Serves the page with the panel, if the platform can. */
  servePage(options: OpenSettings): Promise<PanelPage | undefined>;
  /** A random token of 256 bits, for URLs and command lines, where a dash at the start would be a flag. */
  randomToken(): string;
}
