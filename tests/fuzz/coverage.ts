import { Session, type Profiler } from "node:inspector";

/** A function of the code under test. */
interface KnownFunction {
  /** The blocks that no input has reached yet. */
  readonly missed: Map<string, readonly [start: number, end: number]>;
}

/** Counts which blocks of the packages were executed, by the counters that V8 itself keeps. */
export class Coverage {
  /** The functions and blocks that were reached so far. */
  reached = 0;
  readonly #session = new Session();
  readonly #functions = new Map<string, KnownFunction>();
  /** The data that is needed to forget the news of the last call again. */
  #undo: (() => void)[] = [];

  constructor() {
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Whether anything was reached for the first time since the last call. */
  takeNews(): boolean {
    this.#undo = [];
    this.#session.post("Profiler.takePreciseCoverage", (_, { result }) => {
      for (const { url, scriptId, functions } of result) {
        if (!/\/packages\/(?:reading|mcap|catalog|import|core|types|node|web)\//.test(url)) continue;
        for (const covered of functions) this.#add(scriptId, covered);
      }
    });
    this.reached += this.#undo.length;
    return this.#undo.length > 0;
  }

  /** Forgets the last news, so that the loop can find the input, among several, that has caused this news. */
  forgetNews(): void {
    this.reached -= this.#undo.length;
    for (const undo of this.#undo) undo();
    this.#undo = [];
  }

  #add(script: string, { ranges }: Profiler.FunctionCoverage): void {
    const [whole, ...blocks] = ranges;
    if (whole === undefined || whole.count === 0) return;
    const zeros = blocks.filter(({ count }) => count === 0);
    const key = `${script}:${whole.startOffset}`;
    const known = this.#functions.get(key);
    if (known === undefined) {
      const missed = new Map(
        zeros.map(({ startOffset, endOffset }) => [`${startOffset}-${endOffset}`, [startOffset, endOffset] as const]),
      );
      this.#functions.set(key, { missed });
      this.#undo.push(() => this.#functions.delete(key));
      return;
    }
    // The profiler reports a block only where its count differs from that of the code around it.
    for (const [block, [start, end]] of known.missed) {
      if (zeros.some(({ startOffset, endOffset }) => startOffset <= start && end <= endOffset)) continue;
      known.missed.delete(block);
      this.#undo.push(() => known.missed.set(block, [start, end]));
    }
  }
}
