import { once } from "node:events";
import { readFile } from "node:fs/promises";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { DirectUrlMode, cloudService } from "@rerun-ts/catalog/service";
import {
  MESSAGE_HEADER_LENGTH,
  STREAM_HEADER_LENGTH,
  dataframePart,
  decodeMessage,
  decodeMessageFrame,
  readDataframePart,
} from "@rerun-ts/core/rrd";
import {
  Binary,
  Dictionary,
  Int32,
  Table,
  Utf8,
  type Vector,
  tableFromIPC,
  tableToIPC,
  vectorFromArray,
} from "apache-arrow";
import type { CatalogProxy, ProxiedFrame } from "./catalog-proxy.ts";

/** The bytes that a request gets: those asked for, or others. */
export type RangeFate =
  | "serve"
  | "cut"
  | "whole"
  | "other-range"
  | "other-bytes"
  | "longer"
  | "silent"
  | { readonly status: number };

/** The place of a chunk that is offered. */
export interface ChunkOffer {
  readonly url: string;
  readonly offset: number;
  readonly length: number;
  readonly etag: string;
}

interface StoredFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly etag: string;
}

interface StoredChunk {
  readonly file: StoredFile;
  readonly offset: number;
  readonly length: number;
}

/** The id of the dictionary of URLs, which differs from the ids of the server's dictionaries. */
const URLS_ID = 1_000_000;
const { findChunks, fetchChunks } = cloudService.method;

/**
 * The storage of a catalog, which serves ranges of files, and makes a proxy in front of `rerun server` offer their
 * URLs. That server itself never does.
 */
export class DirectUrlStorage {
  /** Chooses the response to a request. */
  fate: (request: IncomingMessage) => RangeFate = () => "serve";
  /** Changes the key and the URL of a chunk. `undefined`: no URL. */
  offer: (place: { url: string; offset: number; length: number; etag: string }) => typeof place | undefined = (place) =>
    place;
  /** The requests so far, without those before requests of pages. */
  readonly requests: { readonly range: string | undefined; readonly headers: IncomingHttpHeaders }[] = [];
  /** Whether pages may send requests. */
  allowsPages = true;
  readonly #server: Server;
  readonly #files = new Map<string, StoredFile>();
  readonly #chunks = new Map<string, StoredChunk>();
  /** The keys of the real server, by the keys that this server offers instead. */
  readonly #keys = new Map<string, { readonly value: unknown; readonly type: unknown }>();

  private constructor(server: Server) {
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#server = server;
    server.on("request", (request: IncomingMessage, response: ServerResponse) => this.#serve(request, response));
  }

  static async start(proxy: CatalogProxy): Promise<DirectUrlStorage> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const storage = new DirectUrlStorage(server);
    let isAsked = false;
    proxy.onRequest = (call, frames) => {
      const [first] = frames;
      if (call === "FindChunks" && first !== undefined)
        isAsked = fromBinary(findChunks.input, first.data).directUrlMode === DirectUrlMode.SIGNED;
      return call === "FetchChunks" ? frames.map((one) => storage.#restore(one)) : frames;
    };
    proxy.onResponse = (call, frames) =>
      call === "FindChunks" && isAsked ? frames.map((one) => storage.#offer(one)) : frames;
    return storage;
  }

  /** The origin of the URLs. */
  readonly origin: string;

  /** Adds a recording. */
  async add(path: string): Promise<void> {
    const bytes = await readFile(path);
    const name = `${this.#files.size}.rrd`;
    const file = { name, bytes, etag: `"${name}-1"` };
    this.#files.set(name, file);
    for (let at = STREAM_HEADER_LENGTH; at < bytes.length;) {
      const frame = decodeMessageFrame(bytes.subarray(at));
      if (frame === undefined || frame.kind === "end") break;
      const offset = at + MESSAGE_HEADER_LENGTH;
      at = offset + frame.length;
      if (frame.kind !== "chunk") continue;
      const message = decodeMessage("chunk", bytes.subarray(offset, at));
      if (message.kind !== "chunk") continue;
      const { metadata } = tableFromIPC(message.readArrow()).schema;
      const id = (metadata.get("rerun:id") ?? "").replace("chunk_", "").toLowerCase();
      // Rerun's client wants the header of the message, too.
      this.#chunks.set(id, {
        file,
        offset: offset - MESSAGE_HEADER_LENGTH,
        length: MESSAGE_HEADER_LENGTH + frame.length,
      });
    }
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Adds URLs and places to a response. */
  #offer(frame: ProxiedFrame): ProxiedFrame {
    if ((frame.flags & 128) !== 0) return frame;
    const message = fromBinary(findChunks.output, frame.data);
    const table = tableFromIPC(readDataframePart(message.data));
    const keys = table.getChild("chunk_key");
    const ids = table.getChild("chunk_id");
    const places = Array.from({ length: table.numRows }, (_, row) => {
      const chunk = this.#chunks.get(hexOf(ids?.get(row) as Uint8Array));
      if (chunk === undefined) return undefined;
      const { file, offset, length } = chunk;
      const url = `${this.origin}/${file.name}?signature=secret`;
      return this.offer({ url, offset, length, etag: file.etag });
    });
    const newKeys = places.map((place, row) => {
      const key = place === undefined ? Uint8Array.of(row) : chunkKey(ids?.get(row) as Uint8Array, place);
      this.#keys.set(hexOf(ids?.get(row) as Uint8Array), { value: keys?.get(row), type: keys?.type });
      return key;
    });
    const urls = places.map((place) => place?.url ?? null);
    const changed = withColumns(table, {
      chunk_key: vectorFromArray(newKeys, new Binary()),
      rerun_layer_direct_url: vectorFromArray(urls, new Dictionary(new Utf8(), new Int32(), URLS_ID)),
    });
    const part = dataframePart(tableToIPC(changed, "stream") as Uint8Array<ArrayBuffer>);
    return { flags: 0, data: toBinary(findChunks.output, create(findChunks.output, { data: part })) };
  }

