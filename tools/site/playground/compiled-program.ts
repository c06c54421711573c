/** Something that is wrong with a program. */
export interface Problem {
  /** The line, from 1. */
  readonly line: number;
  readonly message: string;
}

/** A module that a program imports. */
export interface ImportedModule {
  /** The position of its name in the code, with its quotes. */
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/** A program as JavaScript. */
export interface CompiledProgram {
  readonly code: string;
  readonly imports: readonly ImportedModule[];
  /**
   * For each line of the code, the line of the program, from 1; 0 if the code's line comes from no line of the program.
   */
  readonly lines: readonly number[];
  /** The errors of the program's syntax; a program with such errors cannot run. */
  readonly problems: readonly Problem[];
}
