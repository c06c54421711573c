import { unescapeId } from "../store/keys.ts";
import type { ObjectInfo } from "../store/object-store.ts";
import type { ProducerStatus } from "./fleet-report.ts";

/** Counts the parts of producers that upload by themselves. */
export class Producers {
  readonly #byName = new Map<string, ProducerStatus>();
  /** The folder of the part before: the parts of a run follow each other. */
  #folder = "";

  add({ key, size, modified }: ObjectInfo): void {
    const [, folder = "", name = ""] = /^(v1\/[^/]+\/direct\/[^/]+\/([^/]+)-[^/-]+\/)\d+\.rrd$/.exec(key) ?? [];
    if (folder === "") return;
    const producer = this.#producer(unescapeId(name) ?? name);
    if (folder !== this.#folder) producer.runs++;
    this.#folder = folder;
    producer.parts++;
    producer.bytes += size;
    const time = modified?.toISOString() ?? null;
    if (time !== null && time > (producer.lastPart ?? "")) producer.lastPart = time;
  }

  newestFirst(): readonly ProducerStatus[] {
    const timeOf = ({ lastPart, name }: ProducerStatus): string => `${lastPart ?? ""} ${name}`;
    return [...this.#byName.values()].sort((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1));
  }

  #producer(name: string): ProducerStatus {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const producer: ProducerStatus = { name, runs: 0, parts: 0, bytes: 0, lastPart: null };
    this.#byName.set(name, producer);
    return producer;
  }
}
