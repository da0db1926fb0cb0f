import type { DefaultTreeAdapterTypes } from "parse5";
import { type PageIndex, parentOf } from "./page-index.js";

type Element = DefaultTreeAdapterTypes.Element;

/** What one element must be for a selector. */
type Test = (element: Element, page: PageIndex) => boolean;

interface Step {
  readonly tests: readonly Test[];
  /** How the element of the step before stands to this one. */
  readonly relation: " " | ">" | "+" | "~" | null;
}

/** A selector that was understood, with the names by which the rules of a page are looked up. */
export interface Selector {
  readonly steps: readonly Step[];
  readonly specificity: number;
  readonly key: string;
  /** Whether it names a class, an identifier or an attribute, more than elements. */
  readonly named: boolean;
}

const token =
  /\s*([>+~])\s*|(\s+)|([.#])((?:[\w-]|[\u0080-\uffff]|\\.)+)|\[\s*([\w-]+)\s*(?:([~|^$*]?=)\s*(?:"([^"]*)"|'([^']*)'|([^\]\s]+))\s*(i)?\s*)?\]|:([\w-]+)(?:\(([^()]*)\))?|(\*|(?:[\w-]|[\u0080-\uffff]|\\.)+)/y;

/** Reads one selector; null for one that asks for what a page on paper does not have (`:hover`), or that is not understood. */
export function readSelector(source: string, quirks: boolean): Selector | null {
  const fold = (name: string) => (quirks ? name.toLowerCase() : name);
  const steps: { tests: Test[]; relation: Step["relation"] }[] = [{ tests: [], relation: null }];
  let specificity = 0;
  let key = "*";
  let named = false;
  const text = source.trim();
  for (let at = 0; at < text.length; ) {
    // A selector inside another one is read with the same expression.
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null) return null;
    at += match[0].length;
    const [, relation, space, sign, name, attribute, operator, a, b, c, insensitive, pseudo, argument, tag] =
      match;
    const step = steps.at(-1);
    if (step === undefined) return null;
    if (relation !== undefined || space !== undefined) {
      if (step.tests.length === 0) return null;
      steps.push({ tests: [], relation: (relation as Step["relation"] | undefined) ?? " " });
      key = "*";
    } else if (sign !== undefined && name !== undefined) {
      const wanted = fold(name.replace(/\\(.)/g, "$1"));
      named = true;
      specificity += sign === "#" ? 10_000 : 100;
      if (sign === "#") step.tests.push((element, page) => page.idOf(element) === wanted);
      else step.tests.push((element, page) => page.classesOf(element).has(wanted));
      if (sign === "#" || !key.startsWith("#")) key = sign + wanted;
    } else if (attribute !== undefined) {
      named = true;
      specificity += 100;
      step.tests.push(
        attributeTest(attribute.toLowerCase(), operator, a ?? b ?? c ?? "", insensitive === "i"),
      );
    } else if (pseudo !== undefined) {
      const test = pseudoTest(pseudo.toLowerCase(), argument, quirks);
      if (test === null) return null;
      specificity += 100;
      step.tests.push(test);
    } else if (tag !== undefined) {
      if (step.tests.length > 0) return null;
      const wanted = tag.toLowerCase();
      step.tests.push(wanted === "*" ? () => true : (element) => element.tagName === wanted);
      if (wanted !== "*") {
        specificity += 1;
        key = wanted;
      }
    }
  }
  if (steps.at(-1)?.tests.length === 0) return null;
  return { steps, specificity, key, named };
}

/** Answers whether a selector means this element. */
export function matches({ steps }: Selector, element: Element, page: PageIndex): boolean {
  return matchesFrom(steps, steps.length - 1, element, page);
}

function matchesFrom(steps: readonly Step[], at: number, element: Element, page: PageIndex): boolean {
  page.count();
  const step = steps[at];
  if (step === undefined || !step.tests.every((test) => test(element, page))) return false;
  if (at === 0) return true;
  switch (step.relation) {
    case ">": {
      const parent = parentOf(element);
      return parent !== null && matchesFrom(steps, at - 1, parent, page);
    }
    case "+": {
      const before = page.elementBefore(element);
      return before !== null && matchesFrom(steps, at - 1, before, page);
    }
    case "~":
      for (let one = page.elementBefore(element); one !== null; one = page.elementBefore(one))
        if (matchesFrom(steps, at - 1, one, page)) return true;
      return false;
    default:
      for (let one = parentOf(element); one !== null; one = parentOf(one))
        if (matchesFrom(steps, at - 1, one, page)) return true;
      return false;
  }
}

function attributeTest(
  name: string,
  operator: string | undefined,
  value: string,
  insensitive: boolean,
): Test {
  const fold = (text: string) => (insensitive ? text.toLowerCase() : text);
  const wanted = fold(value);
  return (element) => {
    const own = element.attrs.find((one) => one.name === name)?.value;
    if (own === undefined) return false;
    const has = fold(own);
    switch (operator) {
      case undefined:
        return true;
      case "=":
        return has === wanted;
      case "~=":
        return has.split(/\s+/).includes(wanted);
      case "|=":
        return has === wanted || has.startsWith(`${wanted}-`);
      case "^=":
        return wanted !== "" && has.startsWith(wanted);
      case "$=":
        return wanted !== "" && has.endsWith(wanted);
      default:
        return wanted !== "" && has.includes(wanted);
    }
  };
}

function pseudoTest(name: string, argument: string | undefined, quirks: boolean): Test | null {
  switch (name) {
    case "first-child":
      return (element, page) => page.placeOf(element) === 1;
    case "last-child":
      return (element, page) => page.placeOf(element) === page.siblingsOf(element);
    case "only-child":
      return (element, page) => page.siblingsOf(element) === 1;
    case "nth-child":
      return nthTest(argument ?? "");
    case "root":
      return (element) => parentOf(element) === null;
    case "empty":
      return (element) => element.childNodes.length === 0;
    case "link":
    case "any-link":
      return (element) => element.tagName === "a" && element.attrs.some((one) => one.name === "href");
    case "not":
    case "is":
    case "where": {
      const inner = (argument ?? "").split(",").map((one) => readSelector(one, quirks));
      if (inner.length === 0 || inner.includes(null)) return null;
      const any: Test = (element, page) => inner.some((one) => one !== null && matches(one, element, page));
      return name === "not" ? (element, page) => !any(element, page) : any;
    }
    default:
      return null;
  }
}

function nthTest(argument: string): Test | null {
  const said = argument.replace(/\s+/g, "").toLowerCase();
  const match = /^(?:(odd)|(even)|([+-]?\d*)n([+-]\d+)?|([+-]?\d+))$/.exec(said);
  if (match === null) return null;
  const [, odd, even, step, offset, only] = match;
  const a =
    odd || even
      ? 2
      : only !== undefined
        ? 0
        : step === "" || step === "+"
          ? 1
          : step === "-"
            ? -1
            : Number(step);
  const b = odd ? 1 : Number(only ?? offset ?? 0);
  return (element, page) => {
    const past = page.placeOf(element) - b;
    return a === 0 ? past === 0 : past % a === 0 && past / a >= 0;
  };
}
