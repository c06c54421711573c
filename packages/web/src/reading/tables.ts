import { describeValue } from "@rerun-ts/core/internal";
import { beginCall, type ProxyCallOptions } from "./proxy-call.ts";

/** A table as a viewer or a proxy has it. */
export interface ServerTable {
  readonly name: string;
  /** An Arrow IPC stream. */
  readonly arrow: Uint8Array;
}

/**
 * Shows a table in a viewer, over gRPC-web. Settles when the server has it.
 *
 * @param url e.g. `rerun+http://127.0.0.1:9876/proxy`
 * @param name what the viewer calls it; a table of the same name is replaced
 * @param arrow an Arrow IPC stream, as `tableToIPC(table, "stream")` of apache-arrow makes it
 * @throws {RerunError} `CONNECTION`, `AUTH`, `SERVER`, or `ABORTED` if the signal fires
 * @throws {TypeError} if an argument is wrong
 */
export async function sendTable(
  url: string | URL,
  name: string,
  arrow: Uint8Array,
  options?: ProxyCallOptions,
): Promise<void> {
  if (typeof name !== "string" || name === "")
    throw new TypeError(`\`name\` must be a text, got ${describeValue(name)}`);
  if (!(arrow instanceof Uint8Array))
    throw new TypeError(`\`arrow\` must be an Arrow IPC stream as Uint8Array, got ${describeValue(arrow)}`);
  const call = await beginCall(url, options);
  try {
    const { client, signal, headers } = call;
    const payload = Uint8Array.from(arrow);
    const data = { payload, uncompressedSize: BigInt(payload.byteLength) };
    await client.writeTable({ id: { id: name }, data }, { signal, headers });
  } catch (error) {
    throw call.explain(error);
  } finally {
    call.end();
  }
}

/**
 * Reads the tables that a viewer or a proxy has and gets. As {@link readMessages} this never ends by itself.
 *
 * @throws {RerunError} `CONNECTION`, `AUTH`, `SERVER`, or `ABORTED` if the signal fires
 */
export async function* readTables(
  url?: string | URL,
  options?: ProxyCallOptions,
): AsyncGenerator<ServerTable, void, undefined> {
  const call = await beginCall(url, options);
  try {
    const { client, signal, headers } = call;
    for await (const { id, data } of client.readTables({}, { signal, headers })) {
      if (data?.payload !== undefined) yield { name: id?.id ?? "", arrow: data.payload };
    }
  } catch (error) {
    throw call.explain(error);
  } finally {
    call.end();
  }
}
