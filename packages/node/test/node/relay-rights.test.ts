// Every kind of token against every call of a relay.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  PROTOCOL_VERSION,
  PROXY_SERVICE_PATH,
  SUBPROTOCOL,
  encodeData,
  encodeHello,
  tokenSubprotocol,
} from "@rerun-ts/core/transport";
import { serve } from "@rerun-ts/node";
import { Http2Client, endOf, frameOf, httpUrl } from "@rerun-ts/test-support/node/relay-client";
import { messageOf } from "@rerun-ts/test-support/node/relay-messages";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";

/** Each token has the name of its column in {@link RIGHTS}. */
const ACCESS: readonly serve.AccessGrant[] = [
  { token: "nothing" },
  { token: "read", read: true },
  { token: "write", write: true },
  { token: "both", read: true, write: true },
  { token: "read-r", read: true, recordings: "r" },
  { token: "write-r", write: true, recordings: "r" },
  { token: "read-x", read: true, recordings: "x" },
  { token: "write-x", write: true, recordings: "x" },
];

/**
 * What a call does with each token: `yes`, `no` (the token has not this right, or is none), or `part` (the token has
 * the right, and not for this recording, or not for tables). All calls write the recording `r`.
 */
const RIGHTS = `
                     none  wrong nothing read write both read-r write-r read-x write-x
grpc WriteMessages   no    no    no      no   yes   yes  no     yes     no     part
grpc WriteTable      no    no    no      no   yes   yes  no     part    no     part
grpc ReadMessages    no    no    no      yes  no    yes  yes    no      yes    no
grpc ReadTables      no    no    no      yes  no    yes  part   no      part   no
web WriteMessages    no    no    no      no   yes   yes  no     yes     no     part
web WriteTable       no    no    no      no   yes   yes  no     part    no     part
web ReadMessages     no    no    no      yes  no    yes  yes    no      yes    no
web ReadTables       no    no    no      yes  no    yes  part   no      part   no
text WriteMessages   no    no    no      no   yes   yes  no     yes     no     part
text ReadMessages    no    no    no      yes  no    yes  yes    no      yes    no
plain WriteMessages  no    no    no      no   yes   yes  no     yes     no     part
socket protocol      no    no    no      no   yes   yes  no     yes     no     part
socket header        no    no    no      no   yes   yes  no     yes     no     part
post hello           no    no    no      no   yes   yes  no     yes     no     part
get /stats           no    no    no      yes  no    yes  yes    no      yes    no
get /healthz         yes   yes   yes     yes  yes   yes  yes    yes     yes    yes
`;

type Outcome = "yes" | "no" | "part";
type Call = (server: serve.GrpcServer, token: string | undefined) => Promise<Outcome>;

const [header = "", ...lines] = RIGHTS.trim().split("\n");
const tokens = header.trim().split(/\s+/);

const message = (): ReturnType<typeof messageOf> => messageOf("a1");
/** The body of a call: a message, a table whose contents the relay does not read, or nothing. */
const BODIES: Readonly<Record<string, () => Uint8Array<ArrayBuffer>>> = {
  WriteMessages: () => Buffer.concat([frameOf(messageOf("i1")), frameOf(message())]),
  WriteTable: () => Buffer.from([0, 0, 0, 0, 7, 0x0a, 2, 0x0a, 0, 0x12, 1, 9]),
  ReadMessages: () => Buffer.from([0, 0, 0, 0, 0]),
  ReadTables: () => Buffer.from([0, 0, 0, 0, 0]),
};

const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

function outcomeOfStatus(status: number | undefined): Outcome {
  // Readers that are let in have no status as long as they read.
  if (status === undefined || status === 0) return "yes";
  if (status === 16) return "no";
  if (status === 7) return "part";
  throw new Error(`unexpected status ${status}`);
}

const grpc =
  (method: string): Call =>
  async (server, token) => {
    const client = new Http2Client(server.url);
    const stream = client.begin(method, bearer(token));
    const end = endOf(stream);
    stream.end(BODIES[method]?.());
    const begun = once(stream, "response").then(
      ([headers]: Record<string, unknown>[]):
        | { status: number | undefined }
        | Promise<{ status: number | undefined }> => {
        if (headers?.["grpc-status"] !== undefined || method.startsWith("Write")) return end;
        return { status: undefined };
      },
    );
    const { status } = await Promise.race([end, begun]);
    client.close();
    return outcomeOfStatus(status);
  };

/** gRPC-web, as bytes or as text, or as the plain text of a page that is unloaded. */
const web =
  (method: string, contentType: string): Call =>
  async (server, token) => {
    const abort = new AbortController();
    const body = BODIES[method]?.() ?? new Uint8Array(0);
    const isText = contentType.includes("text+proto");
    const response = await fetch(`${httpUrl(server.url)}${PROXY_SERVICE_PATH}${method}`, {
      method: "POST",
      headers: { "content-type": contentType, accept: contentType, ...bearer(token) },
      body: isText ? Buffer.from(body).toString("base64") : body,
      signal: abort.signal,
    });
    const inHeaders = response.headers.get("grpc-status");
    let status = inHeaders === null ? undefined : Number(inHeaders);
    if (status === undefined && method.startsWith("Write")) {
      const text = await response.text();
      // Each part of the response is padded by itself.
      const parts = text.match(/[\w+/]+={0,2}/g) ?? [];
      const trailers = isText ? parts.map((part) => Buffer.from(part, "base64").toString()).join("") : text;
      status = Number(/grpc-status: ?(\d+)/.exec(trailers)?.[1]);
    }
    abort.abort();
    return outcomeOfStatus(status);
  };

