import { useEffect } from "react";

/** Names the browser tab after the page. */
export function useTitle(title: string | null): void {
  useEffect(() => {
    document.title = title === null || title === "" ? "Onrecord" : `${title} · Onrecord`;
  }, [title]);
}
