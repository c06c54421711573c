import { yieldingRerunErrors, withRerunErrors, invalidArgument } from "@rerun-ts/core/checks";
import { checkTable, collectArrowStream, dataframePart, readDataframePart, type ArrowStream } from "@rerun-ts/core/rrd";
import { beginCall, type ProxyCallOptions } from "./proxy-call.ts";

/** A table of a viewer or a proxy. */
export interface ServerTable {
  /** The name of the table in the viewer. */
  readonly name: string;
  /** The contents as an Arrow IPC stream. */
  readonly arrow: Uint8Array;
}

export type { ArrowStream };

/**
 * Sends a table to a viewer or a proxy over gRPC-web. Settles when the server has received it.
 *
 * @param url the URL of the server, e.g. `rerun+http://127.0.0.1:9876/proxy`
 * @param name its name in the viewer. A table of the same name is replaced
 * @param arrow the contents as an Arrow IPC stream with one record batch and without dictionaries, such as
 * `tableToIPC(table, "stream")` of apache-arrow or `encodeArrow(query)` of `@rerun-ts/reading`. It is sent once it is
 * complete
 * @throws {RerunError} `CONNECTION`, `AUTH`, `SERVER`, or `ABORTED` if the signal fires
 * @throws {RerunError} `INVALID_ARGUMENT` if an argument is wrong
 *
 * @example
 * const table = tableFromArrays({ run: [1, 2], score: [0.8, 0.9] });
 * await sendTable("rerun+http://127.0.0.1:9876/proxy", "scores", tableToIPC(table, "stream"));
 */
export function sendTable(
  url: string | URL,
  name: string,
  arrow: ArrowStream,
  options?: ProxyCallOptions,
): Promise<void> {
  return withRerunErrors(async () => {
    if (typeof name !== "string" || name === "") throw invalidArgument("name", "a non-empty string", name);
    const call = await beginCall("sendTable", url, options);
    try {
      const payload = await collectArrowStream(arrow);
      checkTable(payload);
      const { client, signal, headers } = call;
      const request = { id: { id: name }, data: dataframePart(payload) };
      await client.writeTable(request, { signal, headers }).catch((error: unknown) => {
        throw call.explain(error);
      });
    } finally {
      call.end();
    }
  });
}

/**
 * Reads the tables of a viewer or a proxy over gRPC-web: first the retained ones, then new ones. Like `readMessages` it
 * does not end by itself: leave the loop, or abort `signal`.
 *
 * @param url the URL of the server. Default `rerun+http://127.0.0.1:9876/proxy`
 * @throws {RerunError} `CONNECTION`, `AUTH`, `SERVER`, `INVALID_FORMAT` for damaged data, or `ABORTED` if the signal
 * fires
 * @throws {RerunError} `INVALID_ARGUMENT` if the URL is wrong
 *
 * @example
 * for await (const { name, arrow } of readTables()) console.log(name, tableFromIPC(arrow).numRows);
 */
export function readTables(
  url?: string | URL,
  options?: ProxyCallOptions,
): AsyncGenerator<ServerTable, void, undefined> {
  return yieldingRerunErrors(
    (async function* () {
      const call = await beginCall("readTables", url, options);
      try {
        const { client, signal, headers } = call;
        for await (const { id, data } of client.readTables({}, { signal, headers })) {
          if (data?.payload !== undefined) yield { name: id?.id ?? "", arrow: readDataframePart(data) };
        }
      } catch (error) {
        throw call.explain(error);
      } finally {
        call.end();
      }
    })(),
  );
}
