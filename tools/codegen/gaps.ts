/** Something that a person must write, or decide, before code can be generated. */
export interface Gap {
  /** The file to edit. */
  readonly file: string;
  readonly problem: string;
  readonly todo: string;
}

/** The generator cannot go on: its message names the problems, one a line. */
export class GapError extends Error {
  override readonly name = "GapError";
  readonly gaps: readonly Gap[];

  constructor(gaps: readonly Gap[]) {
    super(gaps.map(({ problem }) => problem).join("\n"));
    this.gaps = gaps;
  }
}

/** Runs something that may throw a {@link GapError}, and returns the gaps. */
export function gapsOf(run: () => unknown): readonly Gap[] {
  try {
    run();
    return [];
  } catch (error) {
    if (error instanceof GapError) return error.gaps;
    throw error;
  }
}
