import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";

/** A step of the way to this page; the last one is the page itself and has no address. */
export interface Step {
  readonly label: string;
  readonly to: string | null;
}

interface Where {
  readonly steps: readonly Step[];
  readonly setSteps: (steps: readonly Step[]) => void;
}

const Context = createContext<Where>({ steps: [], setSteps: () => {} });

/** Lets a page tell the header where it is. */
export function WhereProvider({ children }: { children: ReactNode }) {
  const [steps, setSteps] = useState<readonly Step[]>([]);
  const value = useMemo(() => ({ steps, setSteps }), [steps]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

/** The steps to show in the header. */
export function useWhere(): readonly Step[] {
  return useContext(Context).steps;
}

/** Tells the header the way to this page, for as long as the page is shown. */
export function useTellWhere(steps: readonly Step[]): void {
  const { setSteps } = useContext(Context);
  const key = JSON.stringify(steps);
  useEffect(() => {
    setSteps(JSON.parse(key) as Step[]);
    return () => setSteps([]);
  }, [key, setSteps]);
}
