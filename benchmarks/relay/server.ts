// A relay of this SDK in a separate process: `server <port> [<memory limit>]`.
import { serveGrpcRelay } from "@rerun-ts/node";

const [port, serverMemoryLimit] = process.argv.slice(2);
const relay = await serveGrpcRelay({
  port: Number(port),
  ...(serverMemoryLimit !== undefined && { serverMemoryLimit }),
});
console.log(relay.url);
