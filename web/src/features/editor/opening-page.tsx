import { Skeleton } from "@mantine/core";
import { useEffect, useState } from "react";
import { useLocale } from "../../i18n/locale.js";

/** After this long the page says that large filings take a moment. */
const SLOW_MS = 2500;

/** A page that is being opened. */
export function OpeningPage() {
  const { messages } = useLocale();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-label={messages.filing.loadingText} className="opening">
      <Skeleton height={26} width="64%" mx="auto" mb={34} />
      {["100%", "96%", "99%", "58%"].map((width) => (
        <Skeleton key={width} height={13} width={width} mb={13} />
      ))}
      <Skeleton height={132} mt={28} mb={28} />
      {["98%", "94%", "71%"].map((width) => (
        <Skeleton key={width} height={13} width={width} mb={13} />
      ))}
      <p>{slow ? messages.filing.loadingLarge : " "}</p>
    </div>
  );
}
