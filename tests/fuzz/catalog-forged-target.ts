import { create, toBinary } from "@bufbuild/protobuf";
import { cloudService } from "@rerun-ts/catalog/service";
import { isRerunError } from "@rerun-ts/node";
import type { CatalogClient } from "@rerun-ts/catalog";
import { catalogWith, recordedAnswers } from "./catalog-target.ts";
import { callOf, readersByCall, respond, type Answers, type Reader } from "./catalog-readers.ts";
import { Choices, forgeMessage } from "./forged-answers.ts";
import type { FuzzTarget } from "./target.ts";

/** Returns the answers that a server could give to calls for which no file has an answer. */
function moreAnswers(): Answers {
  const { getWriteAccessGrant, unregisterFromDataset } = cloudService.method;
  const request = {
    method: "PUT",
    url: "/upload/1",
    headers: [{ name: "if-none-match", value: "*" }],
    sameOrigin: true,
  };
  const grant = { redemption: { case: "httpRequest" as const, value: request } };
  const granted = create(getWriteAccessGrant.output, { grant, storageUrl: "file:///a.rrd" });
  const dropped = create(unregisterFromDataset.output, { taskId: { id: "task_00000000DEADBEEF" } });
  return new Map([
    ["GetWriteAccessGrant", framed(toBinary(getWriteAccessGrant.output, granted))],
    ["UnregisterFromDataset", framed(toBinary(unregisterFromDataset.output, dropped))],
  ]);
}

const TRAILER = new TextEncoder().encode("grpc-status:0\r\n");

function frame(flags: number, data: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head[0] = flags;
  head.writeUInt32BE(data.byteLength, 1);
  return Buffer.concat([head, data]);
}

function framed(data: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat([frame(0, data), frame(128, TRAILER)]));
}

/** The data of the messages of a body. */
function messagesOf(body: Uint8Array): Uint8Array[] {
  const view = Buffer.from(body);
  const found: Uint8Array[] = [];
  for (let at = 0; at + 5 <= view.length;) {
    const end = at + 5 + view.readUInt32BE(at + 1);
    if (((view[at] ?? 0) & 128) === 0) found.push(view.subarray(at + 5, end));
    at = end;
  }
  return found;
}

/** A response with one fault, as bytes and headers. */
function forgeResponse(call: string, body: Uint8Array, choices: Choices): Response {
  const messages = messagesOf(body);
  const [first = new Uint8Array(0)] = messages;
  const trailer = frame(128, TRAILER);
  const headers: Record<string, string> = { "content-type": "application/grpc-web+proto" };
  const answer = (...parts: readonly Uint8Array[]): Response => new Response(Buffer.concat(parts), { headers });
  const whole = messages.map((data) => frame(0, data));
  switch (choices.next(24)) {
    case 0:
      return answer(...whole);
    case 1:
      return answer(...whole, trailer, ...whole);
    case 2:
      return answer(...whole, ...whole, ...whole, trailer);
    case 3:
      return answer(...Array.from({ length: 2000 }, () => frame(0, new Uint8Array(0))), ...whole, trailer);
    case 4:
      return answer(...whole, frame(128, Buffer.from(`grpc-status:${choices.next(30) - 3}\r\ngrpc-message:%zz\r\n`)));
    case 5:
      return answer(frame(1 << choices.next(8), first), trailer);
    case 6:
      return new Response(null, { status: [204, 301, 302, 401, 404, 429, 500, 503][choices.next(8)] ?? 500, headers });
    case 7:
      headers["content-type"] = ["text/html", "application/grpc", "application/json", ""][choices.next(4)] ?? "";
      return answer(...whole, trailer);
    case 8:
      return answer(...whole, frame(128, Buffer.from("grpc-status-details-bin:AAAA\r\nnonsense\r\n\0:\r\n")));
    case 9:
      return answer(trailer);
    case 10:
      return answer(Buffer.from([0, 0x7f, 0xff, 0xff, 0xff]), ...whole);
    default:
      return answer(frame(0, forgeMessage(call, first, choices)), ...whole.slice(1), trailer);
  }
}

const dataset = (catalog: CatalogClient): ReturnType<CatalogClient["getDataset"]> => catalog.getDataset("fz");

/** All calls beyond the calls of the other target. Each call fails for itself. */
const READERS: readonly Reader[] = [
  (catalog) => catalog.entries(),
  (catalog) => catalog.tableNames({ includeHidden: true }),
  async (catalog) => (await dataset(catalog)).segmentTable(),
  async (catalog) => (await dataset(catalog)).segmentIds(),
  async (catalog) => (await dataset(catalog)).info(),
  async (catalog) => (await dataset(catalog)).manifest(),
  async (catalog) => (await dataset(catalog)).getIndexRanges(),
  async (catalog) => (await dataset(catalog)).layer("base").segmentIds(),
  async (catalog) => (await dataset(catalog)).query({ index: "frame" }).toTable(),
  async (catalog) =>
    (await dataset(catalog)).query({ index: "frame", usingIndexValues: [1], fillLatestAt: true }).toTable(),
  async (catalog) => {
    const segment = await (await dataset(catalog)).segment("one");
    await segment.layers();
    await segment.query({ index: "frame" }).toTable();
  },
  async (catalog) => (await dataset(catalog)).register("file:///a.rrd"),
  async (catalog) => (await dataset(catalog)).upload(new Blob(["abc"]), { key: "a", resume: true }),
  async (catalog) => (await dataset(catalog)).unregister({ segmentsToDrop: "one", timeoutMs: 1000 }),
  async (catalog) => (await dataset(catalog)).assetsForSegment("one"),
  async (catalog) => (await dataset(catalog)).blueprints(),
  async (catalog) => (await dataset(catalog)).segmentProperties("one"),
  (catalog) => catalog.stage(new Uint8Array(3), { key: "a" }),
  async (catalog) => {
    const table = await catalog.getTable({ id: "0".repeat(32) });
    await table.toTable();
    await table.arrowSchema();
  },
];

/** The responses of the server, and what reads them. */
async function loadAnswers(): Promise<{ answers: Answers; readers: ReadonlyMap<string, readonly Reader[]> }> {
  const answers = new Map([...recordedAnswers(), ...moreAnswers()]);
  return { answers, readers: await readersByCall(READERS, answers, catalogWith) };
}

let loaded: ReturnType<typeof loadAnswers> | undefined;

/** The client of catalogs, with a server one of whose responses has a fault that a server could make on purpose. */
export const catalogForgedTarget: FuzzTarget = {
  name: "catalog-forged",
  seeds: () =>
    Array.from({ length: 32 }, (_, at) => Uint8Array.of(at, 11 + (at % 13), at * 3, at * 5, at * 7, at * 11)),
  async run(input) {
    const { answers, readers } = await (loaded ??= loadAnswers());
    const names = [...answers.keys()];
    const forged = names[(input[0] ?? 0) % names.length] ?? "";
    const send: typeof fetch = (url) => {
      const name = callOf(url as string);
      const body = answers.get(name);
      if (name === forged && body !== undefined)
        return Promise.resolve(forgeResponse(name, body, new Choices(input.subarray(1))));
      return Promise.resolve(respond(body));
    };
    const catalog = catalogWith(send);
    for (const read of readers.get(forged) ?? []) {
      try {
        await read(catalog);
      } catch (error) {
        if (!isRerunError(error) || error.code === "INTERNAL") throw error;
        // Errors of the platform about wrong headers are expected.
        if (error.cause instanceof TypeError && error.code !== "INVALID_FORMAT") throw error;
      }
    }
  },
};
