import { describe, expect, it } from "vitest";
import { s3Store } from "@rerun-ts/cloud";

describe("s3Store", () => {
  it.for(["s3://b/p", "s3://Bucket/p", "s3://my_bucket"])("says which buckets there are for %s", (url) => {
    expect(() => s3Store(url)).toThrow(`a bucket of 3 to 63 small letters, digits, \`.\` and \`-\`, got "${url}"`);
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
});
