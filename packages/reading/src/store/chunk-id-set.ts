/** The words of an id, of 32 bits each. */
const WORDS = 4;
/** The digits of a word. */
const DIGITS = 8;
/** The code of the digit 0, the one of the first letter less its value, and the bit of small letters. */
const ZERO = 0x30;
const TEN = 0x61 - 10;
const SMALL = 0x20;
const FIRST_CAPACITY = 64;

/**
 * The ids of chunks, 32 digits each. A chunk needs 21 to 43 bytes. In a `Set` of strings, it needs about 90, and a file
 * may have a million chunks.
 */
export class ChunkIdSet {
  #capacity = FIRST_CAPACITY;
  /** The ids in a table with open addressing. Free places are zero. */
  #words = new Uint32Array(FIRST_CAPACITY * WORDS);
  #size = 0;
  /** Whether it contains the id zero. */
  #hasZero = false;
  /** So that nobody can choose ids that collide. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32);
  /** The words of the id that is looked for. */
  readonly #id = new Uint32Array(WORDS);

  has(id: string): boolean {
    const place = this.#find(id);
    return place < 0 ? this.#hasZero : this.#isTaken(place);
  }

  add(id: string): void {
    const place = this.#find(id);
    if (place < 0) this.#hasZero = true;
    else if (!this.#isTaken(place)) {
      this.#words.set(this.#id, place * WORDS);
      this.#size++;
      if (this.#size * 4 > this.#capacity * 3) this.#grow();
    }
  }

  /** Removes all ids, and releases their memory. */
  clear(): void {
    this.#capacity = FIRST_CAPACITY;
    this.#words = new Uint32Array(FIRST_CAPACITY * WORDS);
    this.#size = 0;
    this.#hasZero = false;
  }

  /** The place of an id, or the free one where it belongs. Negative for the id zero. */
  #find(id: string): number {
    for (let word = 0; word < WORDS; word++) this.#id[word] = wordOf(id, word * DIGITS);
    return this.#id.every((word) => word === 0) ? -1 : this.#search();
  }

  #search(): number {
    const [a, b, c, d] = this.#id as unknown as [number, number, number, number];
    const words = this.#words;
    const mask = this.#capacity - 1;
    let place = hashOf(this.#seed, a, b, c, d) & mask;
    for (;;) {
      const at = place * WORDS;
      const isOwn = words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d;
      if (isOwn || !this.#isTaken(place)) return place;
      place = (place + 1) & mask;
    }
  }

  #isTaken(place: number): boolean {
    const words = this.#words;
    const at = place * WORDS;
    return (
      ((words[at] as number) | (words[at + 1] as number) | (words[at + 2] as number) | (words[at + 3] as number)) !== 0
    );
  }

  #grow(): void {
    const old = this.#words;
    this.#capacity *= 2;
    this.#words = new Uint32Array(this.#capacity * WORDS);
    for (let at = 0; at < old.length; at += WORDS) {
      const id = old.subarray(at, at + WORDS);
      if (id.every((word) => word === 0)) continue;
      this.#id.set(id);
      this.#words.set(id, this.#search() * WORDS);
    }
  }
}

/** The number in eight digits. */
function wordOf(id: string, start: number): number {
  let word = 0;
  for (let at = start; at < start + DIGITS; at++) {
    const code = id.charCodeAt(at);
    word = (word << 4) | (code < 0x41 ? code - ZERO : (code | SMALL) - TEN);
  }
  return word >>> 0;
}

/** A hash of four words, in which each bit depends on all others. Source: the steps of MurmurHash3, which is public. */
function hashOf(seed: number, a: number, b: number, c: number, d: number): number {
  let hash = mixed(mixed(mixed(mixed(seed, a), b), c), d);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function mixed(hash: number, word: number): number {
  let part = Math.imul(word, 0xcc9e2d51);
  part = Math.imul((part << 15) | (part >>> 17), 0x1b873593);
  const next = hash ^ part;
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0;
}
