// A relay of this SDK, as a program of its own: `server.mjs <port>`.
import { serveGrpcRelay } from "@rerun-ts/node";

const relay = await serveGrpcRelay({ port: Number(process.argv[2]) });
console.log(relay.url);
