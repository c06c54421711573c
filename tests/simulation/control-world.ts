import type { PanelClient } from "../../packages/controls/src/panel/client/panel-client.ts";
import type { FromPanel, ToPanel, ToProgram } from "../../packages/controls/src/protocol.ts";
import { ControlLedger, HELD, TIMEOUT_MS, type Run } from "./control-ledger.ts";
import { ControlRelayHost } from "./control-relay-host.ts";
import type { ControlSchedule } from "./control-schedule.ts";
import type { ControlParts } from "./simulate-controls.ts";
import { useGlobals } from "./current-globals.ts";
import { Network } from "./network.ts";
import { ClientSocket } from "./sockets.ts";
import { World } from "./world.ts";

const TOKEN = "token-of-the-panels";
const PROGRAM_PORT = 1000;
const FIRST_PANEL_PORT = 1001;

/** A page with a panel, which is opened again when it is reloaded. */
export interface SimulatedPanel {
  client: PanelClient;
  /** The ids of the presses of each button, `undefined` if one was not sent, and the values that were set. */
  readonly uses: Map<string, (string | number | undefined)[]>;
}

/** A program with controls, its relay and its panels, each behind a network of its own. */
export class ControlWorld {
  readonly world: World;
  readonly relay: ControlRelayHost;
  readonly ledger: ControlLedger = new ControlLedger();
  readonly panels: SimulatedPanel[] = [];
  /** Of the program, then of the panels. */
  readonly networks: readonly Network[];
  readonly #parts: ControlParts;
  readonly #sockets = new Map<Network, ClientSocket>();
  readonly #schedule: ControlSchedule;

  constructor(parts: ControlParts, schedule: ControlSchedule) {
    this.#parts = parts;
    this.#schedule = schedule;
    const world = new World(schedule.seed);
    this.world = world;
    this.relay = new ControlRelayHost(parts);
    this.networks = Array.from({ length: 1 + schedule.panels }, () => new Network(world, schedule));
    const open = (url: string, protocols: readonly string[]): ClientSocket => this.#connect(url, protocols);
    useGlobals({ ...world.globals, WebSocket: open });
  }

  /** Starts the relay, the program and the panels. */
  async start(): Promise<Awaited<ReturnType<ControlWorld["openProgram"]>>> {
    this.relay.start();
    let program: Awaited<ReturnType<ControlWorld["openProgram"]>> | undefined;
    this.openProgram().then(
      (opened) => (program = opened),
      (error: unknown) => this.ledger.fail(`the program cannot start: ${String(error)}`),
    );
    await this.world.runUntil(60_000, () => program !== undefined || this.ledger.failure !== undefined);
    if (program === undefined) throw this.ledger.failure ?? new Error("the program never starts");
    for (let index = 0; index < this.#schedule.panels; index++)
      this.panels.push({ client: this.openPanel(index), uses: new Map() });
    return program;
  }

  openPanel(index: number): PanelClient {
    return new this.#parts.PanelClient({ url: `ws://relay:${FIRST_PANEL_PORT + index}/ws`, token: TOKEN });
  }

  async openProgram() {
    const { openControls, number, button } = this.#parts;
    const recording = {
      applicationId: "simulation",
      recordingId: "simulation",
      sinks: [],
      stats: () => ({}),
      log: (path: readonly string[], data: readonly { readonly value: unknown }[]) => this.#onRow(path, data),
    };
    const ui = await openControls(
      recording as never,
      { fast: number(), slow: number(), go: button(), fail: button(), [HELD]: button({ hold: true }) },
      {
        url: `ws://relay:${PROGRAM_PORT}/ws`,
        tokens: { panel: TOKEN },
        exclusive: this.#schedule.exclusive,
        timeoutMs: TIMEOUT_MS,
        onWarning: (message) => this.ledger.fail(message),
      },
    );
    ui.on("fast", (value, { id }) => this.#execute({ id, name: "fast", value, phase: undefined }, 20, value % 5 === 0));
    ui.on("slow", (value, { id }) =>
      this.#execute({ id, name: "slow", value, phase: undefined }, 2500, value % 5 === 0),
    );
    ui.on("go", ({ id, phase }) => this.#execute({ id, name: "go", value: undefined, phase }, 500, false));
    ui.on("fail", ({ id, phase }) => this.#execute({ id, name: "fail", value: undefined, phase }, 500, true));
    ui.on(HELD, ({ id, phase }) => this.#execute({ id, name: HELD, value: undefined, phase }, 0, false));
    return ui;
  }

  /** Loses the connection of a network. */
  cut(network: Network): void {
    this.#sockets.get(network)?.break();
  }

  #execute(called: Pick<Run, "id" | "name" | "value" | "phase">, longestMs: number, fails: boolean): Promise<void> {
    const run = this.ledger.start(called, this.world.now);
    return new Promise((resolve, reject) => {
      const ms = this.world.random() * longestMs;
      // Never in the very millisecond in which it times out.
      this.world.after(Math.abs(ms - TIMEOUT_MS) < 5 ? ms + 10 : ms, () => {
        run.settledAt = this.world.now;
        run.outcome = fails ? "failed" : "done";
        if (fails) reject(new Error("no"));
        else resolve();
      });
    });
  }

  #onRow([, ...path]: readonly string[], data: readonly { readonly value: unknown }[]): void {
    const details = data.at(-1)?.value as { id: string; by: string; outcome?: string };
    const { id, by, outcome } = details;
    this.ledger.rows.push({ path: path.join("/"), id, by, outcome });
  }

  #connect(url: string, protocols: readonly string[]): ClientSocket {
    const index = Number(new URL(url).port) - PROGRAM_PORT;
    const network = this.networks[index];
    if (network === undefined) throw new Error(`nothing has the address ${url}`);
    const socket = new ClientSocket(network, { accept: (server) => this.relay.accept(server, protocols) });
    this.#sockets.set(network, socket);
    if (index > 0) this.#watch(socket);
    else
      socket.addEventListener("message", ({ data }) =>
        this.ledger.received(JSON.parse(String(data)) as ToProgram, this.world.now),
      );
    return socket;
  }

  /** Follows what a panel sends, and what it receives. */
  #watch(socket: ClientSocket): void {
    const send = socket.send.bind(socket);
    socket.send = (data) => {
      this.ledger.sent(JSON.parse(String(data)) as FromPanel);
      this.onSent?.(JSON.parse(String(data)) as FromPanel);
      send(data);
    };
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(String(data)) as ToPanel;
      if (message.type === "answer") this.ledger.answered(message, this.world.now);
    });
  }

  /** Called with each message of a panel. */
  onSent: ((message: FromPanel) => void) | undefined;
}
