import { devices, type BrowserContextOptions } from "@playwright/test";

/** The pages of some examples need more than a window: a phone, and permissions of its user. */
const CONTEXTS: Readonly<Record<string, BrowserContextOptions>> = {
  sensors: {
    ...devices["Pixel 7"],
    geolocation: { latitude: 47.3763, longitude: 8.5476 },
    permissions: ["geolocation", "accelerometer", "gyroscope", "magnetometer"],
  },
};

/** The window or device in which the page of an example is opened. */
export function pageContext(example: string): BrowserContextOptions {
  return CONTEXTS[example] ?? {};
}
