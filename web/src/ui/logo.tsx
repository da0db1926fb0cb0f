/** The mark: a ring of record around the red dot of a recording. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="16" cy="16" r="12.5" fill="none" stroke="var(--ink)" strokeWidth="3" />
      <circle cx="16" cy="16" r="5.5" fill="var(--record)" />
    </svg>
  );
}
