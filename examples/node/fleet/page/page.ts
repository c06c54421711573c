import { PartsSink, presignedStore } from "@rerun-ts/storage/web";
import * as rr from "@rerun-ts/web";

const STEP_MS = 100;

const name = new URL(location.href).searchParams.get("name") ?? "page-0";
const store = presignedStore(({ key }) =>
  Promise.resolve({ url: new URL(`/uploads/${encodeURIComponent(key)}`, location.href).href }),
);
const rec = new rr.RecordingStream("rerun_ts_fleet", { recordingId: name });
await rec.setSinks([new PartsSink(store, { dataset: "fleet", producer: name, maxSeconds: 2 })]);

let step = 0;
setInterval(() => {
  rec.setTime("step", step);
  rec.log("battery", new rr.Scalars(80 + 10 * Math.sin(step / 20)));
  step++;
  const status = document.querySelector("#status");
  if (status !== null) status.textContent = `${name}: ${step} steps`;
}, STEP_MS);
