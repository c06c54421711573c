import { createHash } from "node:crypto";
import { lz4Bound, lz4Decode, Lz4Encoder, type Lz4Section } from "@rerun-ts/core/rrd";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { expect, test } from "vitest";
import { COPY, SEARCH } from "../../packages/core/dist/compress/lz4-encode.js";
import { runPython } from "./harness/real-rerun.ts";

interface Sample {
  readonly name: string;
  readonly source: Uint8Array;
  readonly sections: readonly Lz4Section[];
  /** The end of the data that was compressed before as a prefix, with other bytes in place of the first 8. */
  readonly prefix?: number;
}

/** Random numbers from 0 to 1 that are the same in every run. Source: mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let hash = Math.imul(state ^ (state >>> 15), 1 | state);
    hash = (hash + Math.imul(hash ^ (hash >>> 7), 61 | hash)) ^ hash;
    return ((hash ^ (hash >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randomNumbers(7);

function randomInteger(below: number): number {
  return Math.floor(random() * below);
}

/** Random bytes with `kinds` different values: fewer values cause more repetitions. */
function randomBytes(length: number, kinds: number): Uint8Array {
  return Uint8Array.from({ length }, () => randomInteger(kinds));
}

/** Repetitions of earlier bytes, and new bytes, as in real data; with matches of any length and distance. */
function repetitiveBytes(length: number): Uint8Array {
  const bytes = randomBytes(length, 256);
  for (let at = 16; at < length;) {
    const run = randomInteger(random() < 0.1 ? 5000 : 40);
    const distance = 1 + randomInteger(Math.min(at, random() < 0.3 ? 100_000 : 64));
    const end = Math.min(length, at + run);
    for (; at < end; at++) bytes[at] = bytes[at - distance] as number;
    at += randomInteger(random() < 0.1 ? 400 : 20);
  }
  return bytes;
}

/** Integers that count up, with occasional jumps. */
function countingNumbers(length: number, width: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let value = 0xfffffff0;
  for (let at = 0; at + width <= length; at += width) {
    value += random() < 0.05 ? randomInteger(2 ** 30) : 1;
    view.setUint32(at, value >>> 0, random() < 0.9);
  }
  return bytes;
}

function searched(name: string, source: Uint8Array): Sample {
  return { name, source, sections: [{ end: source.byteLength, stride: SEARCH }] };
}

function byStride(name: string, source: Uint8Array, stride: number): Sample {
  return { name, source, sections: [{ end: source.byteLength, stride }] };
}

/** Sections like those of a message, which begin at multiples of 8. */
function mixed(name: string, source: Uint8Array): Sample {
  const sections: Lz4Section[] = [];
  for (let end = 0; end < source.byteLength;) {
    end = Math.min(source.byteLength, end + 8 * (1 + randomInteger(500)));
    const strides = [SEARCH, COPY, 4 * (1 + randomInteger(4))] as const;
    sections.push({ end, stride: strides[randomInteger(3)] as number });
  }
  return { name, source, sections };
}

function makeSamples(): Sample[] {
  const samples: Sample[] = [];
  for (let length = 0; length <= 40; length++) {
    samples.push(searched(`${length} equal bytes`, new Uint8Array(length)));
    samples.push(searched(`${length} bytes of two kinds`, randomBytes(length, 2)));
    samples.push(byStride(`${length} bytes by stride`, new Uint8Array(length), 4));
  }
  for (const length of [255, 270, 1000, 4096, 65_535, 65_536, 65_550, 200_000]) {
    for (const kinds of [1, 2, 4, 16, 256]) samples.push(searched(`${length} of ${kinds}`, randomBytes(length, kinds)));
    samples.push(searched(`${length} repetitive`, repetitiveBytes(length)));
    for (const stride of [4, 8, 16]) {
      samples.push(byStride(`${length} counting by ${stride}`, countingNumbers(length, stride), stride));
      samples.push(byStride(`${length} equal by ${stride}`, new Uint8Array(length).fill(7), stride));
      samples.push(byStride(`${length} random by ${stride}`, randomBytes(length, 2), stride));
    }
  }
  // More than one part of the search in WebAssembly.
  samples.push(searched("megabytes of four kinds", randomBytes(1_300_000, 4)));
  samples.push(searched("repetitive megabytes", repetitiveBytes(2_200_000)));
  samples.push(searched("equal megabytes", new Uint8Array(2_500_000)));
  for (let index = 0; index < 150; index++) {
    samples.push(searched(`repetitive ${index}`, repetitiveBytes(randomInteger(5000))));
    samples.push(mixed(`mixed ${index}`, repetitiveBytes(randomInteger(20_000))));
    const shared = repetitiveBytes(100 + randomInteger(3000));
    samples.push({ ...searched(`prefix ${index}`, shared), prefix: 8 + randomInteger(shared.byteLength - 20) });
    samples.push(mixed(`mixed counting ${index}`, countingNumbers(8 * randomInteger(2000), 8)));
  }
  return samples;
}

test("the reference implementation of LZ4 decodes compressed blocks to the same bytes", async (context) => {
  needRerun(context);
  const encoder = new Lz4Encoder();
  const samples = makeSamples();
  const requests = samples.map(({ source, sections, prefix: end }) => {
    const target = new Uint8Array(lz4Bound(source.byteLength));
    const prefix = end === undefined ? undefined : encoder.compressPrefix(source, end, target);
    if (end !== undefined) source.set(randomBytes(8, 256));
    const block = target.subarray(0, encoder.compress(source, sections, target, 0, prefix));
    const sha256 = createHash("sha256").update(source).digest("hex");
    expect(Buffer.from(lz4Decode(block, source.byteLength)).equals(source)).toBe(true);
    return { block: Buffer.from(block).toString("base64"), size: source.byteLength, sha256 };
  });
  const problems = await runPython<(string | null)[]>("decode_lz4.py", requests);
  const failed = samples.flatMap(({ name }, index) => (problems[index] === null ? [] : `${name}: ${problems[index]}`));
  expect(failed).toEqual([]);
  expect(samples.length).toBeGreaterThan(600);
});
