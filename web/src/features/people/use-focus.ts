import { useCallback } from "react";

/** Gives the focus to what has an id, or else to the heading of the section, once what is closing is gone. */
export function useFocus(headingId: string): (id?: string) => void {
  return useCallback(
    (id) => {
      setTimeout(() => {
        const wanted = id === undefined ? null : document.getElementById(id);
        (wanted ?? document.getElementById(headingId))?.focus();
      });
    },
    [headingId],
  );
}
