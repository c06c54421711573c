import type { RecordingStream } from "@rerun-ts/core";
import { argumentError, checkRecording, didYouMean, invalidArgument, withRerunErrors } from "@rerun-ts/core/checks";
import { internalsOf } from "@rerun-ts/core/recording";
import { randomId } from "@rerun-ts/core/util";
import { platform } from "#platform";
import type { ControlPaths, ControlValues, Controls } from "../declare/control-types.ts";
import { flattenControls } from "../declare/flatten.ts";
import { suggestControl } from "../declare/suggest-control.ts";
import type { ControlRelay, PanelPage } from "../platform/platform.ts";
import type { Change, ChangeHandler } from "../program/change.ts";
import { ChangeStream } from "../program/change-stream.ts";
import { ControlProgram, REPLAY } from "../program/control-program.ts";
import type { ControlState } from "../program/control-state.ts";
import type { FromProgram } from "../protocol.ts";
import { setReplayTarget } from "../replay/replay-target.ts";
import { ChangeLog } from "../rows/change-log.ts";
import { checkSize } from "./check-size.ts";
import { checkUpdate } from "./check-update.ts";
import { describePage } from "./describe-page.ts";
import { fitValue } from "./fit-value.ts";
import { checkOpenOptions, type OpenSettings, type OpenControlsOptions } from "./open-options.ts";
import { EventListeners } from "./event-listeners.ts";
import type { ControlChanges, HandlerOf, OpenControls } from "./open-controls-types.ts";
import { ReplayedActions } from "./replayed-actions.ts";
import { ProgramLink } from "./program-link.ts";

/**
 * Offers controls to panels: people turn, the program answers, and the recording remembers. Each change is a row below
 * `/controls`. Panels need a token of their own, also on this machine.
 *
 * Settles when the relay passes the controls on. Rejects with `AUTH` if the relay refuses them, `TIMEOUT` without a
 * relay, `LISTEN_FAILED` if a server of its own cannot listen, `UNSUPPORTED` in a page without a relay, and
 * `INVALID_ARGUMENT` if an argument is wrong.
 *
 * @example
 * const ui = await openControls(rec, { gain: slider({ min: 0, max: 2, value: 0.5 }), stop: button() });
 * ui.on("gain", (gain) => console.log(gain));
 * ui.on("stop", () => console.log("stopped"));
 * console.log(ui.url); // the viewer and the panel on one page
 */
export function openControls<Declared extends Controls>(
  recording: RecordingStream,
  controls: Declared,
  options?: OpenControlsOptions,
): Promise<OpenControls<Declared>> {
  return withRerunErrors(async () => {
    checkRecording(recording, "stats");
    const flat = flattenControls(controls);
    checkSize(flat.map(({ declaration }) => declaration));
    const checked = checkOpenOptions(options, () => platform.randomToken());
    const page = await platform.servePage(checked);
    let relay: ControlRelay | undefined;
    try {
      relay = await platform.findRelay(recording, checked, page);
      const opened = new OpenedControls<Declared>(recording, flat, { options: checked, relay, page });
      await opened.open();
      return opened;
    } catch (error) {
      await Promise.all([relay?.close(), page?.close()]);
      throw error;
    }
  });
}

/** The most names in a message. */
const MAX_NAMED = 20;

/** The place of the controls. */
interface Place {
  readonly options: OpenSettings;
  readonly relay: ControlRelay;
  readonly page: PanelPage | undefined;
}

