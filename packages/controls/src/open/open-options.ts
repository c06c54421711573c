import { argumentError, checkOptions, invalidArgument, isUint8Array, type OptionNames } from "@rerun-ts/core/checks";
import { parseWebSocketUrl } from "@rerun-ts/core/transport";
import type { ControlToken } from "../protocol.ts";

const DEFAULT_TIMEOUT_MS = 10_000;
const MIN_TOKEN = 16;
/** Names of who changes values without a panel. */
const OWN_NAMES: ReadonlySet<string> = new Set(["program", "start", "replay"]);

/** Options of {@link openControls}. */
export interface OpenControlsOptions {
  /**
   * The relay that passes the controls on, as `ws://…/ws` or the proxy URL of its viewers. Default: the relay of the
   * recording, by `serveGrpc` or a WebSocket sink; without one, a small server of its own on Node.
   */
  url?: string | URL | undefined;
  /** The token that the relay wants for writing. Default: that of `serveGrpc`. */
  token?: string | undefined;
  /**
   * The tokens of panels, by the names of who has them: at least 16 ASCII characters without spaces. Recordings have
   * the names. Default: one with the name `panel`, random at each start.
   */
  tokens?: Readonly<Record<string, string>> | undefined;
  /** Whether one panel controls at a time. Default `false`. */
  exclusive?: boolean | undefined;
  /** Longest time of a handler, in milliseconds. After that time the panel shows a timeout. Default 10,000. */
  timeoutMs?: number | undefined;
  /**
   * The address of a server of its own for panels on other machines, such as `"0.0.0.0"`. On Node only. Default: only
   * this machine can control.
   */
  bindIp?: string | undefined;
  /** The port of the server of its own. Default 0, a free one. */
  port?: number | undefined;
  /** A private key and a certificate in PEM format for the server of its own. Default: not encrypted. */
  tls?: { key: string | Uint8Array; cert: string | Uint8Array } | undefined;
  /** Host names of the server of its own, besides `localhost` and addresses, e.g. `"robot.local"`. Default: none. */
  allowHosts?: string | readonly string[] | undefined;
  /** Whether to serve the page with the viewer and the panel. Default `true` on Node. Pages never do. */
  page?: boolean | undefined;
  /**
   * The source of the viewer in the page: `"npm"` for the package `@rerun-io/web-viewer`, `"pypi"` for Rerun's package
   * for notebooks, which pip downloads once (17 MB), or the path of a folder. Default `"auto"`: the package of the
   * matching version, or else the download.
   */
  assets?: string | undefined;
  /** Whether the process may end although the controls are open. Default `false`. */
  unref?: boolean | undefined;
  /** Called with warnings. Default: prints them. */
  onWarning?: ((message: string) => void) | undefined;
}

const KNOWN: OptionNames<OpenControlsOptions> = {
  url: 1,
  token: 1,
  tokens: 1,
  exclusive: "boolean",
  timeoutMs: 1,
  bindIp: 1,
  port: 1,
  tls: 1,
  allowHosts: 1,
  page: "boolean",
  assets: 1,
  unref: "boolean",
  onWarning: "function",
};

/** The options of a server of its own. */
const OF_OWN_SERVER = ["port", "tls", "allowHosts"] as const;

/** Checked options, complete with defaults. */
export interface OpenSettings {
  /** The URL for WebSockets. */
  readonly url: string | undefined;
  readonly token: string | undefined;
  readonly tokens: readonly ControlToken[];
  readonly exclusive: boolean;
  readonly timeoutMs: number;
  readonly bindIp: string | undefined;
  readonly port: number;
  readonly tls: OpenControlsOptions["tls"];
  readonly allowHosts: string | readonly string[] | undefined;
  /** The options that were given for a server of its own. */
  readonly ofOwnServer: readonly string[];
  readonly servesPage: boolean;
  readonly assets: string;
  readonly isUnref: boolean;
  readonly onWarning: (message: string) => void;
}

