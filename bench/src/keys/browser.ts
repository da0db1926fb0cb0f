import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Starts the Chromium at `CHROMIUM_PATH`, or where systems usually have it; undefined when there is none. */
export async function findBrowser(): Promise<Browser | undefined> {
  const executablePath = process.env.CHROMIUM_PATH ?? places.find((place) => existsSync(place));
  if (executablePath === undefined) return undefined;
  // Chromium refuses to sandbox for root, which is who measures in containers. Without a GPU, so that machines compare.
  const args = [
    "--disable-gpu",
    // A build that is laid over the server's counts as foreign to it.
    "--disable-features=LocalNetworkAccessChecks",
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  ];
  return chromium.launch({ executablePath, args });
}
