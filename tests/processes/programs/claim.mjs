// Takes the locks of folders, one for each line of standard input with a folder and the time to begin, in milliseconds
// since 1970. Reports each answer, and keeps the lock until the next line: `claim.mjs <module of the lock>`.
import { createInterface } from "node:readline";
import { report } from "./lib/report.mjs";

const { DirectoryLock } = await import(process.argv[2]);
report("ready");
let lock;
for await (const line of createInterface({ input: process.stdin })) {
  const { folder, at } = JSON.parse(line);
  lock?.release();
  lock = undefined;
  while (Date.now() < at);
  try {
    lock = await DirectoryLock.tryTake(folder, "lock");
    report("taken");
  } catch (error) {
    report(error.owner ?? error.code ?? error.message);
  }
}
