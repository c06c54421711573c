// Ingests from NATS into a bucket until the test tells it to finish, and kills itself inside commits:
// `nats-ingester.mjs <server> <endpoint> <percentage of commits>`.
import { s3Store } from "@rerun-ts/storage";
import { startIngest } from "@rerun-ts/storage/ingest";
import { report } from "./lib/report.mjs";

const [server, endpoint, percentage] = process.argv.slice(2);
const store = s3Store("s3://bucket/prefix", { endpoint });
const DEATHS = ["before its parts", "between its parts and the commit", "after the commit"];

/** Chooses for each created object whether, and where, the ingester dies. */
function chooseDeath() {
  if (Math.random() * 100 >= Number(percentage)) return undefined;
  return DEATHS[Math.floor(Math.random() * DEATHS.length)];
}

function die(where) {
  report({ death: where });
  process.kill(process.pid, "SIGKILL");
}

const dying = {
  url: store.url,
  head: (...args) => store.head(...args),
  read: (...args) => store.read(...args),
  list: (...args) => store.list(...args),
  delete: (...args) => store.delete(...args),
  async create(key, body, options) {
    const death = chooseDeath();
    const isCommit = key.includes("/log/");
    if (!isCommit && death === DEATHS[0]) die(death);
    if (isCommit && death === DEATHS[1]) die(death);
    const created = await store.create(key, body, options);
    if (isCommit && death === DEATHS[2]) die(death);
    return created;
  },
};

const running = startIngest({ from: server, to: dying, dataset: "fleet", maxSeconds: 0.2 });
process.once("SIGTERM", () => void finish());
report({ started: true });

async function finish() {
  const stats = running.stats();
  await running.finish();
  report({ stats: { ...stats, lastError: stats.lastError?.message } });
  process.exit(0);
}
