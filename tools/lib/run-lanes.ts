/** Something to do, beside other things. */
export interface Task {
  readonly name: string;
  /** The task that must have ended before this one starts. */
  readonly after?: string | undefined;
  run(this: void): Promise<void>;
}

/**
 * Does tasks, `lanes` at the same time, in their order, except for tasks that wait for another task.
 * @throws the error of the first task that fails
 */
export async function runLanes(tasks: readonly Task[], lanes: number): Promise<void> {
  const waiting = [...tasks];
  const running = new Map<Task, Promise<Task>>();
  while (waiting.length > 0 || running.size > 0) {
    const pending = new Set([...waiting, ...running.keys()].map(({ name }) => name));
    const next = waiting.findIndex(({ after }) => after === undefined || !pending.has(after));
    if (next >= 0 && running.size < lanes) {
      for (const task of waiting.splice(next, 1))
        running.set(
          task,
          task.run().then(() => task),
        );
      continue;
    }
    if (running.size === 0) throw new Error(`${waiting.map(({ name }) => name).join(", ")} wait for each other`);
    running.delete(await Promise.race(running.values()));
  }
}
