// A relay of this SDK, as a program of its own: `server.mjs <port> [<memory limit>]`.
import { serveGrpcRelay } from "@rerun-ts/node";

const [port, serverMemoryLimit] = process.argv.slice(2);
const relay = await serveGrpcRelay({ port: Number(port), serverMemoryLimit });
console.log(relay.url);
