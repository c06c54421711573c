// The worker of the package, whose requests have blobs as bodies: the DevTools send other bodies to Playwright, encoded
// twice, which takes most of the time of a test with large rows.
export * from "@rerun-ts/web/worker";

const { fetch } = globalThis;
globalThis.fetch = (input, init) => {
  const body = init?.body;
  return fetch(input, ArrayBuffer.isView(body) ? { ...init, body: new Blob([body]) } : init);
};
