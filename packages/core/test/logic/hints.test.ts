import { parseProxyUrl } from "@rerun-ts/core";
import { messageOf, suggestName } from "@rerun-ts/core/checks";
import { describe, expect, it } from "vitest";

describe("suggestName", () => {
  it("takes British spelling for American spelling", () => {
    const fields = ["positions", "colors", "radii", "labels"];
    for (const name of ["colour", "colours", "color", "Colours"]) expect(suggestName(name, fields)).toBe("colors");
    expect(suggestName("colour_model", ["colorModel", "format"])).toBe("colorModel");
  });
});

describe("parseProxyUrl", () => {
  it("names the address that a host alone probably means", () => {
    for (const [text, meant] of [
      ["9876", "rerun+http://127.0.0.1:9876/proxy"],
      ["localhost", "rerun+http://localhost:9876/proxy"],
      ["192.168.1.5:9000", "rerun+http://192.168.1.5:9000/proxy"],
      ["http://robot.local:9876", "rerun+http://robot.local:9876/proxy"],
      ["rerun+http://[::1]:9876/", "rerun+http://[::1]:9876/proxy"],
    ] as const)
      expect(() => parseProxyUrl(text)).toThrow(`did you mean ${meant}?`);
    for (const text of ["http://user:secret@robot.local", "file:///a", "localhost/other", ""]) {
      let message = "";
      try {
        parseProxyUrl(text);
      } catch (error) {
        message = messageOf(error);
      }
      expect(message).toContain("must be the address of a proxy");
      expect(message).not.toMatch(/did you mean|secret/);
    }
  });
});

describe("messageOf", () => {
  it("is the name of an error without a message", () => {
    expect(messageOf(new RangeError())).toBe("RangeError");
    expect(messageOf(new DOMException("", "NotAllowedError"))).toBe("NotAllowedError");
    expect(messageOf(new Error("text"))).toBe("text");
  });
});