const helloOf = (token?: string): Uint8Array =>
  encodeHello({
    version: PROTOCOL_VERSION,
    session: randomBytes(16),
    first: 1,
    applicationId: "tests",
    recordingId: "r",
    software: "test",
    token: token === undefined ? undefined : tokenSubprotocol(token),
  });

/** A WebSocket with the token in its subprotocols, or in a header, that sends a message. */
const socket =
  (isInHeader: boolean): Call =>
  async (server, token) => {
    const protocols = [SUBPROTOCOL, ...(token === undefined || isInHeader ? [] : [tokenSubprotocol(token)])];
    const url = `${httpUrl(server.url).replace("http", "ws")}/ws`;
    const client = new WebSocket(url, protocols, { headers: isInHeader ? bearer(token) : {} });
    return new Promise<Outcome>((resolve, reject) => {
      client.on("unexpected-response", (_, { statusCode }) =>
        statusCode === 401 ? resolve("no") : reject(new Error(`unexpected status ${statusCode}`)),
      );
      client.on("error", reject);
      client.on("close", (_, reason) =>
        /does not allow/.test(String(reason)) ? resolve("part") : reject(new Error(String(reason))),
      );
      let isWelcome = false;
      client.on("open", () => client.send(helloOf()));
      client.on("message", (bytes: Buffer) => {
        if (!isWelcome) {
          isWelcome = true;
          client.send(encodeData(1, [messageOf("i1"), message()]));
          return;
        }
        // Either an acknowledgement, or the reason of a rejection.
        resolve(bytes.includes("does not allow") ? "part" : "yes");
      });
    }).finally(() => client.terminate());
  };

/** The request of a page that is unloaded. */
const post: Call = async (server, token) => {
  const frames = [helloOf(token), encodeData(1, [messageOf("i1"), message()])];
  const sized = frames.flatMap((frame) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(frame.byteLength);
    return [length, frame];
  });
  const response = await fetch(`${httpUrl(server.url)}/ws`, {
    method: "POST",
    body: Buffer.concat(sized),
    headers: { "content-type": "text/plain" },
  });
  return outcomeOfHttp(response.status);
};

const get =
  (path: string): Call =>
  async (server, token) =>
    outcomeOfHttp((await fetch(httpUrl(server.url) + path, { headers: bearer(token) })).status);

function outcomeOfHttp(status: number): Outcome {
  if (status < 300) return "yes";
  if (status === 401) return "no";
  if (status === 403) return "part";
  throw new Error(`unexpected status ${status}`);
}

function callOf(kind: string, name: string): Call {
  switch (kind) {
    case "grpc":
      return grpc(name);
    case "web":
      return web(name, "application/grpc-web+proto");
    case "text":
      return web(name, "application/grpc-web-text+proto");
    case "plain":
      return web(name, "text/plain");
    case "socket":
      return socket(name === "header");
    case "post":
      return post;
    default:
      return get(name);
  }
}

async function startRelay(options: Parameters<typeof serve.serveGrpcRelay>[0]): Promise<serve.GrpcServer> {
  const server = await serve.serveGrpcRelay({ port: 0, thread: false, ...options });
  onTestFinished(() => server.close());
  return server;
}

/** The outcome of a call with each token. */
async function rowOf(server: serve.GrpcServer, call: Call, all: readonly string[]): Promise<readonly Outcome[]> {
  const row: Outcome[] = [];
  for (const token of all) row.push(await call(server, token === "none" ? undefined : token));
  return row;
}

describe("a token of a relay", () => {
  it.each(lines.map((line) => line.trim().split(/\s+/)))(
    "has exactly its own rights in the call %s %s",
    async (kind = "", name = "", ...expected) => {
      const row = await rowOf(await startRelay({ access: ACCESS }), callOf(kind, name), tokens);
      expect(Object.fromEntries(tokens.map((token, index) => [token, row[index]]))).toEqual(
        Object.fromEntries(tokens.map((token, index) => [token, expected[index]])),
      );
    },
  );

  it.each([
    [{ writeToken: "write" }, ["no", "no", "yes"], ["yes", "yes", "yes"]],
    [{ readToken: "read" }, ["yes", "yes", "yes"], ["no", "yes", "no"]],
    [{ writeToken: "write", readToken: "read" }, ["no", "no", "yes"], ["no", "yes", "no"]],
    // With `access`, whatever has no token of its own needs one, too.
    [{ writeToken: "write", access: [{ token: "read", read: true }] }, ["no", "no", "yes"], ["no", "yes", "no"]],
  ] as const)("of the options %j has the right of its option in each call", async (options, writes, reads) => {
    const server = await startRelay(options as Parameters<typeof serve.serveGrpcRelay>[0]);
    for (const line of lines.slice(0, -1)) {
      const [kind = "", name = ""] = line.trim().split(/\s+/);
      const isRead = name.startsWith("Read") || kind === "get";
      const row = await rowOf(server, callOf(kind, name), ["none", "read", "write"]);
      expect([kind, name, ...row]).toEqual([kind, name, ...(isRead ? reads : writes)]);
    }
  });

  it("is compared as a whole, and with its case", async () => {
    const server = await startRelay({ access: ACCESS });
    for (const token of ["rea", "READ", "read2", "ead", ""])
      expect([token, await grpc("ReadMessages")(server, token)]).toEqual([token, "no"]);
  });
});
