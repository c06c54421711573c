// Reads a recording with this SDK on Node: read-rerun-ts <workload> <times> <file> <steps> [<table of the query to
// write>] Prints one line of JSON. The file was read before, so that it is in the memory of the system.
import { writeFile } from "node:fs/promises";
import { encodeArrow, openRrd } from "@rerun-ts/reading";
import { READING, queryOf } from "../reading/programs.ts";
import { peakMemory } from "./peak-memory.ts";

const [name = "", times, path = "", steps, table] = process.argv.slice(2);
if (table !== undefined) {
  const query = queryOf(name, Number(steps));
  const file = await openRrd(path);
  if (query !== undefined) await writeFile(table, encodeArrow(file.recording().query(query)));
  await file.close();
}
const read = await READING[name]?.(path, Number(steps));
if (read === undefined) throw new Error(`there is no program ${name}`);

const cpuBefore = process.cpuUsage();
const before = performance.now();
let value = 0;
for (let time = 0; time < Number(times); time++) value = await read();
const seconds = (performance.now() - before) / 1000;
const cpu = process.cpuUsage(cpuBefore);
console.log(
  JSON.stringify({
    calls: Number(times),
    seconds,
    value,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    peakBytes: peakMemory(),
  }),
);
