import { expect, it } from "vitest";
import { secretIn } from "./secret.js";

const secret = "aB3_-".repeat(9).slice(0, 43);

it.each([
  ["a secret", secret, secret],
  ["one between spaces", ` ${secret}\n`, secret],
  ["an address", `https://filings.example.com/first-run#${secret}`, secret],
  ["what a browser has behind its address", `#${secret}`, secret],
  ["nothing", "", null],
  ["an address without one", "https://filings.example.com/first-run#", null],
  ["one that a line broke", secret.slice(1), null],
  ["two", secret + secret, null],
  ["one with other signs", `${secret.slice(1)}&`, null],
])("finds the secret in %s", (_, given, found) => {
  expect(secretIn(given)).toBe(found);
});
