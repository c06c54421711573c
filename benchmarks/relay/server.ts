// A relay of this SDK in a separate process: `server <port> [<memory limit>]`.
import { serve } from "@rerun-ts/node";

const [port, serverMemoryLimit] = process.argv.slice(2);
const relay = await serve.serveGrpcRelay({
  port: Number(port),
  ...(serverMemoryLimit !== undefined && { serverMemoryLimit }),
});
console.log(relay.url);
