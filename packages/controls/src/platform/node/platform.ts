import { randomBytes } from "node:crypto";
import { RerunError, type RecordingStream } from "@rerun-ts/core";
import type * as relay from "@rerun-ts/node/relay";
import type { OpenSettings } from "../../open/open-options.ts";
import { parseWebSocketUrl } from "@rerun-ts/core/transport";
import type { ControlRelay, ControlSocket, PanelPage, Platform } from "../platform.ts";
import { urlOfSink } from "../page/platform.ts";
import { serveFolder } from "./serve-folder.ts";

/** The entry point of the package for Node that has the relay. */
type RelayModule = typeof relay;

/** Controls of a program on Node: it uses the relay of its recording, or starts one. */
export const platform: Platform = {
  async findRelay(recording, options, page): Promise<ControlRelay> {
    const node = await import("@rerun-ts/node/relay").catch((error: unknown) => {
      throw new RerunError("UNSUPPORTED", "controls on Node need the package @rerun-ts/node", { cause: error });
    });
    const { url, token, bindIp } = options;
    if (bindIp !== undefined) return ownRelay(node, options, page);
    const named = url ?? urlOfSink(recording);
    const warnUnused = (): void => {
      const { ofOwnServer, onWarning } = options;
      if (ofOwnServer.length === 0) return;
      const names = ofOwnServer.map((name) => `\`${name}\``).join(", ");
      onWarning(`the relay of the recording has the controls, so ${names} has no effect: set \`bindIp\` for a server`);
    };
    if (named !== undefined) {
      warnUnused();
      return joined(node, { url: named, token, isRemote: true });
    }
    const endpoint = endpointOf(node, recording);
    if (endpoint === undefined) return ownRelay(node, options, page);
    warnUnused();
    if (endpoint.lacksToken && token === undefined)
      throw new RerunError("INVALID_ARGUMENT", "the relay of the recording has `access`: give the `token` of a writer");
    return joined(node, {
      url: endpoint.url,
      viewerUrl: endpoint.viewerUrl,
      token: token ?? endpoint.token,
      isRemote: false,
    });
  },
  servePage: (options) => serveFolder(options),
  randomToken: () => randomBytes(32).toString("hex"),
};

function endpointOf(node: RelayModule, recording: RecordingStream): relay.RelayEndpoint | undefined {
  for (const sink of recording.sinks) {
    const endpoint = node.relayEndpointOf(sink);
    if (endpoint !== undefined) return endpoint;
  }
  return undefined;
}

/** Starts a relay that passes controls on, and nothing else. */
async function ownRelay(
  node: RelayModule,
  { bindIp = "127.0.0.1", port, tls, allowHosts, isUnref, onWarning }: OpenSettings,
  page: PanelPage | undefined,
): Promise<ControlRelay> {
  const isLocal = node.isLoopback(bindIp);
  if (!isLocal && tls === undefined)
    onWarning(`controls at ${bindIp} are not encrypted: everyone in the network can read the token; set \`tls\``);
  const [token, readToken] = [platform.randomToken(), platform.randomToken()];
  const server = await node.serveGrpcRelay({
    port,
    bindIp,
    tls: tls && { key: node.pem(tls.key), cert: node.pem(tls.cert) },
    allowHosts,
    corsAllowOrigin: page === undefined ? [] : [`*://*:${new URL(page.url).port}`],
    writeToken: token,
    readToken,
    serverMemoryLimit: 0,
    unref: isUnref,
  });
  const url = server.url.replace(/^rerun(\+http)?:/, (_, plain) => (plain === undefined ? "wss:" : "ws:"));
  const own = joined(node, { url: url.replace(/\/proxy$/, "/ws"), token, isRemote: !isLocal });
  return { ...own, close: () => server.close() };
}

function joined(node: RelayModule, found: Omit<ControlRelay, "connect" | "close">): ControlRelay {
  const target = parseWebSocketUrl(found.url);
  // The own port of this process has the certificate of another name.
  const tls = node.isLoopback(target.host) && target.isSecure ? { rejectUnauthorized: false } : undefined;
  const makeSocket = node.createSocketFactory({ url: target, tls });
  return {
    ...found,
    connect: async (url, protocols) => (await makeSocket(url, protocols)) as unknown as ControlSocket,
    close: async () => {},
  };
}
