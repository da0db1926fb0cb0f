/** Whether nobody is busy elsewhere on the page: focus is nowhere, or on the page as a whole. */
export function isFree(): boolean {
  const { activeElement, body } = document;
  return activeElement === null || activeElement === body || activeElement.id === "content";
}

/** How often it is looked whether the text is there and keeps the focus, and how long between two looks, in milliseconds. */
const LOOKS = 40;
const LOOK_MS = 50;

/** Puts the keyboard back into the text of the open document, once the page shows it and the dialog that asked is gone. */
export function focusText(looks = LOOKS): void {
  if (looks === 0) return;
  setTimeout(() => {
    const text = document.querySelector<HTMLElement>(".paper [role=textbox]");
    const isShown = text?.checkVisibility() === true;
    const isThere = isShown && document.querySelector("[role=dialog]") === null;
    // What closes gives the focus back to what opened it, which is no longer there.
    if (isThere && !isFree()) return;
    if (isThere) text?.focus({ preventScroll: true });
    focusText(looks - 1);
  }, LOOK_MS);
}
