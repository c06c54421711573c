// Owns folders until it is killed: `own.mjs <module of the lock> <way> <folder …>`. With the way "thread" a thread of
// it has owned them, and has ended.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { report } from "./lib/report.mjs";

const [module, way, ...folders] = process.argv.slice(2);
if (way === "thread") {
  const code = `import(${JSON.stringify(module)}).then(({ DirectoryLock }) => {
    for (const folder of ${JSON.stringify(folders)}) DirectoryLock.create(folder, "lock");
    require("node:worker_threads").parentPort.postMessage("owned");
    setInterval(() => {}, 1000);
  });`;
  const worker = new Worker(code, { eval: true });
  await once(worker, "message");
  await worker.terminate();
} else {
  const { DirectoryLock } = await import(module);
  for (const folder of folders) DirectoryLock.create(folder, "lock");
}
report("owned");
setInterval(() => {}, 1000);
