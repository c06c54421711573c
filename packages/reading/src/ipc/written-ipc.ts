import type { IpcStream } from "@rerun-ts/core/rrd";

/** The bytes of a stream. */
export function writtenIpc(stream: IpcStream): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(stream.byteLength);
  stream.write(bytes, 0);
  return bytes;
}
