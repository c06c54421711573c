import type { KeptPart, PartsChange } from "./parts-view.ts";

/** Compares the layers that a catalog has with the parts that it should have, as both change. */
export class LayerComparison {
  /** The parts that the catalog lacks, by their layers. */
  readonly missing: Map<string, KeptPart> = new Map();
  /** The layers that the catalog has although they are not wanted. */
  readonly others: Set<string> = new Set();
  #layers: Set<string> = new Set();
  #wanted = 0;

  /** The number of wanted parts that the catalog has. */
  get registered(): number {
    return this.#wanted - this.missing.size;
  }

  /** Whether the catalog has a layer. */
  has(layer: string): boolean {
    return this.#layers.has(layer);
  }

  /** Takes over what a catalog has. Returns the number of layers that it has lost. {@link compareAll} follows. */
  restart(layers: Set<string>): number {
    let lost = 0;
    for (const layer of this.#layers) if (!layers.has(layer)) lost++;
    this.#layers = layers;
    return lost;
  }

  /** Compares everything. */
  compareAll(parts: ReadonlyMap<string, KeptPart>, isWanted: (part: KeptPart) => boolean): void {
    this.missing.clear();
    this.others.clear();
    this.#wanted = 0;
    for (const [layer, part] of parts) {
      if (!isWanted(part)) continue;
      this.#wanted++;
      if (!this.#layers.has(layer)) this.missing.set(layer, part);
    }
    for (const layer of this.#layers) {
      const part = parts.get(layer);
      if (part === undefined || !isWanted(part)) this.others.add(layer);
    }
  }

  /** Compares what has changed. The parts were wanted, or are it now. */
  compare({ added, dropped }: PartsChange): void {
    for (const part of added) {
      this.#wanted++;
      if (this.#layers.has(part.layer)) this.others.delete(part.layer);
      else this.missing.set(part.layer, part);
    }
    for (const { layer } of dropped) {
      this.#wanted--;
      this.missing.delete(layer);
      if (this.#layers.has(layer)) this.others.add(layer);
    }
  }

  /** The catalog has got a wanted part. */
  register(layer: string): void {
    this.#layers.add(layer);
    this.missing.delete(layer);
  }

  /** The catalog has lost a part, which is wanted nevertheless, or is not. */
  unregister(layer: string, wanted: KeptPart | undefined): void {
    this.#layers.delete(layer);
    this.others.delete(layer);
    if (wanted !== undefined) this.missing.set(layer, wanted);
  }
}
