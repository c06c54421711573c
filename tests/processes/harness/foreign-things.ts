import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ObjectStore } from "@rerun-ts/storage";
import { expect } from "vitest";
import type { Random } from "./test-random.ts";

/** Names of files that nobody but their owner may touch. */
const NAMES = [
  "notes.txt",
  "run.json",
  "0123456789abcdef0123456789abcdef/notes.txt",
  "a b/run.lock",
  ".hidden",
  "rerun-ts-compact-notes/notes.txt",
  "v1/fleet/direct/notes/else.bin",
];
/** Keys of objects of others, beside and below those of the dataset. */
const KEYS = [
  "v1/fleet/direct/shared_20run/readme.txt",
  "v1/fleet/direct/someone/else.bin",
  "v1/fleet/log/00/notes.json",
  "v1/fleet/compact/notes.txt",
  "v1/other/direct/run/robot-0/00000001.rrd",
  "photos/1.jpg",
];

/** Files, folders and objects of others, beside those of the fleet. */
export class ForeignThings {
  readonly #folders: readonly string[];
  readonly #stores: readonly ObjectStore[];
  readonly #random: Random;
  readonly #files = new Map<string, Buffer>();
  readonly #objects = new Map<ObjectStore, Map<string, Uint8Array>>();

  /**
   * @param folders the folders in which programs of the fleet have files
   * @param stores the stores of the fleet, without faults
   */
  constructor(folders: readonly string[], stores: readonly ObjectStore[], random: Random) {
    this.#folders = folders;
    this.#stores = stores;
    this.#random = random;
  }

  /** The names in a folder that belong to others. */
  get names(): readonly string[] {
    return NAMES.map((name) => name.split("/")[0] ?? name);
  }

  /** Creates those that are not there yet. */
  async add(): Promise<void> {
    for (const folder of this.#folders)
      for (const name of NAMES) {
        const path = join(folder, name);
        if (this.#files.has(path)) continue;
        const bytes = Buffer.from(this.#text());
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, bytes);
        this.#files.set(path, bytes);
      }
    for (const store of this.#stores) {
      const objects = this.#objects.get(store) ?? new Map<string, Uint8Array>();
      this.#objects.set(store, objects);
      for (const key of KEYS) {
        if (objects.has(key)) continue;
        const bytes = new TextEncoder().encode(this.#text());
        await store.create(key, bytes);
        objects.set(key, bytes);
      }
    }
  }

  /** Checks that nothing of others was touched. */
  async check(): Promise<void> {
    for (const [path, bytes] of this.#files)
      expect([path, existsSync(path) ? readFileSync(path) : "gone"]).toEqual([path, bytes]);
    for (const [store, objects] of this.#objects)
      for (const [key, bytes] of objects)
        expect([key, Buffer.from(await store.read(key))]).toEqual([key, Buffer.from(bytes)]);
  }

  #text(): string {
    return `of somebody else: ${this.#random(1e9)}`;
  }
}
