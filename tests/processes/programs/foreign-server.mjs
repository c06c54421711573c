// Calls a server that is none of Rerun, twice as a catalog and twice as a viewer: `foreign-server.mjs <url>`.
import { connectCatalog } from "@rerun-ts/catalog";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";

const [url = ""] = process.argv.slice(2);
const viewer = await rr.viewer.connectViewer(url);
const calls = [() => connectCatalog(url), () => viewer.state()];
for (const call of [...calls, ...calls]) report((await call().catch((error) => error)).code);
