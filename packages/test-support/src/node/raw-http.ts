import { connect, type Socket } from "node:net";
import { httpUrl } from "./relay-client.ts";

/** Sends bytes, and returns the response until the connection ends or `until` is found. */
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

/** A TCP connection to a server. */
export function openSocket(url: string): Socket {
  const { hostname, port } = new URL(httpUrl(url));
  const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ""));
  socket.on("error", () => {});
  return socket;
}
