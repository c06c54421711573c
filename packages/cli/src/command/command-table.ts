import type { CommandContext } from "./command-context.ts";

/** The facts that all kinds of flags have. */
interface AnyFlag {
  /** One sentence without a full stop: the effect of the flag. */
  readonly help: string;
  /** The letter of the flag after a single dash. */
  readonly short?: string;
  /** The default, as text. */
  readonly default?: string;
  /** The option of the function that the flag sets, for messages about this option. */
  readonly option?: string;
  /** The variable of the environment that replaces the flag. */
  readonly environment?: string;
  /** This flag requires one of these flags. */
  readonly requires?: readonly string[];
  /** This flag cannot be combined with these flags. */
  readonly conflicts?: readonly string[];
  /** Whether the flag is left out of the help, because it has no effect. Scripts for `rerun` may pass it. */
  readonly hidden?: true;
}

/** A flag without a value. */
interface Switch extends AnyFlag {
  readonly kind: "switch";
}

/** A flag that is given alone, or with `=true` or `=false`. */
interface OnOff extends AnyFlag {
  readonly kind: "on-off";
}

/** A flag that may be given several times, as in `-vv`. */
interface Count extends AnyFlag {
  readonly kind: "count";
}

/** The facts that all flags with a value have. */
interface ValueFlag extends AnyFlag {
  readonly repeated?: true;
  /** The need of a required flag, for the message that asks for the flag. */
  readonly required?: string;
}

/** A flag with a text, a number that is not negative, the port of a server, or a size such as `64MB`. */
interface TextFlag extends ValueFlag {
  readonly kind: "text" | "integer" | "number" | "port" | "bytes";
  /** The name of the value, such as `FILE`. The lowercase parts of `auto|FOLDER` are values themselves. */
  readonly value: string;
}

/** A flag with one of several values. */
interface Choice extends ValueFlag {
  readonly kind: "choice";
  readonly choices: readonly string[];
}

/** A flag of a command. */
export type Flag = Switch | OnOff | Count | TextFlag | Choice;

/** Flags by their names, without dashes. */
export type Flags = Readonly<Record<string, Flag>>;

/** All about the command line of a command. Parsing, help, messages, completion and documentation are made from it. */
export interface CommandTable {
  /** The words after `rerun-ts`. */
  readonly name: string;
  /** One line, for lists of commands. */
  readonly summary: string;
  /** Paragraphs about the command. */
  readonly description?: readonly string[];
  /** The arguments that are not flags. */
  readonly positionals?: Positionals;
  readonly flags: Flags;
  /** Whether the command serves its state, and has the flags for that. */
  readonly servesStatus?: true;
  /** The names of flags by titles. The others are listed as options. */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  /** Variables of the environment besides those of flags. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The meanings of the exit statuses. Default of 2: the command line is wrong. */
  readonly exits: { readonly 0: string; readonly 1: string; readonly 2?: string };
  /** Paragraphs after the flags. */
  readonly notes?: readonly string[];
  /** Command lines without `rerun-ts`. */
  readonly examples?: readonly string[];
}

/** The arguments of a command that are not flags. */
export interface Positionals {
  /** The names in the usage of the command. */
  readonly usage: string;
  /** The smallest number of arguments. Default: 0. */
  readonly least?: number;
  /** The largest number of arguments. Default: any. */
  readonly most?: number;
  /** The arguments that a message about another number of them asks for. */
  readonly required?: string;
}

/** A group of commands, such as `rrd`. */
export interface GroupTable {
  readonly name: string;
  readonly summary: string;
  readonly description?: readonly string[];
  /** Whether the name of the group alone is an error. Otherwise it shows the help. */
  readonly needsCommand?: true;
}

/** The values of the flags of a command, and its other arguments. */
export type ValuesOf<Table extends CommandTable> = FlagValues<Table["flags"]> & {
  readonly positionals: readonly string[];
};

/** The values of flags: `false` or 0 for a switch that is not given, `undefined` for any other flag. */
export type FlagValues<All extends Flags> = { readonly [Name in keyof All]: FlagValue<All[Name]> };

type FlagValue<One extends Flag> = One extends { readonly kind: "switch" }
  ? boolean
  : One extends { readonly kind: "count" }
    ? number
    : One extends { readonly kind: "on-off" }
      ? boolean | undefined
      : Repeated<One> | (One extends { readonly required: string } ? never : undefined);

type Repeated<One extends Flag> = One extends { readonly repeated: true } ? readonly Single<One>[] : Single<One>;

type Single<One extends Flag> = One extends { readonly choices: readonly (infer Value)[] }
  ? Value
  : One extends { readonly kind: "integer" | "number" | "port" | "bytes" }
    ? number
    : string;

/** A command: its table and its code, each of which is loaded when it is needed. */
export interface CommandEntry<Table extends CommandTable = CommandTable> {
  table(): Promise<Table>;
  run(values: ValuesOf<Table>, context: CommandContext): Promise<void>;
}

/** The code of a command. */
export type RunCommand<Table extends CommandTable> = (
  values: ValuesOf<Table>,
  context: CommandContext,
) => Promise<void> | void;