  /** Puts the keys of the real server into a request. */
  #restore(frame: ProxiedFrame): ProxiedFrame {
    const { chunkInfos } = fromBinary(fetchChunks.input, frame.data);
    const restored = chunkInfos.map((info) => {
      const table = tableFromIPC(readDataframePart(info));
      const ids = table.getChild("chunk_id");
      const keys = Array.from({ length: table.numRows }, (_, row) =>
        this.#keys.get(hexOf(ids?.get(row) as Uint8Array)),
      );
      if (keys[0] === undefined) return info;
      const values = keys.map((key) => key?.value);
      const changed = withColumns(table, { chunk_key: vectorFromArray(values as never, keys[0]?.type as never) });
      return dataframePart(tableToIPC(changed, "stream") as Uint8Array<ArrayBuffer>);
    });
    return { flags: 0, data: toBinary(fetchChunks.input, create(fetchChunks.input, { chunkInfos: restored })) };
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { method, headers, url = "" } = request;
    if (this.allowsPages)
      for (const [name, value] of Object.entries({ origin: "*", headers: "range, if-match", methods: "GET" }))
        response.setHeader(`access-control-allow-${name}`, value);
    if (method === "OPTIONS") return void response.writeHead(204).end();
    this.requests.push({ range: headers.range, headers });
    const file = this.#files.get(url.split("?")[0]?.slice(1) ?? "");
    const fate = this.fate(request);
    if (typeof fate === "object") return void response.writeHead(fate.status).end("<Error/>");
    if (fate === "silent") return;
    if (file === undefined) return void response.writeHead(404).end();
    const condition = headers["if-match"];
    if (condition !== undefined && condition !== file.etag) return void response.writeHead(412).end();
    if (fate === "whole") return void response.writeHead(200, { etag: file.etag }).end(file.bytes);
    const [, first = "0", last = "0"] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
    const shift = fate === "other-range" ? 1 : 0;
    const [start, end] = [Number(first) + shift, Number(last) + 1 + shift];
    let body = Buffer.from(file.bytes.subarray(start, end));
    if (fate === "other-bytes") body.fill(0x5a, Math.floor(body.length / 3));
    if (fate === "longer") body = Buffer.concat([body, Buffer.alloc(9)]);
    const range = `bytes ${start}-${end - 1}/${file.bytes.length}`;
    response.writeHead(206, { etag: file.etag, "content-range": range, "content-length": body.length });
    if (fate !== "cut") return void response.end(body);
    response.write(body.subarray(0, body.length >> 1), () => response.destroy());
  }
}

function withColumns(table: Table, columns: Readonly<Record<string, Vector>>): Table {
  const all = Object.fromEntries(table.schema.names.map((name) => [name, table.getChild(name)]));
  return new Table({ ...all, ...columns } as never);
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** An encoded `ChunkKey` with an `RrdChunkLocation`. Source: cloud.proto. */
function chunkKey(id: Uint8Array, { url, offset, length, etag }: ChunkOffer): Uint8Array {
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
  const bytes = (number: number, value: Uint8Array): Buffer =>
    Buffer.concat([Uint8Array.from([number * 8 + 2, ...varint(value.length)]), value]);
  // Two numbers of 64 bits, which are little-endian in a message.
  const half = (number: number, value: Uint8Array): Buffer =>
    Buffer.concat([Uint8Array.of(number * 8 + 1), Uint8Array.from(value).toReversed()]);
  const tuid = Buffer.concat([half(1, id.subarray(0, 8)), half(2, id.subarray(8))]);
  const location = Buffer.concat([
    bytes(1, Buffer.from(url)),
    Uint8Array.from([2 * 8, ...varint(offset), 3 * 8, ...varint(length)]),
  ]);
  return Buffer.concat([bytes(1, tuid), Uint8Array.of(2 * 8, 1), bytes(3, location), bytes(4, Buffer.from(etag))]);
}
