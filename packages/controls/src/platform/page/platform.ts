import { RerunError, type RecordingStream } from "@rerun-ts/core";
import type { OpenSettings } from "../../open/open-options.ts";
import type { ControlRelay, Platform } from "../platform.ts";

/** Controls of a page: it joins a relay. */
export const platform: Platform = {
  async findRelay(recording: RecordingStream, { url, token }: OpenSettings): Promise<ControlRelay> {
    const found = url ?? urlOfSink(recording);
    if (found === undefined)
      throw new RerunError(
        "UNSUPPORTED",
        "a page cannot be connected to: give `url`, or a recording with `connectWebSocket`, to join a relay",
      );
    return {
      url: found,
      token,
      isRemote: true,
      connect: (href, protocols) => new WebSocket(href, protocols),
      close: async () => {},
    };
  },
  async servePage() {
    return undefined;
  },
  randomToken(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  },
};

/** The relay to which a recording sends over a WebSocket. */
export function urlOfSink(recording: RecordingStream): string | undefined {
  const sink = recording.sinks.find(({ kind }) => kind === "websocket") as { readonly url?: string } | undefined;
  return sink?.url;
}