/** The controls of a program, while they are open. */
class OpenedControls<Declared extends Controls> implements OpenControls<Declared> {
  readonly viewer: OpenControls<Declared>["viewer"];
  readonly panels: OpenControls<Declared>["panels"];
  readonly values: ControlValues<Declared>;
  readonly url: string | undefined;
  readonly tokens: Readonly<Record<string, string>>;
  readonly relayUrl: string;
  readonly #recording: RecordingStream;
  readonly #place: Place;
  readonly #program: ControlProgram;
  readonly #stream = new ChangeStream();
  readonly #link: ProgramLink;
  readonly #replays: ReplayedActions = new ReplayedActions(
    () => this.#program,
    () => this.#closing !== undefined,
  );
  readonly #id: string = platform.randomToken();
  #closing: Promise<void> | undefined;
  #keepsAlive: ReturnType<typeof setInterval> | undefined;

  constructor(recording: RecordingStream, controls: ReturnType<typeof flattenControls>, place: Place) {
    this.#recording = recording;
    this.#place = place;
    const { options, relay, page } = place;
    const { dispatcher } = internalsOf(recording);
    this.#program = new ControlProgram({
      controls,
      log: new ChangeLog(recording, () => dispatcher.flushRows()),
      stream: this.#stream,
      timeoutMs: options.timeoutMs,
      onWarning: options.onWarning,
      send: (message) => {
        if (message.type === "answer" && message.client === REPLAY) this.#replays.answer(message);
        else this.#link.send(message);
      },
    });
    this.#link = new ProgramLink(relay, {
      offer: () => this.#offer(),
      onMessage: (message) => this.#program.receive(message),
      onLost: () => this.#program.onLost(),
      onWarning: options.onWarning,
    });
    setReplayTarget(this, this.#replays);
    this.viewer = new EventListeners(this.#program.events, ["pick", "key"]) as OpenControls<Declared>["viewer"];
    this.panels = new EventListeners(this.#program.events, [
      "connect",
      "disconnect",
    ]) as OpenControls<Declared>["panels"];
    this.values = presentValues(this.#program) as ControlValues<Declared>;
    this.tokens = Object.fromEntries(options.tokens.map(({ name, token }) => [name, token]));
    this.relayUrl = relay.url;
    this.url = page && describePage(page.url, relay, recording.recordingId, options.tokens[0]?.token ?? "");
  }

  async open(): Promise<void> {
    this.#program.logStart();
    await this.#link.open();
    // Sockets keep no process alive.
    if (!this.#place.options.isUnref) this.#keepsAlive = setInterval(() => {}, 2 ** 30);
  }

  on<Name extends ControlPaths<Declared>["path"]>(name: Name, handler: HandlerOf<Declared, Name>): () => void {
    const { handlers, declaration } = this.#control(name);
    if (declaration.kind === "folder")
      throw argumentError("name", `\`${name}\` is a folder: name a control in it, such as \`${name}/…\``);
    if (typeof handler !== "function") throw invalidArgument("handler", "a function", handler);
    handlers.add(handler as ChangeHandler);
    return () => void handlers.delete(handler as ChangeHandler);
  }

  set<Name extends keyof ControlValues<Declared> & string>(name: Name, value: ControlValues<Declared>[Name]): void {
    const control = this.#control(name);
    const checked = control.check(value);
    if (this.#closing === undefined) this.#program.change(name, checked, "program", randomId());
  }

  update(name: ControlPaths<Declared>["path"], change: ControlChanges): void {
    const control = this.#control(name);
    const wanted = checkUpdate(control.declaration, change);
    checkSize(
      Array.from(this.#program.controls.values(), ({ declaration }) =>
        declaration.name === name ? { ...declaration, ...wanted } : declaration,
      ),
    );
    const fits = control.update(wanted);
    this.#program.present.update(name, wanted);
    if (!fits && control.value !== undefined)
      this.#program.change(name, fitValue(control.declaration, control.value), "program", randomId());
  }

  changes(): AsyncGenerator<Change, void, undefined> {
    return this.#stream.changes();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    clearInterval(this.#keepsAlive);
    this.#program.onLost();
    this.#link.close();
    this.#stream.end();
    await Promise.all([this.#place.relay.close(), this.#place.page?.close()]);
  }

  #control(name: unknown): ControlState {
    const control = this.#program.controls.get(name as string);
    if (control !== undefined) return control;
    const names = [...this.#program.controls.keys()];
    const meant = didYouMean(String(name), suggestControl(String(name), names));
    const some = names.slice(0, MAX_NAMED).join(", ") + (names.length > MAX_NAMED ? ", …" : "");
    throw argumentError("name", `the program has no control ${meant}; its controls are ${some || "none"}`);
  }

  #offer(): FromProgram {
    const { options, relay } = this.#place;
    return {
      type: "offer",
      program: this.#id,
      application: this.#recording.applicationId,
      recording: this.#recording.recordingId,
      ...(options.exclusive && { exclusive: true }),
      ...(relay.isRemote && { remote: true }),
      tokens: options.tokens,
      controls: [...this.#program.controls.values()].map(({ declaration }) => declaration),
      values: this.#program.present.all(),
    };
  }
}

/** An object whose properties are the present values. Secrets are missing. */
function presentValues({ controls }: ControlProgram): object {
  const values = {};
  for (const control of controls.values())
    if (control.hasValue && !control.isSecret)
      Object.defineProperty(values, control.name, {
        get: () => control.value,
        set: () => {
          throw new TypeError(`\`values\` can only be read: use set(${JSON.stringify(control.name)}, …)`);
        },
        enumerable: true,
      });
  return values;
}
