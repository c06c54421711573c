import type {
  ButtonControl,
  ControlPaths,
  ControlValues,
  Controls,
  ControlOptions,
  ControlValueOf,
} from "../declare/control-types.ts";
import type { Change, Pick, Press } from "../program/change.ts";

/** A change of a declaration while the controls are open. */
export interface ControlChanges extends Omit<ControlOptions, "progress"> {
  /** The smallest value. */
  min?: number | undefined;
  /** The largest value. */
  max?: number | undefined;
  /** The distance of allowed values. */
  step?: number | undefined;
  /** The texts of a choice. */
  options?: readonly string[] | undefined;
  /** From 0 to 1, or `null` to remove the bar. */
  progress?: number | null | undefined;
}

/** A panel that has connected. */
export interface ConnectedPanel {
  /** The id of the connection. */
  readonly client: string;
  /** The name of its token. */
  readonly by: string;
}

/** The declared control of a path. */
export type ControlAt<Declared extends Controls, Path extends string> = Extract<
  ControlPaths<Declared>,
  { readonly path: Path }
>["control"];

/**
 * The handler of a control: it receives the new value, or the press of a button. If it returns a promise, the change
 * counts as done when the promise is fulfilled.
 */
export type HandlerOf<Declared extends Controls, Path extends string> =
  ControlAt<Declared, Path> extends ButtonControl
    ? (press: Press) => unknown
    : (value: ControlValueOf<ControlAt<Declared, Path>>, change: Change) => unknown;

/** The controls of {@link openControls}, until they are closed. */
export interface OpenControls<Declared extends Controls = Controls> {
  /**
   * The page with the viewer and the panel, with the first token in its fragment: whoever has the URL controls.
   * `undefined` without a page, such as in a page.
   */
  readonly url: string | undefined;
  /** The URL of the relay, for panels of other pages and the command line. */
  readonly relayUrl: string;
  /** The tokens of panels, by name. */
  readonly tokens: Readonly<Record<string, string>>;
  /** The present values by path. Secrets are missing. */
  readonly values: ControlValues<Declared>;
  /** Events of the page around the viewer. Rerun's native viewer 0.41 tells neither. */
  readonly viewer: {
    /** Calls a handler for each click in the viewer of the page. Returns a function that removes the handler. */
    on(event: "pick", handler: (pick: Pick, change: Change) => unknown): () => void;
    /** Calls a handler with the `code` of each key that is pressed in the page. */
    on(event: "key", handler: (key: string, change: Change) => unknown): () => void;
  };
  /** Panels that come and go, of all tokens. */
  readonly panels: {
    /** Calls a handler for each panel that connects or disconnects. Returns a function that removes the handler. */
    on(event: "connect" | "disconnect", handler: (panel: ConnectedPanel) => unknown): () => void;
  };
  /**
   * Calls a handler for each change of a control by a person. Returns a function that removes the handler.
   *
   * @throws {TypeError} if the control does not exist
   */
  on<Path extends ControlPaths<Declared>["path"]>(name: Path, handler: HandlerOf<Declared, Path>): () => void;
  /**
   * Changes a value. Panels show it, and the recording has a row by `program`. No handler is called.
   *
   * @throws {TypeError | RangeError} if the control does not exist, or the value does not fit its declaration
   */
  set<Path extends keyof ControlValues<Declared> & string>(name: Path, value: ControlValues<Declared>[Path]): void;
  /**
   * Changes a declaration. A value that no longer fits is moved into the range, or to the first option.
   *
   * @throws {TypeError} if the control does not exist, or the change does not fit it
   */
  update(name: ControlPaths<Declared>["path"], change: ControlChanges): void;
  /** All changes from now on, until the controls are closed. A loop that is 10,000 changes late loses the oldest. */
  changes(): AsyncGenerator<Change, void, undefined>;
  /** Withdraws the controls, and closes what was started for them. Held buttons are released. */
  close(): Promise<void>;
  /** Closes the controls at the end of a block, with `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
