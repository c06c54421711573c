import { isIP } from "node:net";
import { describeUnknown, describeValue, notNegative } from "@rerun-ts/core/internal";
import { inUrl, isLoopback, isUnspecified } from "./host-name.ts";
import { parseMemoryLimit } from "./memory-limit.ts";
import type { RelayTls } from "./one-port.ts";
import type { RelayServerOptions } from "./relay-server.ts";

const DEFAULT_PORT = 9876;
const DEFAULT_READER_BYTES = 64 * 1024 * 1024;

/** Options of {@link GrpcServerSink}. */
export interface GrpcServerSinkOptions {
  /** Where to listen; 0 takes a port that is free. Default 9876. */
  port?: number | undefined;
  /** The address to listen on: `"0.0.0.0"` or `"::"` for all of the machine. Default `"127.0.0.1"`: this machine only. */
  bindIp?: string | undefined;
  /**
   * How much is kept for viewers that come later: `"1GiB"`, `"500MB"`, `"25%"` of the machine's memory, `"unlimited"`, `"0"`;
   * a number is bytes. Then the oldest data with time goes, then the oldest without; blueprints stay. Default `"1GiB"`.
   */
  serverMemoryLimit?: string | number | undefined;
  /** Send viewers that come later the newest data first. Default `false`. */
  newestFirst?: boolean | undefined;
  /**
   * Origins of pages that may read and write, besides those of this machine and `rerun.io`: `"https://example.com"`, with `*` for
   * anything, e.g. `"https://*.example.com"`.
   */
  corsAllowOrigin?: string | readonly string[] | undefined;
  /** Names by which this machine may be addressed, besides `localhost` and addresses: `"robot.local"`, `"*.example.com"`. */
  allowHosts?: string | readonly string[] | undefined;
  /** Whoever logs must show this, as `authorization: Bearer <token>`. Stock SDKs of Rerun cannot. */
  writeToken?: string | undefined;
  /** Whoever reads must show this. Stock viewers cannot. */
  readToken?: string | undefined;
  /** A key and a certificate, in PEM, for encrypted connections: `rerun://`. */
  tls?: { key: string | Buffer; cert: string | Buffer } | undefined;
  /** Let the program end although the server could go on. Default `false`: it runs until it is closed. */
  unref?: boolean | undefined;
  /** Bytes that may be kept for the sake of a reader that is behind, besides what is kept anyway. Default 64 MiB. */
  maxReaderBytes?: number | undefined;
  /** Serve from a worker thread, so that loops which never let go keep streaming. Default `"auto"`: if there can be one. */
  worker?: boolean | "auto" | undefined;
}

const OPTIONS: Readonly<Record<keyof GrpcServerSinkOptions, 1>> = {
  port: 1,
  bindIp: 1,
  serverMemoryLimit: 1,
  newestFirst: 1,
  corsAllowOrigin: 1,
  allowHosts: 1,
  writeToken: 1,
  readToken: 1,
  tls: 1,
  unref: 1,
  maxReaderBytes: 1,
  worker: 1,
};

/** Options that were checked, with their defaults. */
export interface GrpcServerSettings {
  readonly server: RelayServerOptions;
  readonly isUnref: boolean;
  readonly usesWorker: boolean;
  /** What users should be told: options that do not exist, and doors that are open. */
  readonly notices: readonly string[];
}

/** Checks the options. @throws {TypeError} that names the wrong one */
export function checkServerOptions(owner: string, options: GrpcServerSinkOptions = {}): GrpcServerSettings {
  if (typeof options !== "object" || options === null) throw wrong("options", "an object", options);
  const { worker = "auto" } = options;
  if (worker !== true && worker !== false && worker !== "auto") throw wrong("worker", 'true, false or "auto"', worker);
  const server: RelayServerOptions = {
    port: portNumber(options.port),
    bindIp: address(options.bindIp),
    memoryLimit: parseMemoryLimit("serverMemoryLimit", options.serverMemoryLimit ?? "1GiB"),
    isNewestFirst: flag("newestFirst", options.newestFirst),
    maxReaderBytes: notNegative("maxReaderBytes", options.maxReaderBytes ?? DEFAULT_READER_BYTES),
    corsAllowOrigin: texts("corsAllowOrigin", options.corsAllowOrigin),
    allowHosts: texts("allowHosts", options.allowHosts),
    writeToken: token("writeToken", options.writeToken),
    readToken: token("readToken", options.readToken),
    tls: tlsFiles(options.tls),
  };
  const notices = [describeUnknown(owner, options, OPTIONS), openDoors(server)];
  return {
    server,
    isUnref: flag("unref", options.unref),
    usesWorker: worker !== false,
    notices: notices.filter((notice) => notice !== undefined),
  };
}

/** The address of a server as Rerun writes it. */
export function serverUrl({ bindIp, tls }: RelayServerOptions, port: number): string {
  const host = isUnspecified(bindIp) ? "127.0.0.1" : inUrl(bindIp);
  return `${tls === undefined ? "rerun+http" : "rerun"}://${host}:${port}/proxy`;
}

function openDoors({ bindIp, writeToken, readToken }: RelayServerOptions): string | undefined {
  if (isLoopback(bindIp) || writeToken !== undefined || readToken !== undefined) return undefined;
  return `everyone who reaches ${inUrl(bindIp)} can read what this program logs, and add to it: set \`readToken\` and \`writeToken\`, or let \`bindIp\` be "127.0.0.1"`;
}

function wrong(name: string, expected: string, value: unknown): TypeError {
  return new TypeError(`\`${name}\` must be ${expected}, got ${describeValue(value)}`);
}

function portNumber(port: number = DEFAULT_PORT): number {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw wrong("port", "a whole number from 0 to 65535", port);
}

function address(bindIp: string = "127.0.0.1"): string {
  const plain = typeof bindIp === "string" ? bindIp.replace(/^\[(.*)\]$/, "$1") : "";
  if (plain === "localhost") return "127.0.0.1";
  if (isIP(plain) !== 0) return plain;
  throw wrong("bindIp", 'an IP address, e.g. "127.0.0.1", "0.0.0.0" or "::1"', bindIp);
}

function flag(name: keyof GrpcServerSinkOptions, value: boolean | undefined): boolean {
  if (value === undefined || typeof value === "boolean") return value ?? false;
  throw wrong(name, "true or false", value);
}

function texts(name: keyof GrpcServerSinkOptions, values: string | readonly string[] = []): readonly string[] {
  const all: readonly unknown[] = typeof values === "string" ? [values] : values;
  if (Array.isArray(all) && all.every((value) => typeof value === "string" && value !== "")) return all as string[];
  throw wrong(name, "a text or an array of texts", values);
}

/** Tokens go into headers: what cannot stand there would never fit. */
function token(name: keyof GrpcServerSinkOptions, value: string | undefined): string | undefined {
  if (value === undefined || (typeof value === "string" && /^[\x21-\x7e]+$/.test(value))) return value;
  // Not the value: it would end up in logs.
  throw new TypeError(`\`${name}\` must be a text of ASCII characters without spaces that is not empty`);
}

function tlsFiles(tls: GrpcServerSinkOptions["tls"]): RelayTls | undefined {
  if (tls === undefined) return undefined;
  const isPem = (value: unknown): boolean => (typeof value === "string" && value !== "") || value instanceof Uint8Array;
  if (typeof tls === "object" && tls !== null && isPem(tls.key) && isPem(tls.cert)) return tls;
  throw new TypeError("`tls` must be { key, cert }, each a text or bytes in PEM");
}
