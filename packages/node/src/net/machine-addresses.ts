import { networkInterfaces } from "node:os";

/** The IPv4 addresses under which other machines reach this one, if a server listens on all interfaces. */
export function machineAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
  return all.filter(({ family, internal }) => family === "IPv4" && !internal).map(({ address }) => address);
}
