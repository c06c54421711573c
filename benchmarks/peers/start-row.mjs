// Logs one row to a file, and prints the processor time from the import of this SDK to the row in the file, in ms:
// start-row.mjs <file>
const before = process.cpuUsage();
const { RecordingStream, Scalars } = await import("@rerun-ts/node");
const rec = new RecordingStream("benchmark", { recordingId: "start" });
await rec.save(process.argv[2]);
rec.log("scalar", new Scalars(1));
await rec.flush();
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);
