import { ActionIcon, Tooltip } from "@mantine/core";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { type RefObject, useEffect, useState } from "react";
import { useLocale } from "../../i18n/locale.js";
import { changePlaces } from "./change-places.js";
import classes from "./history.module.css";

/** Goes from change to change, and says how many there are. */
export function ChangeSteps({ page, of }: { page: RefObject<HTMLElement | null>; of: unknown }) {
  const { messages, format } = useLocale();
  const words = messages.past;
  const [places, setPlaces] = useState<readonly HTMLElement[]>([]);
  const [at, setAt] = useState<number | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `of` is what the page shows: when it changes, so do the places.
  useEffect(() => {
    setPlaces(page.current === null ? [] : changePlaces(page.current));
    setAt(null);
  }, [page, of]);

  const go = (step: 1 | -1) => {
    const first = step === 1 ? 0 : places.length - 1;
    const next = at === null ? first : (at + step + places.length) % places.length;
    const place = places[next];
    if (place === undefined) return;
    setAt(next);
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "center" });
  };
  const count = places.length;
  const said =
    at === null
      ? words.places(format.number(count), count)
      : words.place(format.number(at + 1), format.number(count));
  return (
    <span className={classes.steps}>
      <span role="status" className="tabular">
        {said}
      </span>
      <Step label={words.previous} Icon={IconChevronUp} disabled={count === 0} onClick={() => go(-1)} />
      <Step label={words.next} Icon={IconChevronDown} disabled={count === 0} onClick={() => go(1)} />
    </span>
  );
}

interface StepProps {
  readonly label: string;
  readonly Icon: typeof IconChevronUp;
  readonly disabled: boolean;
  readonly onClick: () => void;
}

function Step({ label, Icon, disabled, onClick }: StepProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon size="sm" variant="default" aria-label={label} disabled={disabled} onClick={onClick}>
        <Icon size={15} />
      </ActionIcon>
    </Tooltip>
  );
}
