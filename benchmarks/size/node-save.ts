import { RecordingStream, Scalars } from "@rerun-ts/node";

const rec = new RecordingStream("small_script");
await rec.save("height.rrd");
rec.log("height", new Scalars(1.5));
await rec.close();
