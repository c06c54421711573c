// The namespace `sensors`: measurements of the device and the browser.
export { logDeviceMotion } from "../sensors/log-device-motion.ts";
export { logDeviceOrientation } from "../sensors/log-device-orientation.ts";
export { logGeolocation, type LogGeolocationOptions } from "../sensors/log-geolocation.ts";
export { logNetwork, type LogNetworkOptions } from "../sensors/log-network.ts";
export { logPerformance } from "../sensors/log-performance.ts";
export { logPointer, type LogPointerOptions } from "../sensors/log-pointer.ts";
export { logXrPoses, type XrFrameLike, type XrPoseLike, type XrSessionLike } from "../sensors/log-xr-poses.ts";
export type { StopSensor } from "../sensors/sensor.ts";
