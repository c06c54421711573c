// The processes of a cluster start relays at the same port, one after the other: `cluster-relays.mjs <port>`. Prints
// what becomes of each.
import cluster from "node:cluster";
import { once } from "node:events";
import * as rr from "@rerun-ts/node";

const [port] = process.argv.slice(2);
if (cluster.isPrimary) {
  const workers = [];
  for (let index = 0; index < 2; index++) {
    const worker = cluster.fork();
    workers.push(worker);
    const [end] = await once(worker, "message");
    console.log(end);
  }
  for (const worker of workers) worker.kill();
} else {
  const relay = rr.serve.serveGrpcRelay({ port: Number(port), thread: false });
  const listens = () => "listens";
  const fails = (error) => error.code;
  process.send(await relay.then(listens, fails));
}
