import { useCallback } from "react";

/** Gives the focus to what is marked `data-focus`, or else to the heading of the section, once what is closing is gone. */
export function useFocus(headingId: string): (mark?: string) => void {
  return useCallback(
    (mark) => {
      setTimeout(() => {
        const wanted =
          mark === undefined ? null : document.querySelector<HTMLElement>(`[data-focus="${mark}"]`);
        (wanted ?? document.getElementById(headingId))?.focus();
      });
    },
    [headingId],
  );
}
