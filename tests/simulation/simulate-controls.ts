import type * as parts from "./control-parts.ts";
import type { ControlAction, ControlSchedule } from "./control-schedule.ts";
import { HELD } from "./control-ledger.ts";
import { ControlWorld } from "./control-world.ts";

/** The simulated parts of controls. */
export type ControlParts = typeof parts;

/** Retries, deadlines, silent connections and handlers all end in this time, once nothing fails any more. */
const QUIET_MS = 60_000;
/** How long everything may take after that. */
const PATIENCE_MS = 60_000;

const USES: ReadonlySet<string> = new Set(["set", "press", "hold", "take"]);

/** Runs a schedule. @throws {Error} that says which promise was broken */
export async function simulateControls(createdParts: ControlParts, schedule: ControlSchedule): Promise<void> {
  const simulation = new ControlWorld(createdParts, schedule);
  const { world, ledger, relay, networks, panels } = simulation;
  const ui = await simulation.start();
  let next = 1;
  const perform = (action: ControlAction): void => {
    const index = "panel" in action && action.panel !== null ? action.panel % panels.length : undefined;
    const panel = index === undefined ? undefined : panels[index];
    const network = networks[index === undefined ? 0 : index + 1];
    const program = panel?.client.state.programs.at(0)?.program ?? "";
    // Without programs, a panel has nothing to use.
    if (panel !== undefined && program === "" && USES.has(action.type)) return;
    const use = (name: string, act: () => void): void => {
      let id: string | undefined;
      simulation.onSent = (message) => {
        if (message.type === "press" && message.name === name) id = message.id;
      };
      act();
      simulation.onSent = undefined;
      panel?.uses.set(name, [...(panel.uses.get(name) ?? []), id]);
    };
    switch (action.type) {
      case "set":
        panel?.uses.set(action.name, [next]);
        return panel?.client.set(program, action.name, next++);
      case "press":
        return use(action.name, () => panel?.client.press(program, action.name));
      case "hold": {
        const release = panel?.client.hold(program, HELD);
        world.after(action.ms, () => release?.());
        return;
      }
      case "take":
        return panel?.client.take(program);
      case "program sets":
        ledger.ownSets++;
        return ui.set(action.name, next++);
      case "disable":
        return ui.update(action.name, { disabled: action.isDisabled });
      case "cut":
        return network && simulation.cut(network);
      case "network down":
        // Another end of the same outage would let packets overtake each other.
        if (network !== undefined && network.upAt <= world.now) network.goDown(action.ms);
        return;
      case "reload": {
        if (panel === undefined || index === undefined || network === undefined) return;
        if (action.isKilled) simulation.cut(network);
        panel.client.close();
        panel.client = simulation.openPanel(index);
        return panel.uses.clear();
      }
      case "restart relay":
        relay.kill();
        world.after(action.ms, () => relay.start());
        return;
      case "wait":
    }
  };
  for (const action of schedule.actions) {
    perform(action);
    await world.runUntil(world.now + (action.type === "wait" ? action.ms : 1));
    if (ledger.failure !== undefined) throw ledger.failure;
  }
  // From now on nothing fails.
  const quietAt = Math.max(world.now, ...networks.map(({ upAt }) => upAt)) + QUIET_MS;
  await world.runUntil(quietAt);
  const isSettled = (): boolean => panels.every((panel) => problemOf(panel.client.state, ui.values) === undefined);
  const isDone = await world.runUntil(quietAt + PATIENCE_MS, isSettled);
  if (ledger.failure !== undefined) throw ledger.failure;
  if (!isDone)
    throw new Error(`no progress: ${panels.map((panel) => problemOf(panel.client.state, ui.values)).join("; ")}`);
  ledger.checkRows();
  ledger.checkPresses();
  for (const { client, uses } of panels)
    for (const [name, ids] of uses) {
      const note = client.state.programs[0]?.notes[name];
      if (note !== undefined) ledger.checkNote(note.outcome, ids, name);
    }
}

/** What is wrong with a panel although nothing fails any more. */
function problemOf(
  { connection, programs }: InstanceType<ControlParts["PanelClient"]>["state"],
  values: object,
): string | undefined {
  const [program, ...others] = programs;
  if (connection !== "connected" || program === undefined || others.length > 0)
    return `a panel is ${connection} and has ${programs.length} programs`;
  const { isGone, isSilent, pending, notes } = program;
  if (isGone || isSilent) return "a panel shows that the program does not answer";
  if (JSON.stringify(program.values) !== JSON.stringify({ ...values }))
    return `a panel shows the values ${JSON.stringify(program.values)} in place of ${JSON.stringify(values)}`;
  if (Object.keys(pending).length > 0) return `a panel has the pending values ${JSON.stringify(pending)}`;
  const open = Object.entries(notes).find(([, { outcome }]) => outcome === "sent" || outcome === "received");
  return open && `a panel shows ${open[1].outcome} for ${open[0]} for ever`;
}
