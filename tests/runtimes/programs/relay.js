// A relay that runs until it is interrupted: `relay.js`. Reports its URL on standard output.
import * as rr from "@rerun-ts/node";

const { url } = await rr.serve.serveGrpcRelay({ port: 0 });
console.log(JSON.stringify({ url }));
