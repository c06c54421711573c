/** Something that is wrong with a program. */
export interface Problem {
  /** The line, from 1. */
  readonly line: number;
  readonly message: string;
}

/** A module that a program imports. */
export interface ImportedModule {
  /** Where its name is in the code, with its quotes. */
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/** A program as JavaScript. */
export interface CompiledProgram {
  readonly code: string;
  readonly imports: readonly ImportedModule[];
  /** For each line of the code the line of the program, from 1; 0 for lines that come from none. */
  readonly lines: readonly number[];
  /** What is wrong with its syntax; such a program cannot run. */
  readonly problems: readonly Problem[];
}
