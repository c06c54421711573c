// The first query of a program over many parts: `first-query openParts <endpoint>` by `openParts`, or
// `first-query catalog <url>` of a catalog. Prints the milliseconds, including the loading of the packages, the
// milliseconds of the processor since the start of the process, and the rows.
import { s3Store } from "@rerun-ts/storage";
import { DATASET, RECORDING } from "./make-parts.ts";

const QUERY = { index: "step", contents: "/joint_3" } as const;

const [kind, url = ""] = process.argv.slice(2);
const before = performance.now();
const rows = kind === "openParts" ? await ofParts() : await ofCatalog();
const ms = performance.now() - before;
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000, rows }));
process.exit();

async function ofParts(): Promise<number> {
  const { openParts } = await import("@rerun-ts/storage");
  const store = s3Store("s3://bucket", { endpoint: url });
  const file = await openParts(store, { dataset: DATASET, recordingId: RECORDING });
  return (await file.recording().query(QUERY).toTable()).numRows;
}

async function ofCatalog(): Promise<number> {
  const { connectCatalog } = await import("@rerun-ts/catalog");
  const catalog = await connectCatalog(url);
  return (await (await catalog.getDataset(DATASET)).query(QUERY).toTable()).numRows;
}
