import { describe, expect, it } from "vitest";
import { presignUpload, s3Store } from "@rerun-ts/storage";

describe("s3Store", () => {
  it.for(["s3://b/p", "s3://Bucket/p", "s3://my_bucket"])("says which buckets there are for %s", (url) => {
    expect(() => s3Store(url)).toThrow(`a bucket of 3 to 63 small letters, digits, \`.\` and \`-\`, got "${url}"`);
  });

  it.for(["s3://key:canary/1@bucket/p", "https://key:canary@host/p"])("shows no login of the address %s", (url) => {
    expect(() => s3Store(url)).toThrow(/^`url` must be (?!.*canary).*\/\/…@/);
  });

  it("takes no other text for certificates", () => {
    const key = "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----";
    for (const ca of [key, "ca.pem", ""])
      expect(() => s3Store("s3://bucket", { ca })).toThrow(
        /^`ca` must be certificates in PEM format, got text without a certificate$/,
      );
  });

  it("names what is given as credentials without their values", () => {
    const given: readonly unknown[] = [
      { accessKey: "canary", secret: "canary" },
      { accessKeyId: "canary", secretAccessKey: 5 },
      ["canary", "canary"],
      "canary:canary",
    ];
    for (const credentials of given)
      expect(() => s3Store("s3://bucket", { credentials: credentials as never })).toThrow(
        /^`credentials` must be an object with `accessKeyId` and `secretAccessKey`(?!.*canary).*got /,
      );
    expect(() => s3Store("s3://bucket", { credentials: given[0] as never })).toThrow(
      /an object with accessKey, secret$/,
    );
  });

  it.for(["accessKeyId", "secretAccessKey", "sessionToken"])(
    "takes no line break in %s, and does not show it",
    (name) => {
      const credentials = { accessKeyId: "canary", secretAccessKey: "canary", [name]: "canary\n" };
      expect(() => s3Store("s3://bucket", { credentials })).toThrow(
        /^`credentials\.\w+` must be ASCII characters without spaces and line breaks$/,
      );
    },
  );

  it("takes an endpoint with any number of slashes at its end", async () => {
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    const store = s3Store("s3://bucket", { endpoint: "http://127.0.0.1:9000//", credentials });
    expect(await store.presignRead?.("key", 60)).toMatch(/^http:\/\/127\.0\.0\.1:9000\/bucket\/key\?/);
  });
});

describe("presignUpload", () => {
  it.for([
    [undefined, {}, "`part` must be an object such as"],
    [{}, {}, "`key` must be a path"],
    [{ key: "a.rrd", sha256: "short" }, {}, '`sha256` must be 64 hexadecimal digits, got "short"'],
    [
      { key: "a.rrd" },
      { expiresSeconds: 604_801 },
      "`expiresSeconds` must be an integer from 1 to 604800, a week, got",
    ],
    [{ key: "a.rrd" }, { expiresSeconds: "60" }, "`expiresSeconds` must be an integer from 1 to 604800, a week, got"],
  ] as const)("rejects %j with %j", async ([part, options, message]) => {
    await expect(presignUpload("s3://bucket", part as never, options as never)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining(message) as string,
    });
  });
});
