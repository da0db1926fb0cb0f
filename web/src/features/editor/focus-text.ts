/** Whether nobody is busy elsewhere on the page: focus is nowhere, or on the page as a whole. */
export function isFree(): boolean {
  const { activeElement, body } = document;
  return activeElement === null || activeElement === body || activeElement.id === "content";
}

/** Puts the keyboard back into the text of the open document, once the page shows it. */
export function focusText(): void {
  // Behind what a closing dialog does with the focus.
  setTimeout(() => {
    const text = document.querySelector<HTMLElement>(".paper [role=textbox]");
    if (text?.checkVisibility()) text.focus({ preventScroll: true });
  }, 50);
}
