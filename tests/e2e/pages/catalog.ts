// Works with a catalog, at the request of the test.
import { encodeArrow, plainRows } from "@rerun-ts/reading";
import { connectCatalog, type CatalogQueryOptions } from "@rerun-ts/catalog";
import { isRerunError } from "@rerun-ts/web";
import { Field, Float64, Int64, Schema, tableFromArrays, tableFromIPC } from "apache-arrow";

/** Uploads a recording, and queries it. */
async function upload(url: string, name: string, bytes: readonly number[]) {
  using catalog = await connectCatalog(url);
  const dataset = await catalog.createDataset(name);
  const file = new File([Uint8Array.from(bytes)], "dropped.rrd");
  const seen: number[] = [];
  const options = { key: `${name}/${file.name}`, onProgress: ({ bytes: sent }: { bytes: number }) => seen.push(sent) };
  const { segmentId } = await dataset.upload(file, options);
  const table = await dataset.query({ index: "frame", contents: "/a", fillLatestAt: true }).toTable();
  const segment = await dataset.segment(segmentId);
  const again = await codeOf(dataset.upload(file, options));
  return {
    names: await catalog.datasetNames(),
    segmentId,
    sent: seen.at(-1),
    rows: [...plainRows(table)].map((row) => [
      row["rerun_segment_id"],
      Number(row["frame"]),
      row["/a:Scalars:scalars"],
    ]),
    chunks: segment.numChunks,
    again,
  };
}

/** Uploads bytes. Returns the reported progress, and the errors of an aborted upload and of an upload to a used key. */
async function progress(url: string, size: number) {
  using catalog = await connectCatalog(url);
  const seen: number[] = [];
  const bytes = new Uint8Array(size);
  await catalog.stage(bytes, { key: "progress", onProgress: ({ bytes: sent }) => seen.push(sent) });
  const stop = new AbortController();
  const onProgress = (): void => stop.abort();
  const aborted = await codeOf(catalog.stage(bytes, { key: "aborted", onProgress, signal: stop.signal }));
  const taken = await codeOf(catalog.stage(bytes, { key: "progress", onProgress() {} }));
  return { seen, aborted, taken };
}

/** Writes a table with several messages, and reads it. */
async function writeTable(url: string, name: string) {
  using catalog = await connectCatalog(url);
  const written = await catalog.createTable(
    name,
    new Schema([new Field("id", new Int64()), new Field("x", new Float64())]),
  );
  const rows = (id: bigint) => tableFromArrays({ id: BigInt64Array.of(id), x: Float64Array.of(0.5) });
  await written.append([rows(1n), rows(2n)]);
  const wrong = await codeOf(written.append(tableFromArrays({ other: Float64Array.of(1) })));
  const read = await written.toTable();
  const pieces: Uint8Array[] = [];
  for await (const piece of encodeArrow(read)) pieces.push(piece);
  const ids = [...(tableFromIPC(pieces).getChild("id") ?? [])].map(Number);
  await written.delete();
  return { ids, wrong };
}

/** The rows of a query as text, and how many chunks came from the storage of the catalog. */
async function direct(url: string, name: string, directUrls: boolean) {
  using catalog = await connectCatalog(url, { directUrls });
  let directChunks = 0;
  const onProgress = (done: { directChunks: number }): void => void ({ directChunks } = done);
  const table = await (await catalog.getDataset(name)).query({ index: "frame", onProgress }).toTable();
  return { rows: table.toString(), directChunks };
}

/** Queries a dataset, with index values as text. Returns the table as an Arrow IPC stream, in base64. */
async function query(
  url: string,
  name: string,
  options: Omit<CatalogQueryOptions, "usingIndexValues">,
  values: Readonly<Record<string, readonly string[]>> | undefined,
) {
  using catalog = await connectCatalog(url);
  const usingIndexValues =
    values &&
    Object.fromEntries(Object.entries(values).map(([segment, own]) => [segment, BigInt64Array.from(own, BigInt)]));
  const rows = (await catalog.getDataset(name)).query({ ...options, usingIndexValues, fillAcrossClears: true });
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of encodeArrow(await rows.toTable())) pieces.push(piece as Uint8Array<ArrayBuffer>);
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** The codes of calls that fail. */
async function failures(url: string, nobody: string) {
  using catalog = await connectCatalog(url);
  const stop = new AbortController();
  const dataset = await catalog.createDataset("failures");
  stop.abort();
  const codes = {
    nobody: await codeOf(connectCatalog(nobody)),
    missing: await codeOf(catalog.getDataset("nothing")),
    taken: await codeOf(catalog.createDataset("failures")),
    noFile: await codeOf(dataset.register("file:///nowhere/a.rrd")),
    aborted: await codeOf(dataset.schema({ signal: stop.signal })),
  };
  await dataset.delete();
  return { ...codes, gone: await codeOf(dataset.segmentIds()) };
}

async function codeOf(call: PromiseLike<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return isRerunError(error) ? error.code : String(error);
  }
  return "it did not fail";
}

const functions = { upload, progress, direct, query, table: writeTable, failures };

declare global {
  interface Window {
    catalog: typeof functions;
  }
}

window.catalog = functions;
