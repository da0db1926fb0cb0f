import { expect, test } from "vitest";
import { toHtmlPage } from "./page.js";

test("a page says what it is given, and only the body may be HTML", () => {
  const page = toHtmlPage({
    title: "</title><script>x</script>",
    body: "<p>a</p>",
    language: '"><b>',
    header: ["<i>Version 3</i>"],
    footer: "<u>b</u>",
  });
  expect(page).toContain("<main>\n<p>a</p>\n</main>");
  expect(page).toContain("<p>&lt;i&gt;Version 3&lt;/i&gt;</p>");
  expect(page).toContain("<footer><p>&lt;u&gt;b&lt;/u&gt;</p></footer>");
  expect(page).not.toMatch(/<script|<b>|<i>|<u>/);
});

test("a page forbids itself to fetch or run anything", () => {
  expect(toHtmlPage({ title: "a", body: "" })).toContain("default-src 'none'");
});