/** Checks the options. Messages omit tokens. @throws {TypeError} naming the option that is wrong */
export function checkOpenOptions(options: OpenControlsOptions = {}, randomToken: () => string): OpenSettings {
  checkOptions("openControls", options, KNOWN);
  const {
    url,
    token,
    timeoutMs = DEFAULT_TIMEOUT_MS,
    bindIp,
    port = 0,
    tls,
    unref = false,
    page = true,
    assets = "auto",
  } = options;
  if (token !== undefined && !isToken(token, 1))
    throw argumentError("token", "`token` must be a non-empty string of ASCII characters without spaces");
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > 3_600_000)
    throw invalidArgument("timeoutMs", "an integer from 1 to 3600000", timeoutMs);
  if (bindIp !== undefined && typeof bindIp !== "string")
    throw invalidArgument("bindIp", 'an IP address, e.g. "0.0.0.0"', bindIp);
  if (typeof assets !== "string" || assets === "")
    throw invalidArgument("assets", '"auto", "npm", "pypi", or the path of a folder', assets);
  if (bindIp !== undefined && url !== undefined)
    throw argumentError("bindIp", "`bindIp` starts a server of its own, and `url` names another: give one of them");
  for (const name of OF_OWN_SERVER)
    if (options[name] !== undefined && url !== undefined)
      throw argumentError(
        name,
        `\`${name}\` is for a server of its own, and \`url\` names another: remove one of them`,
      );
  if (tls !== undefined && (typeof tls !== "object" || !isPem(tls.key) || !isPem(tls.cert)))
    throw argumentError("tls", "`tls` must have a `key` and a `cert` in PEM format: strings or bytes");
  return {
    url: url === undefined ? undefined : parseWebSocketUrl(url).href,
    token,
    tokens: checkTokens(options.tokens, randomToken),
    exclusive: options.exclusive ?? false,
    timeoutMs,
    bindIp,
    port,
    tls,
    allowHosts: options.allowHosts,
    ofOwnServer: OF_OWN_SERVER.filter((name) => options[name] !== undefined),
    servesPage: page,
    assets,
    isUnref: unref,
    onWarning: options.onWarning ?? ((message) => console.warn(`[rerun] ${message}`)),
  };
}

function isPem(value: unknown): boolean {
  return (typeof value === "string" && value !== "") || isUint8Array(value);
}

function checkTokens(tokens: OpenControlsOptions["tokens"], randomToken: () => string): readonly ControlToken[] {
  if (tokens === undefined) return [{ name: "panel", token: randomToken() }];
  const entries: readonly [string, unknown][] =
    typeof tokens === "object" && tokens !== null && !Array.isArray(tokens) ? Object.entries(tokens) : [];
  if (entries.length === 0 || entries.length > 32)
    throw argumentError("tokens", "`tokens` must be an object with 1 to 32 tokens by name, such as { ann: TOKEN }");
  for (const [name, token] of entries) {
    if (name === "" || name.length > 64 || OWN_NAMES.has(name))
      throw argumentError(
        "tokens",
        `the name ${JSON.stringify(name)} in \`tokens\` must be another one of 1 to 64 characters: recordings have ${[...OWN_NAMES].join(", ")} for changes without a panel`,
      );
    if (!isToken(token, MIN_TOKEN))
      throw argumentError("tokens", `\`tokens.${name}\` must be ${MIN_TOKEN} to 256 ASCII characters without spaces`);
  }
  if (new Set(Object.values(tokens)).size < entries.length)
    throw argumentError("tokens", "`tokens` must be different from each other");
  return entries.map(([name, token]) => ({ name, token: token as string }));
}

function isToken(token: unknown, min: number): boolean {
  return typeof token === "string" && token.length >= min && token.length <= 256 && /^[\x21-\x7e]+$/.test(token);
}
