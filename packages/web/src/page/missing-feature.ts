/** Describes why a page lacks a feature of browsers, with the remedy. */
export function whyMissing(feature: string): string {
  const reason =
    (globalThis as Partial<typeof globalThis>).isSecureContext === false
      ? "it is not secure; serve it over HTTPS or from localhost"
      : "private windows and older browsers have none";
  return `this page has no ${feature}: ${reason}`;
}
