import { type RefObject, useEffect } from "react";

/** Lets every run but one writer's step back. By attribute and not by rendering: a filing has thousands of runs. */
export function useOnly(page: RefObject<HTMLElement | null>, only: string | null): void {
  useEffect(() => {
    const runs = page.current?.querySelectorAll<HTMLElement>("[data-writer]") ?? [];
    for (const run of runs) run.toggleAttribute("data-faded", only !== null && run.dataset.writer !== only);
  }, [page, only]);
}
