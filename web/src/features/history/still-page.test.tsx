import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { en } from "../../i18n/en.js";
import { LocaleProvider } from "../../i18n/locale.js";
import { StillPage } from "./still-page.js";
import type { Telling } from "./telling.js";
import type { Piece, TreeNode } from "./tree.js";
import { writersOf } from "./writer.js";

const mei = { id: "u1", name: "Mei Chan" };
const tom = { id: "u2", name: "Tom Lee" };
const writers = writersOf(
  [
    { standing: "PROVEN", author: mei, carrier: mei },
    { standing: "RELAYED", author: null, carrier: tom },
  ],
  en,
);
const at = ["2026-01-05T02:00:00Z", "2026-01-05T02:00:00Z"] as const;
const stamp = (by: number) => ({ by, versions: [3, 3] as const, at });
const text = (words: string, more: object = {}): Piece => ({
  change: "same",
  inserted: stamp(0),
  text: words,
  ...more,
});
const element = (name: string, attributes: Record<string, string | number>, ...children: Piece[]): Piece => ({
  change: "same",
  inserted: stamp(0),
  node: {
    type: "element",
    name,
    entries: Object.entries(attributes).map(([key, value]) => ({
      key,
      pieces: [{ change: "same", inserted: null, value }],
    })),
    children,
  },
});

function shown(mode: Telling["mode"], ...children: Piece[]): string {
  const node: TreeNode = { type: "fragment", entries: [], children };
  return renderToStaticMarkup(
    <LocaleProvider messages={en}>
      <StillPage kind="FILING" node={node} telling={{ mode, writers }} label="A page" page={null} />
    </LocaleProvider>,
  );
}

describe("a page of changes", () => {
  test("says of each run what became of it and by whom, and leaves what stayed alone", () => {
    const page = shown(
      "changes",
      element(
        "paragraph",
        {},
        text("kept "),
        text("new", { change: "inserted" }),
        text("old", { change: "deleted", deleted: stamp(1) }),
        text("bolder", {
          format: { bold: true },
          reformatted: [{ key: "bold", before: null, after: true, by: stamp(0) }],
        }),
      ),
    );
    expect(page).toMatch(/<p>kept <ins [^>]*><span [^>]*>Inserted by Mei Chan · [^<]*: <\/span>new<\/ins>/);
    expect(page).toMatch(
      /<del [^>]*><span [^>]*>Deleted by somebody, through Tom Lee · [^<]*<\/span>old<\/del>/,
    );
    expect(page).toMatch(/Bold added by Mei Chan · [^<]*<\/span><strong>bolder<\/strong>/);
  });
});

test("words that were written in between and lost are shown where they stood, with who wrote them and with whose change they went", () => {
  const gone = element("paragraph", {}, text("old"), text("rest"));
  const lost = { inserted: stamp(0), deleted: stamp(1) };
  const nested = {
    type: "text",
    entries: [],
    children: [],
    lost: [{ at: 0, text: "nested", ...lost }],
  } as const;
  if (!("node" in gone)) throw new Error("no element");
  const page = shown("changes", {
    ...gone,
    node: {
      ...gone.node,
      lost: [
        { at: 1, text: " and more", ...lost },
        { at: 2, ...lost, node: { ...nested, type: "element", name: "paragraph" } },
      ],
    },
  });
  expect(page).toMatch(
    /<p>old<del [^>]*data-change="lost"[^>]*><span [^>]*>Written in between by Mei Chan, and in neither version · [^<]*taken away by somebody, through Tom Lee[^<]*: <\/span> and more<\/del>rest<p><del/,
  );
  expect(page).toContain("nested</del>");
});

describe("a page of authors", () => {
  test("names the author of every run, and nobody where it is not proven", () => {
    const page = shown(
      "authors",
      element("paragraph", {}, text("hers"), text("whose", { inserted: stamp(1) })),
    );
    expect(page).toMatch(/Written by Mei Chan · [^<]*<\/span>hers/);
    expect(page).toMatch(/Written by somebody, through Tom Lee · [^<]*<\/span>whose/);
    expect(page.match(/--person/g)).toHaveLength(1);
  });
});

test("what a foreign client put into a filing has no way into the page", () => {
  const page = shown(
    "changes",
    element("script", { src: "https://x.test" }, text("alert(1)")),
    element("heading", { level: 99, textAlign: "x;color:red", onclick: "x" }, text("<img src=x onerror=y>")),
    element("tableCell", { colspan: 1e9, style: "position:fixed" }, text("cell")),
    element("paragraph", {}, text("a", { format: { link: { href: "javascript:alert(1)" } } })),
    element("paragraph", {}, text("b", { format: { link: { href: "https://a.test/", onclick: "x" } } })),
    element("__proto__", {}, element("constructor", {}, text("c", { format: { constructor: true } }))),
  );
  expect(page).not.toMatch(/<script|<img|javascript:|onclick|onerror=y>|position|colSpan|color:red/i);
  expect(page).toContain("<div><div>c</div></div>");
  expect(page).toContain("<h1>&lt;img src=x onerror=y&gt;</h1>");
  expect(page).toContain('<a href="https://a.test/" rel="noopener noreferrer nofollow">b</a>');
});
