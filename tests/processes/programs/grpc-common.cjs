// A CommonJS program that logs to a server: `grpc-common.cjs <url>`.
const rr = require("@rerun-ts/node");

const ROWS = 1000;
const recording = new rr.RecordingStream("grpc", { recordingId: "grpc" });
void recording.connectGrpc(process.argv[2]);
for (let row = 0; row < ROWS; row++) {
  recording.setTime("row", row);
  recording.log("rows", new rr.Scalars(row));
}
