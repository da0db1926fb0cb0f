import { Skeleton, Stack } from "@mantine/core";
import { useLocale } from "../i18n/locale.js";

const widths = ["62%", "88%", "74%", "91%", "56%", "80%"];

/** Rows that are on their way. */
export function LinesLoading({ rows = 6, height = 18 }: { rows?: number; height?: number }) {
  const { messages } = useLocale();
  return (
    <Stack gap={14} p={16} role="status" aria-label={messages.common.loading}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton
          key={widths[row % widths.length] + String(row)}
          height={height}
          width={widths[row % widths.length] ?? "80%"}
        />
      ))}
    </Stack>
  );
}
