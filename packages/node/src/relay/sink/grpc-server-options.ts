import { isIP } from "node:net";
import {
  checkOptions,
  isUint8Array,
  nonNegative,
  type OptionNames,
  invalidArgument,
  argumentError,
} from "@rerun-ts/core/checks";
import { checkAllowHosts, toUrlHost, isLoopback, isUnspecified } from "../../net/host-names.ts";
import { checkGrants, type AccessGrant } from "../http/access-grants.ts";
import { parseMemoryLimit } from "./memory-limit.ts";
import type { RelayTls } from "../http/http-listener.ts";
import type { RelayServerOptions } from "../relay-server.ts";

const DEFAULT_PORT = 9876;
const DEFAULT_READER_BYTES = 64 * 1024 * 1024;

/** Options of {@link GrpcServerSink}. */
export interface GrpcServerSinkOptions {
  /** The port to listen on. 0 takes a free one. Default 9876. */
  port?: number | undefined;
  /**
   * The address to listen on, or `"0.0.0.0"` or `"::"` for all interfaces. Default `"127.0.0.1"`: only this machine can
   * connect.
   */
  bindIp?: string | undefined;
  /**
   * The limit of the history for later viewers: `"1GiB"`, `"500MB"`, `"25%"` of the machine's memory, `"unlimited"` or
   * `"0"`. A number is bytes. Above the limit, the oldest data with time is evicted first, then the oldest static data.
   * Blueprints are kept. Default `"1GiB"`.
   */
  serverMemoryLimit?: string | number | undefined;
  /** Whether later viewers receive the newest data first. Default `false`. */
  newestFirst?: boolean | undefined;
  /**
   * Further origins whose pages may read and write, e.g. `"https://example.com"`. Pages of this machine and of
   * `rerun.io` always may. `*` matches any characters: `"https://*.example.com"`. Default: none.
   */
  corsAllowOrigin?: string | readonly string[] | undefined;
  /**
   * Allowed host names of the server, besides `localhost` and addresses, e.g. `"robot.local"`. `*` matches any
   * characters: `"*.example.com"`. Default: none.
   */
  allowHosts?: string | readonly string[] | undefined;
  /**
   * The token required for logging, sent as `authorization: Bearer <token>`. Rerun's own SDKs cannot send one. Default:
   * none.
   */
  writeToken?: string | undefined;
  /** The token required for reading. Rerun's own viewers cannot send one. Default: none. */
  readToken?: string | undefined;
  /**
   * The rights of further tokens, such as those of single pages. With them every client needs a token, for logging and
   * for reading. Default: none.
   */
  access?: readonly AccessGrant[] | undefined;
  /** A private key and a certificate in PEM format, for encrypted connections (`rerun://`). Default: not encrypted. */
  tls?: { key: string | Buffer; cert: string | Buffer } | undefined;
  /** Whether the process may end although the server listens. Default `false`: it runs until the server is closed. */
  unref?: boolean | undefined;
  /** The maximum size of evicted data kept in memory for one slow reader, in bytes. Default 64 MiB. */
  maxReaderBytes?: number | undefined;
  /**
   * Whether to serve from a worker thread, so a loop that never yields keeps streaming. Default `"auto"`: everywhere
   * but on Bun, where it is not reliable.
   */
  thread?: boolean | "auto" | undefined;
}

export const GRPC_SERVER_OPTIONS: OptionNames<GrpcServerSinkOptions> = {
  port: 1,
  bindIp: 1,
  serverMemoryLimit: 1,
  newestFirst: "boolean",
  corsAllowOrigin: 1,
  allowHosts: 1,
  writeToken: 1,
  readToken: 1,
  access: 1,
  tls: 1,
  unref: "boolean",
  maxReaderBytes: 1,
  thread: 1,
};

/** The checked options, complete with defaults. */
export interface GrpcServerSettings {
  readonly server: RelayServerOptions;
  readonly isUnref: boolean;
  readonly usesWorker: boolean;
  /** The warning about a server that everyone can connect to. */
  readonly notice: string | undefined;
}

