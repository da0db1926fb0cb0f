const blocks = "ul, ol, p, h1, h2, h3, h4, h5, h6, li, td, th, pre, hr, blockquote, .table-frame";

/** The places where something changed, top to bottom: what changed within one block of text is one place. */
export function changePlaces(page: Element): HTMLElement[] {
  const places: HTMLElement[] = [];
  let last: Element | null = null;
  for (const change of page.querySelectorAll<HTMLElement>("[data-change]")) {
    const block = change.closest(blocks);
    if (block !== null && (block === last || last?.contains(block))) continue;
    places.push(change);
    last = block;
  }
  return places;
}
