import { useCallback, useEffect } from "react";
import { type AnyVariables, type UseQueryArgs, type UseQueryState, useQuery } from "urql";
import { useSession } from "../session/session.js";

/** A query that is asked again when it failed and the person has signed in anew; the second value asks it at will. */
export function useReading<T, V extends AnyVariables>(
  args: UseQueryArgs<V, T>,
): [UseQueryState<T, V>, () => void] {
  const { round } = useSession();
  const [state, execute] = useQuery<T, V>(args);
  const reload = useCallback(() => execute({ requestPolicy: "network-only" }), [execute]);
  const failed = state.error !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new sign-in (`round`) asks again, not the failure itself.
  useEffect(() => {
    if (failed) reload();
  }, [round]);
  return [state, reload];
}
