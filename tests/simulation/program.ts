import type { CreateParts, Parts } from "./build.ts";
import { Network } from "./network.ts";
import { RelayHost } from "./relay-host.ts";
import type { Action, Schedule } from "./schedule.ts";
import { ClientSocket } from "./sockets.ts";
import { World, type SimulatedBlob } from "./world.ts";

/** The name of the component that rows have. */
const COMPONENT = "sim.Rows:row";
const DESCRIPTOR = { component: COMPONENT, archetype: "sim.Rows", componentType: "sim.Row" };
/** The bytes of a chunk besides its rows. */
const CHUNK_BYTES = 4000;
const ENTITIES = ["a", "b", "c"];

/** The data that the program has logged. */
export interface LoggedRow {
  readonly number: number;
  readonly entity: string;
  readonly isStatic: boolean;
}

/** A program that logs to a relay over a network, in a world of its own. */
export class SimulatedProgram {
  readonly world: World;
  readonly network: Network;
  readonly relay: RelayHost;
  readonly logged: LoggedRow[] = [];
  /** How much the queue of the sink needs at most, besides the backlog: also static data of it may be sent again. */
  queueBytes = 0;
  /** Whether the program closes its recording: it logs nothing more. */
  isClosing = false;
  /** The first promise that was found broken while the simulation ran. */
  failure: Error | undefined;
  readonly recording;
  readonly sink;
  readonly #parts: Parts;
  readonly #schedule: Schedule;
  readonly #text;
  readonly #sockets: ClientSocket[] = [];
  #hasSink = false;

  constructor(createParts: CreateParts, schedule: Schedule) {
    this.#schedule = schedule;
    this.world = new World(schedule.seed);
    this.#parts = createParts(this.world.globals);
    this.network = new Network(this.world, schedule);
    this.relay = new RelayHost(this.#parts, this.network, schedule);
    const { RecordingStream, TextBuilder } = this.#parts;
    this.#text = {
      name: "sim.Row",
      arrow: { type: "Utf8" as const },
      createBuilder: () => new TextBuilder({ type: "Utf8" }),
      append(values: string | readonly string[], target: unknown): void {
        for (const text of [values].flat()) (target as InstanceType<typeof TextBuilder>).append(text);
      },
    };
    this.recording = new RecordingStream("simulation", {
      recordingId: "simulation",
      sendProperties: false,
      compression: "none",
      onWarning: (warning) => {
        if (warning.code === "INVALID_DATA") this.failure ??= warning as Error;
      },
      onError: () => {},
    });
    this.sink = this.#createSink();
    if (schedule.logsEvents) {
      for (const type of ["drop", "statechange"] as const)
        this.recording.addEventListener(type, () => {
          if (!this.isClosing) this.#log("a", 1, 10, false);
        });
    }
  }

  /** Logs the backlog, and sets the sink. */
  begin(): void {
    for (const action of this.#schedule.backlog) void this.perform(action);
    this.relay.start();
    this.#hasSink = true;
    void this.recording.setSink(this.sink).catch(() => {});
  }

  /** Performs an action. Settles when the next action may begin; time passes only here. */
  async perform(action: Action): Promise<void> {
    const { world, network, relay } = this;
    switch (action.type) {
      case "log":
        return this.#log(ENTITIES[action.entity] as string, action.rows, action.bytes, false);
      case "log static":
        return this.#log(ENTITIES[action.entity] as string, 1, action.bytes, true);
      case "send static columns":
        return this.#sendStatic(ENTITIES[action.entity] as string, action.bytes);
      case "wait":
        return void (await world.runUntil(world.now + action.ms));
      case "flush":
        return; // See simulate.ts, which checks the promises of this call.
      case "cut":
        return this.#cut();
      case "network down":
        return network.goDown(action.ms);
      case "leave page":
        if (!this.#schedule.isPage) return;
        world.page.leave();
        this.#cut();
        await world.runUntil(world.now + action.ms);
        return world.page.restore();
      case "restart relay":
        relay.kill();
        await world.runUntil(world.now + action.ms);
        relay.start();
        if (action.cutMs === null) return;
        await world.runUntil(world.now + action.cutMs);
        this.#cut();
    }
  }

  #log(entity: string, rows: number, bytes: number, isStatic: boolean): void {
    for (let row = 0; row < rows; row++) {
      const text = this.#nextRow(entity, bytes, isStatic);
      const data = this.#parts.componentBatches("sim.Rows", { row: { type: this.#text, values: text } });
      this.recording.log(entity, data, { static: isStatic });
    }
  }

  #sendStatic(entity: string, bytes: number): void {
    const text = this.#nextRow(entity, bytes, true);
    const field = { descriptor: DESCRIPTOR, type: this.#text, label: COMPONENT };
    const { ComponentColumn } = this.#parts;
    this.recording.sendColumns(entity, [], [new ComponentColumn(field as never, [text])]);
  }

  #nextRow(entity: string, bytes: number, isStatic: boolean): string {
    const number = this.logged.length;
    this.logged.push({ number, entity, isStatic });
    if (this.#hasSink || isStatic) this.queueBytes += bytes + CHUNK_BYTES;
    return `<${isStatic ? "s" : ""}${entity}${number}>${"x".repeat(bytes)}`;
  }

  #cut(): void {
    for (const socket of this.#sockets.splice(0)) socket.break();
  }

  #createSink(): InstanceType<Parts["WebSocketSink"]> | InstanceType<Parts["GrpcWebSink"]> {
    const { network, relay } = this;
    const sockets = this.#sockets;
    const { maxQueueBytes, transport } = this.#schedule;
    const { GrpcWebSink, WebSocketSink } = this.#parts;
    if (transport === "grpc-web")
      return new GrpcWebSink(undefined, {
        maxQueueBytes,
        fetch: (_url, init) => this.#fetch(init as RequestInit, "call"),
      });
    class SimulatedWebSocket extends ClientSocket {
      constructor() {
        super(network, relay);
        sockets.push(this);
      }
    }
    this.world.fetch = (_url, init) => this.#fetch(init, "frames");
    const page = this.#schedule.isPage ? this.#parts.pageTransportHooks : undefined;
    return new WebSocketSink(undefined, { maxQueueBytes, WebSocket: SimulatedWebSocket as never }, page as never);
  }

  /** One request over a connection of its own: a call of gRPC-web, or the frames that a page posts. */
  #fetch({ body, signal }: RequestInit, kind: "call" | "frames"): Promise<Response> {
    const bytes = body instanceof Uint8Array ? body : (body as unknown as SimulatedBlob).bytes;
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new TypeError("fetch failed"));
      signal?.addEventListener("abort", () => {
        fail();
        socket.terminate();
      });
      const socket = new ClientSocket(this.network, { accept: (end) => this.relay.acceptRequest(end) });
      // The posts of a page outlive its connections.
      if (kind === "call") this.#sockets.push(socket);
      socket.addEventListener("close", fail);
      socket.addEventListener("open", () =>
        socket.up.send(bytes.length, () =>
          this.relay.post(bytes, kind, (status) => socket.down.send(200, () => resolve(response(status)))),
        ),
      );
    });
  }
}

function response(status: number): Response {
  const trailers = Buffer.from(`grpc-status:${status}\r\n`);
  const frame = Buffer.concat([Buffer.from([0x80, 0, 0, 0, trailers.length]), trailers]);
  return { status: 200, headers: new Headers(), arrayBuffer: async () => Uint8Array.from(frame).buffer } as Response;
}
