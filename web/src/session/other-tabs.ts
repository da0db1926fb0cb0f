const CHANNEL = "onrecord.session";

/** Tells the other tabs of this browser that its session has changed. */
export function tellOtherTabs(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage("changed");
  channel.close();
}

/**
 * Calls back whenever the browser's session may have become another one's without this page's doing: another tab said so, or the
 * page was out of sight. Returns how to stop.
 */
export function watchOtherTabs(onChange: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  const seen = () => {
    if (document.visibilityState === "visible") onChange();
  };
  // A page that the browser kept when it was left, and shows again as it was.
  const shown = ({ persisted }: PageTransitionEvent) => {
    if (persisted) onChange();
  };
  channel.addEventListener("message", onChange);
  document.addEventListener("visibilitychange", seen);
  window.addEventListener("pageshow", shown);
  return () => {
    channel.close();
    document.removeEventListener("visibilitychange", seen);
    window.removeEventListener("pageshow", shown);
  };
}
