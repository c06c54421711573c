import type { ControlAt, ControlPaths, ControlValueOf, Controls } from "@rerun-ts/controls";
import {
  PanelClient,
  type ControlNote,
  type PanelClientOptions,
  type PanelProgram,
  type PanelState,
} from "@rerun-ts/controls/panel";
import {
  createContext,
  createElement,
  useCallback,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
  type ReactElement,
  type ReactNode,
} from "react";
import { DeferredDisposal } from "./deferred-disposal.ts";

/** Properties of {@link ControlsProvider}. */
export interface ControlsProviderProps extends PanelClientOptions {
  readonly children?: ReactNode;
}

/** Options of {@link useControl}. */
export interface UseControlOptions {
  /** The id of the application whose control it is. Default: the first program that has a control of this name. */
  application?: string | undefined;
}

/** A control in a component. */
export interface UsedControl<Value> {
  /** The present value. `undefined` until it is known, and for buttons and secrets. */
  readonly value: Value | undefined;
  /** The result of the last use. `undefined` before the first one. */
  readonly note: ControlNote | undefined;
  /** Whether people can use the control at present. */
  readonly isUsable: boolean;
  /** Sends a value: at most 60 a second, and always the last one. Does nothing without a program. */
  readonly set: (value: Value) => void;
  /** Presses a button. Pass `true` if a person has confirmed the press. Does nothing without a program. */
  readonly press: (isConfirmed?: boolean) => void;
  /** Holds a button. Returns a function that releases it. Does nothing without a program. */
  readonly hold: () => () => void;
}

const NOBODY: PanelState = { connection: "connecting", programs: [] };
const Context = createContext<PanelClient | undefined>(undefined);

/**
 * Connects the components inside to the controls of programs at a relay, as one panel. The connection begins and ends
 * with the component.
 *
 * @example
 * <ControlsProvider url="ws://127.0.0.1:9876/ws" token={token}><Gain /></ControlsProvider>
 */
export function ControlsProvider({ url, token, children }: ControlsProviderProps): ReactElement {
  const [lifetime] = useState(() => new DeferredDisposal<PanelClient>((client) => client.close()));
  const [client, setClient] = useState<PanelClient>();
  useEffect(() => {
    setClient(lifetime.acquire(JSON.stringify([url, token]), () => new PanelClient({ url, token })));
    return () => lifetime.release();
  }, [lifetime, url, token]);
  return createElement(Context.Provider, { value: client }, children);
}

/**
 * A control of a program, inside of {@link ControlsProvider}. `Value` is the type of its value.
 *
 * @param name the name of the control, such as `gain` or `log/level`
 * @example
 * import { useControl } from "@rerun-ts/react/controls";
 * const gain = useControl<number>("gain");
 */
export function useControl<Value extends number | boolean | string | readonly [number, number, number]>(
  name: string,
  { application }: UseControlOptions = {},
): UsedControl<Value> {
  const client = useContext(Context);
  const subscribe = useCallback((listener: () => void) => client?.subscribe(listener) ?? (() => {}), [client]);
  const state = useSyncExternalStore(
    subscribe,
    () => client?.state ?? NOBODY,
    () => NOBODY,
  );
  const program = findProgram(state, name, application);
  const id = program?.program;
  const set = useCallback((value: Value) => id !== undefined && client?.set(id, name, value), [client, id, name]);
  const press = useCallback(
    (isConfirmed?: boolean) => id !== undefined && client?.press(id, name, isConfirmed),
    [client, id, name],
  );
  const hold = useCallback(
    () => (id === undefined ? undefined : client?.hold(id, name)) ?? (() => {}),
    [client, id, name],
  );
  const declaration = program?.controls.find((control) => control.name === name);
  return {
    value: (program?.pending[name] ?? program?.values[name]) as Value | undefined,
    note: program?.notes[name],
    isUsable:
      declaration !== undefined &&
      declaration.disabled !== true &&
      program?.control !== "others" &&
      program?.isGone === false,
    set,
    press,
    hold,
  };
}

/** The hook of a declaration, see {@link createControls}. */
export interface DeclaredControls<Declared extends Controls> {
  /** {@link useControl} for the names and the values of the declaration. Buttons have no value. */
  readonly useControl: <Name extends ControlPaths<Declared>["path"]>(
    name: Name,
    options?: UseControlOptions,
  ) => UsedControl<ControlValueOf<ControlAt<Declared, Name>>>;
}

/**
 * Makes {@link useControl} for the declaration of a program, by its type alone: the program and the page may be apart.
 *
 * @example
 * import { slider } from "@rerun-ts/controls";
 * import { createControls } from "@rerun-ts/react/controls";
 * const declared = { gain: slider({ min: 0, max: 2 }) }; // in the program, of which the page imports the type
 * const { useControl } = createControls<typeof declared>();
 * const gain = useControl("gain"); // `gain.value` is a number or `undefined`
 */
export function createControls<Declared extends Controls>(): DeclaredControls<Declared> {
  return { useControl };
}

function findProgram(
  { programs }: PanelState,
  name: string,
  application: string | undefined,
): PanelProgram | undefined {
  const having = programs.filter(({ controls }) => controls.some((control) => control.name === name));
  return having.find((program) => application === undefined || program.application === application);
}
