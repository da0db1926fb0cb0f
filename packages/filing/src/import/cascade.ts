import type { DefaultTreeAdapterTypes } from "parse5";
import { ImportError } from "../import-error.js";
import { DeclarationReader, type Declarations, parseDeclarations } from "./declarations.js";
import { PageIndex } from "./page-index.js";
import { textOf } from "./replaced.js";
import { matches, readSelector, type Selector } from "./selector.js";
import { holdsOnScreen, readSheet } from "./style-sheet.js";

type Element = DefaultTreeAdapterTypes.Element;

interface Rule {
  readonly selector: Selector;
  readonly order: number;
  readonly normal: Declarations;
  readonly important: Declarations;
}

const mostSteps = 40_000_000;
/** What says whether something is seen, and how a list is marked, is believed from every rule. */
const always = new Set([
  "display",
  "visibility",
  "opacity",
  "list-style-type",
  "list-style-image",
  "white-space",
]);
/** How text looks is believed from rules for a class or a name: what rules for all `h1` and `th` say, the filing has of itself. */
const ofNamed = new Set([
  ...always,
  ...[
    "font-weight",
    "font-style",
    "font-size",
    "font-family",
    "text-align",
    "text-decoration",
    "text-transform",
  ],
  ...["text-decoration-line", "vertical-align"],
]);

/** What the style sheets in a page and the `style` attributes say together about each of its elements. */
export class Cascade {
  readonly #inline = new DeclarationReader();
  readonly #rules = new Map<string, Rule[]>();
  readonly #merged = new Map<string, Declarations>();
  readonly #page: PageIndex;
  #steps = 0;

  constructor(document: DefaultTreeAdapterTypes.Document) {
    const quirks = document.mode === "quirks";
    this.#page = new PageIndex(quirks, () => this.#count());
    let order = 0;
    for (const sheet of sheetsOf(document)) {
      for (const { selectors, body } of readSheet(sheet)) {
        const said = parseDeclarations(body);
        for (const source of selectors) {
          const selector = readSelector(source, quirks);
          if (selector === null) continue;
          const believed = selector.named ? ofNamed : always;
          const [normal, important] = [only(said.normal, believed), only(said.important, believed)];
          if (normal.size + important.size === 0) continue;
          order += 1;
          const rule = { selector, order, normal, important };
          const known = this.#rules.get(selector.key);
          if (known === undefined) this.#rules.set(selector.key, [rule]);
          else known.push(rule);
        }
      }
    }
  }

  /** @throws ImportError where the style sheets ask for more than can be found out in a bearable time */
  styleOf(element: Element, inline: string | undefined): Declarations {
    if (this.#rules.size === 0) return this.#inline.read(inline);
    const rules = this.#rulesFor(element);
    if (rules.length === 0) return this.#inline.read(inline);
    const key = `${rules.map(({ order }) => order).join()} ${inline ?? ""}`;
    const known = this.#merged.get(key);
    if (known !== undefined) return known;
    const own = parseDeclarations(inline ?? "");
    const merged = new Map([
      ...rules.flatMap(({ normal }) => [...normal]),
      ...own.normal,
      ...rules.flatMap(({ important }) => [...important]),
      ...own.important,
    ]);
    if (this.#merged.size < 20_000) this.#merged.set(key, merged);
    return merged;
  }

  #rulesFor(element: Element): Rule[] {
    const id = this.#page.idOf(element);
    const keys = ["*", element.tagName, ...[...this.#page.classesOf(element)].map((name) => `.${name}`)];
    if (id !== null) keys.push(`#${id}`);
    return keys
      .flatMap((key) => this.#rules.get(key) ?? [])
      .filter(({ selector }) => matches(selector, element, this.#page))
      .sort((a, b) => a.selector.specificity - b.selector.specificity || a.order - b.order);
  }

  #count(): void {
    this.#steps += 1;
    if (this.#steps > mostSteps) {
      throw new ImportError(
        "The style sheets of this page are too large to be applied to it; save it again without them, or import it in parts.",
      );
    }
  }
}

function only(declarations: Declarations, names: ReadonlySet<string>): Declarations {
  return new Map([...declarations].filter(([name]) => names.has(name)));
}

function* sheetsOf(document: DefaultTreeAdapterTypes.Document): Generator<string> {
  const stack: DefaultTreeAdapterTypes.ChildNode[] = document.childNodes.toReversed();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (!("tagName" in node)) continue;
    if (node.tagName === "style") {
      const attribute = (name: string) => node.attrs.find((one) => one.name === name)?.value.trim() ?? "";
      if (/^(?:text\/css)?$/i.test(attribute("type")) && holdsOnScreen(attribute("media")))
        yield textOf(node);
    } else
      for (let at = node.childNodes.length - 1; at >= 0; at -= 1)
        stack.push(...node.childNodes.slice(at, at + 1));
  }
}
