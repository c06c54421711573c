import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { NodeThread } from "../../src/node/threads/node-thread.ts";

/** The time after which these threads count as lost, in milliseconds. */
const LIMIT = 200;

it("a thread that takes jobs and never answers rejects them, when it runs no more", async () => {
  const program = `const { parentPort } = require("node:worker_threads");
    parentPort.postMessage("started");
    parentPort.on("message", () => { for (;;); });`;
  const worker = new Worker(program, { eval: true });
  const thread = new NodeThread<number, number>(worker, LIMIT);
  expect(await thread.started).toBe(true);
  const jobs = [thread.run(1), thread.run(2)];
  for (const job of jobs) await expect(job).rejects.toThrow("the thread has ended: it did not respond");
  expect(worker.threadId).toBe(-1);
  await expect(thread.run(3)).rejects.toThrow("the thread has ended");
});

it("a thread that answers each job in time may work for longer than the limit", async () => {
  const program = `const { parentPort } = require("node:worker_threads");
    parentPort.postMessage("started");
    parentPort.on("message", ({ id, job }) => setTimeout(() => parentPort.postMessage({ id, result: job }), 5));`;
  const thread = new NodeThread<number, number>(new Worker(program, { eval: true }), LIMIT * 100);
  for (let job = 0; job < 50; job++) expect(await thread.run(job)).toBe(job);
  thread.close();
});
