/** A damaged copy of bytes: changed, truncated, or with pieces removed, repeated or inserted. */
export function mutate(bytes: Buffer, random: (below: number) => number): Buffer {
  let mutated = Buffer.from(bytes);
  for (let count = 1 + random(4); count > 0; count--) {
    const [at, to] = [random(mutated.length + 1), random(mutated.length + 1)].toSorted((a, b) => a - b) as [
      number,
      number,
    ];
    switch (random(6)) {
      case 0:
        if (at < mutated.length) mutated[at] = (mutated[at] as number) ^ (1 << random(8));
        break;
      case 1:
        if (at < mutated.length) mutated[at] = [0, 1, 0x7f, 0x80, 0xff][random(5)] as number;
        break;
      case 2:
        mutated = mutated.subarray(0, to);
        break;
      case 3:
        mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(to)]);
        break;
      case 4:
        mutated = Buffer.concat([mutated.subarray(0, to), mutated.subarray(at)]);
        break;
      default:
        mutated = Buffer.concat([
          mutated.subarray(0, at),
          Buffer.from(Array.from({ length: random(20) }, () => random(256))),
          mutated.subarray(at),
        ]);
    }
  }
  return mutated;
}
