import { expect, it } from "vitest";
import { decodePage } from "./decode-page.js";

it.each([
  ["plain", Buffer.from("offer"), "offer"],
  ["UTF-8", Buffer.from("“price” 價"), "“price” 價"],
  ["Windows-1252", Buffer.from([0x93, 0x70, 0x94]), "“p”"],
])("reads %s bytes", (_, bytes, text) => {
  expect(decodePage(bytes)).toBe(text);
});
