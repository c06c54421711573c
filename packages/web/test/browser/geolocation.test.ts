import { RecordingStream, sensors } from "@rerun-ts/web";
import { afterEach, expect, it, vi } from "vitest";

afterEach(() => vi.restoreAllMocks());

it("a position that cannot be had is reported with the reason, also if the browser gives no message", async () => {
  const messages: string[] = [];
  for (const code of [1, 2, 3]) {
    vi.spyOn(navigator.geolocation, "watchPosition").mockImplementation((_, onError) => {
      onError?.({ code, message: "" } as GeolocationPositionError);
      return 1;
    });
    const rec = new RecordingStream("position", { onError: ({ message }) => messages.push(message) });
    sensors.logGeolocation(rec, "position")();
  }
  await expect
    .poll(() => messages.sort())
    .toEqual([
      expect.stringContaining("the device did not find it in time"),
      expect.stringContaining("the device has no source of positions"),
      expect.stringContaining("the user or the page's policy has refused it"),
    ]);
});
