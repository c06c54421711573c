const BYTE_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** The number of bytes in a text such as "2MiB" or "500kB". `undefined` if the text is not one. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d[\d_]*(?:\.\d+)?)\s*([KMGk]?i?B|)$/.exec(text);
  const factor = match === null ? undefined : BYTE_UNITS[match[2] as string];
  return match === null || factor === undefined
    ? undefined
    : Math.round(Number((match[1] as string).replaceAll("_", "")) * factor);
}
