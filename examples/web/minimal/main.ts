// A minimal page: a recording, a server, and something to log.
import * as rr from "@rerun-ts/web";
import { serverUrl, showStatus } from "../page.ts";

const rec = new rr.RecordingStream("rerun_ts_minimal");
void rec.connectGrpc(serverUrl); // the server may start later: data is buffered until then

let frame = 0;
setInterval(() => {
  rec.setTime("frame", frame);
  const dots = Array.from({ length: frame % 300 }, (_, dot) => {
    const angle = dot * 0.2;
    return { x: Math.cos(angle) * (1 + dot / 100), y: Math.sin(angle) * (1 + dot / 100), z: dot / 100 };
  });
  rec.log("spiral", new rr.Points3D(dots, { colors: dots.map((_, dot) => `hsl(${dot}, 80%, 60%)`), radii: 0.05 }));
  frame++;
}, 1000 / 60);

showStatus(rec);