/** Checks the options. @throws {TypeError} if one is wrong */
export function checkServerOptions(owner: string, options: GrpcServerSinkOptions = {}): GrpcServerSettings {
  checkOptions(owner, options, GRPC_SERVER_OPTIONS);
  const { thread = "auto" } = options;
  if (thread !== true && thread !== false && thread !== "auto")
    throw invalidArgument("thread", 'true, false or "auto"', thread);
  const server: RelayServerOptions = {
    port: portNumber(options.port),
    bindIp: address(options.bindIp),
    memoryLimit: parseMemoryLimit("serverMemoryLimit", options.serverMemoryLimit ?? "1GiB"),
    isNewestFirst: options.newestFirst ?? false,
    maxReaderBytes: nonNegative("maxReaderBytes", options.maxReaderBytes ?? DEFAULT_READER_BYTES),
    corsAllowOrigin: origins(options.corsAllowOrigin),
    allowHosts: checkAllowHosts(options.allowHosts),
    writeToken: token("writeToken", options.writeToken),
    readToken: token("readToken", options.readToken),
    access: options.access && checkGrants("access", options.access),
    tls: tlsFiles(options.tls),
  };
  return {
    server,
    isUnref: options.unref ?? false,
    // On Bun, the readers of a worker may lack the newest rows when it ends.
    usesWorker: thread === "auto" ? !("bun" in process.versions) : thread,
    notice: describeOpenAccess(server),
  };
}

/** The proxy URL of a server, in Rerun's form. */
export function serverUrl({ bindIp, tls }: RelayServerOptions, port: number): string {
  const host = isUnspecified(bindIp) ? "127.0.0.1" : toUrlHost(bindIp);
  return `${tls === undefined ? "rerun+http" : "rerun"}://${host}:${port}/proxy`;
}

/**
 * A warning if other machines can connect without a token, or `undefined`. `names` are the names of the options in the
 * warning, in the order `readToken`, `writeToken`, `bindIp`.
 */
export function describeOpenAccess(
  { bindIp, writeToken, readToken, access }: RelayServerOptions,
  names: readonly [string, string, string] = ["readToken", "writeToken", "bindIp"],
): string | undefined {
  if (isLoopback(bindIp) || [writeToken, readToken, access].some((given) => given !== undefined)) return undefined;
  return `everyone who can connect to ${toUrlHost(bindIp)} can read what this program logs, and log to it; set \`${names[0]}\` and \`${names[1]}\`, or \`${names[2]}\` to "127.0.0.1"`;
}

/** Whether other machines can log without a token. */
export function hasAnonymousWriters({ bindIp, writeToken, access }: RelayServerOptions): boolean {
  return !isLoopback(bindIp) && writeToken === undefined && access === undefined;
}

function portNumber(port: number = DEFAULT_PORT): number {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw invalidArgument("port", "an integer from 0 to 65535", port);
}

function address(bindIp: string = "127.0.0.1"): string {
  const plain = typeof bindIp === "string" ? bindIp.replace(/^\[(.*)\]$/, "$1") : "";
  if (plain === "localhost") return "127.0.0.1";
  if (isIP(plain) !== 0) return plain;
  throw invalidArgument("bindIp", 'an IP address, e.g. "127.0.0.1", "0.0.0.0" or "::1"', bindIp);
}

function origins(corsAllowOrigin: GrpcServerSinkOptions["corsAllowOrigin"] = []): readonly string[] {
  const all: readonly unknown[] = typeof corsAllowOrigin === "string" ? [corsAllowOrigin] : corsAllowOrigin;
  if (Array.isArray(all) && all.every((value) => typeof value === "string" && value !== ""))
    return (all as string[]).map(originPattern);
  throw invalidArgument("corsAllowOrigin", "a non-empty string or an array of them", corsAllowOrigin);
}

/** Checks the pattern of an origin. Anything after the port, such as a slash, would never match. */
function originPattern(pattern: string): string {
  const isOrigin = pattern.includes("*") ? /^(?:[^/]*:\/\/)?[^/\s]+$/ : /^(?:[a-z][a-z\d+.-]*:\/\/[^/?#\s]+|null)$/i;
  if (!isOrigin.test(pattern))
    throw invalidArgument(
      "corsAllowOrigin",
      'an origin without a path, e.g. "https://example.com", or a pattern such as "https://*.example.com:*"',
      pattern,
    );
  return pattern;
}

/** Checks a token, which must be valid in a header. */
function token(name: keyof GrpcServerSinkOptions, value: string | undefined): string | undefined {
  if (value === undefined || (typeof value === "string" && /^[\x21-\x7e]+$/.test(value))) return value;
  // The message omits the value, because messages end up in logs.
  throw argumentError(name, `\`${name}\` must be a non-empty string of ASCII characters without spaces`);
}

function tlsFiles(tls: GrpcServerSinkOptions["tls"]): RelayTls | undefined {
  if (tls === undefined) return undefined;
  const isPem = (value: unknown): boolean => (typeof value === "string" && value !== "") || isUint8Array(value);
  if (typeof tls === "object" && tls !== null && isPem(tls.key) && isPem(tls.cert)) return tls;
  throw argumentError("tls", "`tls` must be { key, cert }, each a string or bytes in PEM format");
}
