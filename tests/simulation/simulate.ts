import type { CreateParts } from "./build.ts";
import { SimulatedProgram, type LoggedRow } from "./program.ts";
import type { StoredMessage } from "./relay-host.ts";
import type { Schedule } from "./schedule.ts";

/** How long everything may take in the end, besides the time that the bytes need. */
const PATIENCE_MS = 240_000;

/** Runs a schedule. @throws {Error} that says which promise was broken */
export async function simulate(createParts: CreateParts, schedule: Schedule): Promise<void> {
  const program = new SimulatedProgram(createParts, schedule);
  const { world, relay, network, recording, sink, logged } = program;
  program.begin();
  for (const action of schedule.actions) {
    if (action.type === "flush") watchFlush(program);
    await program.perform(action);
    checkMemory(program, schedule);
  }
  // From now on nothing fails: everything must arrive.
  relay.start();
  const bytes = sink.stats().queuedBytes + recording.stats().backlogBytes + 100_000;
  const limit = Math.max(world.now, network.upAt) + PATIENCE_MS + (4000 * bytes) / schedule.bytesPerSecond;
  await world.runUntil(Math.max(world.now, network.upAt) + 1000);
  const isDone = await world.runUntil(limit, () => sink.stats().state === "open" && sink.stats().queuedBytes === 0);
  if (!isDone)
    throw new Error(`no progress: ${sink.stats().queuedBytes} bytes are pending for ever, ${sink.stats().state}`);
  let result: { readonly complete: boolean } | undefined;
  let failure: unknown;
  program.isClosing = true;
  recording.close().then(
    (value) => (result = value),
    (error: unknown) => (failure = error),
  );
  await world.runUntil(limit + PATIENCE_MS, () => result !== undefined || failure !== undefined);
  if (failure !== undefined) throw new Error("`close` has failed", { cause: failure });
  if (result === undefined) throw new Error("`close` never settles");
  const { droppedRows } = sink.stats();
  if (result.complete !== (droppedRows === 0))
    throw new Error(`\`close\` is ${result.complete ? "" : "not "}complete, with ${droppedRows} dropped rows`);
  if (program.failure !== undefined) throw program.failure;
  checkMissing(program, logged);
  checkDrops(program, schedule);
  checkRepetitions(program);
  // gRPC-web has no connection: it cannot notice a relay that is restarted between two calls. Nor can a page that
  // posts.
  const noticesRestarts = schedule.transport === "websocket" && !schedule.isPage;
  // Two calls of gRPC-web may overtake each other with rows that have times.
  const isOrdered = schedule.transport === "websocket";
  for (const store of relay.stores) checkOrder(store, { noticesRestarts, isOrdered });
  if (recording.stats().rows !== logged.length)
    throw new Error(`${logged.length} rows were logged, but the recording has counted ${recording.stats().rows}`);
  if (noticesRestarts) checkStatic(program);
}

/** The rows of a complete flush must be in a store when the flush settles. */
function watchFlush(program: SimulatedProgram): void {
  const rows = [...program.logged];
  const onFlushed = ({ complete }: { readonly complete: boolean }): void => {
    if (complete) check(() => checkMissing(program, rows), program);
  };
  program.recording.flush({ timeoutMs: 1e9 }).then(onFlushed, () => {});
}

/** Keeps the first failure of a check that runs while the simulation does. */
function check(work: () => void, program: SimulatedProgram): void {
  try {
    work();
  } catch (error) {
    program.failure ??= error as Error;
  }
}

/** Rows that are in no store must be counted as dropped. */
function checkMissing(program: SimulatedProgram, rows: readonly LoggedRow[]): void {
  const stored = new Set<number>();
  for (const store of program.relay.stores)
    for (const message of store) for (const { number } of message.rows) stored.add(number);
  const missing = rows.filter(({ number }) => !stored.has(number)).map(({ number }) => number);
  const dropped = program.sink.stats().droppedRows;
  if (missing.length > dropped)
    throw new Error(
      `rows ${missing.slice(0, 10).join(", ")} are in no store: ${missing.length} of ${rows.length}, but only ${dropped} are counted as dropped`,
    );
}

/** Nothing may be dropped as long as there is room for all but the backlog. */
function checkDrops(program: SimulatedProgram, { maxQueueBytes }: Schedule): void {
  const dropped = program.sink.stats().droppedRows;
  if (dropped > 0 && program.queueBytes < maxQueueBytes)
    throw new Error(`${dropped} rows were dropped, although the queue had room for all`);
}

/** A row must be in one chunk only: chunks that arrive twice are recognised by their ids. */
function checkRepetitions(program: SimulatedProgram): void {
  const chunkOf = new Map<number, string>();
  for (const message of program.relay.stores.flat())
    for (const { number } of message.rows) {
      const known = chunkOf.get(number);
      if (known !== undefined && known !== message.chunkId) throw new Error(`row ${number} is in two chunks`);
      chunkOf.set(number, message.chunkId);
    }
}

/** What counts in the order of a store. */
interface OrderRules {
  /**
   * Whether the program notices every restart of a relay, so that a store is opened before it receives chunks. Without
   * noticing it may send new static data first, and after the next error all that the new relay lacks: older static
   * data, too. Readers compare the ids of rows.
   */
  readonly noticesRestarts: boolean;
  /** Whether rows that have times must arrive as they were logged, too. */
  readonly isOrdered: boolean;
}

/**
 * The order within a store: the messages that open it come first, and rows of an entity in the order in which they were
 * logged, those with times and static ones apart.
 */
function checkOrder(store: readonly StoredMessage[], { noticesRestarts, isOrdered }: OrderRules): void {
  const newest = new Map<string, number>();
  const chunks = new Set<string>();
  const isOpened = store.find(({ kind }) => kind === "storeInfo" || kind === "chunk")?.kind === "storeInfo";
  for (const message of store) {
    if (message.kind !== "chunk" || chunks.has(message.chunkId)) continue;
    chunks.add(message.chunkId);
    if (noticesRestarts && !isOpened) throw new Error("a store has received chunks before it was opened");
    for (const { entity, number, isStatic } of message.rows) {
      if (isStatic ? !isOpened : !isOrdered) continue;
      const rows = `${isStatic ? "static " : ""}rows of ${entity}`;
      if (number < (newest.get(rows) ?? -1))
        throw new Error(`row ${number} has arrived after row ${newest.get(rows)}, in ${rows}`);
      newest.set(rows, number);
    }
  }
}

/** The last relay must have the newest static data, if nothing was dropped. */
function checkStatic(program: SimulatedProgram): void {
  if (program.sink.stats().droppedRows > 0) return;
  const last = program.relay.stores.at(-1) ?? [];
  const stored = new Set(last.flatMap(({ rows }) => rows.map(({ number }) => number)));
  for (const name of ["a", "b", "c"]) {
    const newest = program.logged.findLast(({ entity, isStatic }) => isStatic && entity === name);
    if (newest !== undefined && !stored.has(newest.number))
      throw new Error(`the last relay lacks the newest static data of ${name}, row ${newest.number}`);
  }
}

/** Memory must stay within its limits, besides one message. */
function checkMemory(program: SimulatedProgram, { memoryLimit }: Schedule): void {
  if (program.failure !== undefined) throw program.failure;
  program.relay.checkHistory();
  const most = memoryLimit + MOST_MESSAGE_BYTES;
  if (program.relay.largestHistory > most)
    throw new Error(`the history has held ${program.relay.largestHistory} bytes, but its limit is ${memoryLimit}`);
}

/** The size of the largest message that the schedules lead to. */
const MOST_MESSAGE_BYTES = 4 * 1024 * 1024;
