import { parseProxyUrl } from "@rerun-ts/core/transport";
import type { FlagValues } from "../command/command-table.ts";
import { UsageError } from "../command/usage-error.ts";
import type { CONTROLS_FLAGS } from "./controls-flags.ts";

/** A relay with controls, and the token for them. */
export interface ControlPlace {
  /** The URL without a path, such as `http://127.0.0.1:9876`. */
  readonly origin: string;
  readonly token: string;
  readonly recording: string | undefined;
  readonly isJson: boolean;
}

/** The relay and the token of a command line. @throws {UsageError} if one is missing. The message omits the token */
export function placeOf(
  values: FlagValues<typeof CONTROLS_FLAGS> & { readonly positionals: readonly string[] },
): ControlPlace {
  const [given = ""] = values.positionals;
  const url = parse(given);
  const page = new URLSearchParams(url.hash.slice(1)).get("control");
  const relay = url.searchParams.get("relay");
  const token = values.token ?? page ?? undefined;
  if (token === undefined)
    throw new UsageError("a token for control is missing: use `--token`, or the URL of the page");
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new UsageError("the token for control must be ASCII characters without spaces");
  const origin = relay === null ? originOf(url) : originOf(parse(relay));
  return { origin, token, recording: values.recording, isJson: values.json };
}

function parse(text: string): URL {
  if (/^rerun(\+https?)?:/.test(text)) return new URL(parseProxyUrl(text).origin);
  try {
    const url = new URL(text);
    if (/^(?:http|ws)s?:$/.test(url.protocol)) return url;
  } catch {
    // The error names the argument.
  }
  throw new UsageError("the URL must be that of the page, or of the relay, such as http://127.0.0.1:9876");
}

function originOf(url: URL): string {
  return `${url.protocol.replace(/^ws/, "http")}//${url.host}`;
}
