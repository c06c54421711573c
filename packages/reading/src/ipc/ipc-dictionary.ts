import { Vector, type Data } from "apache-arrow";

/** The dictionaries that a batch refers to, by their ids. */
export type Dictionaries = ReadonlyMap<number, IpcDictionary>;

/** A dictionary at one place of a stream. Later messages create a new one. */
export class IpcDictionary {
  readonly #data: Data;
  /** Dictionary to which a delta was added. */
  readonly #before: IpcDictionary | undefined;
  readonly #deltas: number;
  #values: Vector | undefined;

  constructor(data: Data, before?: IpcDictionary) {
    this.#data = data;
    this.#before = before;
    this.#deltas = before === undefined ? 0 : before.#deltas + 1;
  }

  /** The values, made on the first call, because usually only the last of many deltas is needed. */
  get values(): Vector {
    if (this.#values !== undefined) return this.#values;
    const all = Array.from({ length: this.#deltas + 1 }, () => this.#data);
    let before = this.#before;
    for (let at = this.#deltas - 1; before !== undefined; before = before.#before) all[at--] = before.#data;
    return (this.#values = new Vector(all));
  }
}
