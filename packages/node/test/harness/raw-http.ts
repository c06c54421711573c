import { connect, type Socket } from "node:net";
import { httpUrl } from "./relay-client.ts";

/** What came back over a connection, until it ended or `until` was found. */
export async function sendRaw(url: string, bytes: string | Uint8Array, until?: string): Promise<string> {
  const socket = openSocket(url);
  socket.write(bytes);
  let text = "";
  await new Promise<void>((resolve) => {
    socket.on("data", (piece: Buffer) => {
      text += piece.toString("latin1");
      if (until !== undefined && text.includes(until)) resolve();
    });
    socket.on("close", () => resolve());
  });
  socket.destroy();
  return text;
}

/** A connection without any protocol. */
export function openSocket(url: string): Socket {
  const { hostname, port } = new URL(httpUrl(url));
  const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ""));
  socket.on("error", () => {});
  return socket;
}
