import { argumentError, invalidArgument, maskUrl } from "@rerun-ts/core/checks";

const DEFAULT_PORT = "4222";

/** The servers of a cluster, and the login in their addresses. */
export interface NatsAddress {
  /** The addresses without credentials, for messages. */
  readonly href: string;
  /** Hosts and ports. */
  readonly servers: string[];
  readonly isTls: boolean;
  readonly login: { readonly user?: string; readonly pass?: string; readonly token?: string };
}

/**
 * Parses addresses such as `nats://host:4222`, `tls://host` and `nats://user:password@a,nats://user:password@b`. A name
 * without a password is a token.
 *
 * @throws {TypeError} that names the argument
 */
export function parseNatsUrl(url: string | URL, argument = "url"): NatsAddress {
  const parsed = String(url)
    .split(",")
    .map((text) => parseOne(text.trim(), url, argument));
  const [first] = parsed as [URL, ...URL[]];
  const [name, pass] = [decode(first.username, argument), decode(first.password, argument)];
  const isTls = first.protocol === "tls:";
  const servers = parsed.map(({ hostname, port }) => `${hostname}:${port || DEFAULT_PORT}`);
  return {
    href: servers.map((server) => `${isTls ? "tls" : "nats"}://${server}`).join(","),
    servers,
    isTls,
    login: name === "" ? {} : pass === "" ? { token: name } : { user: name, pass },
  };
}

function parseOne(text: string, given: string | URL, argument: string): URL {
  const isNats = /^(?:nats|tls):\/\/[^/]/.test(text) && URL.canParse(text) && new URL(text).hostname !== "";
  // The message omits the login, which may contain a password.
  if (!isNats) throw invalidArgument(argument, "an address such as nats://127.0.0.1:4222", maskUrl(given));
  return new URL(text);
}

/** Decodes a name or a password. @throws {TypeError} without them */
function decode(text: string, argument: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw argumentError(argument, `\`${argument}\` has a login with a \`%\` that must be written as %25`);
  }
}
