// Reads the data of a server, controlled by the test.
import { readMessages, readTables, sendTable } from "@rerun-ts/web/read";

const page = {
  /**
   * Reads until this number of chunks was received, and leaves the loop. Returns the kinds of messages and the data
   * size.
   */
  async read(url: string, chunks: number) {
    const kinds: string[] = [];
    let bytes = 0;
    for await (const message of readMessages(url)) {
      kinds.push(message.kind);
      if (message.kind === "chunk") bytes += message.readArrow().byteLength;
      if (kinds.filter((kind) => kind === "chunk").length === chunks) break;
    }
    return { kinds, bytes };
  },
  async table(url: string, name: string, bytes: readonly number[]) {
    await sendTable(url, name, Uint8Array.from(bytes));
    for await (const { name: found, arrow } of readTables(url)) if (found === name) return [...arrow];
    return undefined;
  },
  async fail(url: string) {
    const reading = readMessages(url).next();
    return reading.then(
      () => "it did not fail",
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    );
  },
  async abort(url: string) {
    const stop = new AbortController();
    const reader = readMessages(url, { signal: stop.signal });
    setTimeout(() => stop.abort(), 100);
    try {
      for await (const _ of reader);
      return "it ended";
    } catch (error) {
      return (error as { code: string }).code;
    }
  },
};

declare global {
  interface Window {
    reader: typeof page;
  }
}
window.reader = page;
