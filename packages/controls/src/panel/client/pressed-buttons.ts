import { BEAT_MS } from "../../protocol.ts";

/** The buttons that people of a panel hold at present, with the beats that tell programs so. */
export class PressedButtons {
  readonly #release = new Set<() => void>();
  readonly #beat: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param beat is called every 150 ms while a button is held */
  constructor(beat: () => void) {
    this.#beat = beat;
  }

  /** Adds a button. Returns a function that releases it, and then calls `onRelease`, once. */
  hold(onRelease: () => void): () => void {
    const release = (): void => {
      if (!this.#release.delete(release)) return;
      if (this.#release.size === 0) clearInterval(this.#timer);
      onRelease();
    };
    this.#release.add(release);
    if (this.#release.size === 1) this.#timer = setInterval(this.#beat, BEAT_MS);
    return release;
  }

  releaseAll(): void {
    for (const release of this.#release) release();
  }
}
