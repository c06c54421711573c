import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type RerunError, isRerunError } from "@rerun-ts/node";
import { CatalogCalls } from "../../packages/catalog/dist/catalog-calls.js";
import { CatalogClient } from "../../packages/catalog/dist/catalog-client.js";
import { createCatalogTransport } from "../../packages/catalog/dist/catalog-transport.browser.js";
import { parseCatalogUrl } from "../../packages/catalog/dist/catalog-url.js";
import { callOf, readersByCall, respond, type Answers, type Reader } from "./catalog-readers.ts";
import type { FuzzTarget } from "./target.ts";

/** Responses of the real server, each with the name of its call and the length of that in front. */
const ANSWERS = join(import.meta.dirname, "corpus/catalog");
const URL_OF_CATALOG = parseCatalogUrl("rerun+http://127.0.0.1:51234");

/** Its constructor is not in its declaration. */
const Client = CatalogClient as unknown as new (calls: CatalogCalls, version: object, user: object) => CatalogClient;

/** Divides an input into the name of a call, and the body of its response. */
function divide(input: Uint8Array): readonly [call: string, body: Uint8Array<ArrayBuffer>] {
  const end = 1 + (input[0] ?? 0);
  return [new TextDecoder().decode(input.subarray(1, end)), new Uint8Array(input.subarray(end))];
}

/** The responses of the real server by call. */
export function recordedAnswers(): Answers {
  const names = readdirSync(ANSWERS).filter((name) => name.endsWith(".bin"));
  return new Map(names.map((name) => divide(readFileSync(join(ANSWERS, name)))));
}

/** The client of a catalog whose responses come from a function. */
export function catalogWith(send: typeof fetch): CatalogClient {
  const settings = { headers: undefined, token: undefined, timeoutMs: 10_000, signal: undefined, fetchUrl: send };
  const transport = createCatalogTransport(URL_OF_CATALOG.origin, { timeoutMs: 60_000, fetch: send });
  const calls = new CatalogCalls(URL_OF_CATALOG, transport, settings);
  const version = { version: "", cloudProvider: undefined, cloudRegion: undefined, features: [] };
  const user = { userId: undefined, canRead: true, canWrite: true, capabilities: [] };
  return new Client(calls, version, user);
}

const dataset = (catalog: CatalogClient): ReturnType<CatalogClient["getDataset"]> => catalog.getDataset("fz");
const table = (catalog: CatalogClient): ReturnType<CatalogClient["getTable"]> =>
  catalog.getTable({ id: "0".repeat(32) });

/** All calls that read a dataset and a table. */
const READERS: readonly Reader[] = [
  async (catalog) => (await dataset(catalog)).segmentTable(),
  async (catalog) => (await dataset(catalog)).info(),
  async (catalog) => (await dataset(catalog)).manifest(),
  async (catalog) => (await dataset(catalog)).query({ index: "frame" }).toTable(),
  async (catalog) =>
    (await dataset(catalog)).query({ index: "frame", usingIndexValues: [1], fillLatestAt: true }).toTable(),
  async (catalog) => (await (await dataset(catalog)).segment("one")).query({ index: "frame" }).toTable(),
  async (catalog) => (await dataset(catalog)).register("file:///a.rrd"),
  async (catalog) => (await dataset(catalog)).assetsForSegment("one"),
  async (catalog) => (await dataset(catalog)).segmentProperties("one"),
  async (catalog) => (await table(catalog)).toTable(),
  async (catalog) => (await table(catalog)).arrowSchema(),
];

/** The responses of the real server, and what reads them. */
async function loadAnswers(): Promise<{ answers: Answers; readers: ReadonlyMap<string, readonly Reader[]> }> {
  const answers = recordedAnswers();
  return { answers, readers: await readersByCall(READERS, answers, catalogWith) };
}

let loaded: ReturnType<typeof loadAnswers> | undefined;

/** The client of catalogs, one of whose responses is the input. */
export const catalogTarget: FuzzTarget = {
  name: "catalog",
  // The corpus has them.
  seeds: () => [],
  words: ["ARROW1", "rerun:kind", "index", "chunk_id", "rerun_segment_id", "\xff\xff\xff\xff"],
  async run(input) {
    const { answers, readers } = await (loaded ??= loadAnswers());
    const [call, body] = divide(input);
    const catalog = catalogWith((url) => {
      const name = callOf(url as string);
      return Promise.resolve(respond(name === call ? body : answers.get(name)));
    });
    try {
      for (const read of readers.get(call) ?? []) await read(catalog);
    } catch (error) {
      if (!isRerunError(error) || error.code === "INTERNAL" || isMistake(error)) throw error;
    }
  },
};

/** Whether an error hides a mistake of the program. Wrong arguments and text that is not UTF-8 do not count. */
function isMistake({ code, cause }: RerunError): boolean {
  if (code === "INVALID_ARGUMENT" || !(cause instanceof TypeError)) return false;
  return (cause as NodeJS.ErrnoException).code !== "ERR_ENCODING_INVALID_ENCODED_DATA";
}
