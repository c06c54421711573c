import { InvalidValueError, ReadBudget } from "@rerun-ts/core/checks";

/** The most frames of a video: 77 hours at 60 per second. A file that claims more is damaged. */
const MAX_FRAMES = 2 ** 24;

/** Counts the frames that a file claims to have before memory is taken for them. */
export class FrameBudget {
  readonly #bytes: ReadBudget;
  #frames = 0;

  constructor(fileBytes: number) {
    this.#bytes = new ReadBudget(fileBytes);
  }

  /** Throws `InvalidValueError` or `RangeError` if the file cannot have `frames` more. */
  spend(frames: number): void {
    this.#bytes.spend(frames);
    this.#frames += frames;
    if (this.#frames > MAX_FRAMES) {
      throw new InvalidValueError(`a video with at most ${MAX_FRAMES} frames`, `${this.#frames} frames`, true);
    }
  }
}
