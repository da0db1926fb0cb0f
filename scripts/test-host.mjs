import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * What the tests find on this machine, in a line. It enters Turborepo's hash, because a test that was skipped for want of a
 * browser must run once there is one.
 */
export function testHost() {
  const tools = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "nats-server",
    "nginx",
    "caddy",
    "docker",
  ].filter(isOnPath);
  const user = process.getuid?.() === 0 ? "root" : "user";
  return [`${process.platform}-${process.arch}`, user, ...tools].join(" ");
}

/** Where Debian puts servers, whatever the PATH says. */
const SERVERS = ["/usr/sbin", "/usr/local/sbin"];

function isOnPath(tool) {
  return [...(process.env.PATH ?? "").split(delimiter), ...SERVERS].some((dir) => {
    try {
      accessSync(join(dir, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
