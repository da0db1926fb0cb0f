import { ActionIcon, RangeSlider, Slider, Tooltip } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useLocale } from "../../i18n/locale.js";
import type { VersionRow } from "../versions/group-versions.js";
import { type Look, versionOf } from "../versions/look.js";
import classes from "./history.module.css";

/** How long a handle rests before the page follows it: every version that is looked at goes on the record. */
const REST_MS = 220;

interface TimelineProps {
  readonly look: Exclude<Look, { kind: "live" }>;
  readonly head: number;
  readonly named: readonly VersionRow[];
  /** What is known of a version, for the label of a handle. */
  readonly known: (version: number) => VersionRow | undefined;
  readonly onLook: (look: Look) => void;
}

/** All versions on one line: drag to any, or step with the arrow keys. Two handles where two are compared. */
export function Timeline({ look, head, named, known, onLook }: TimelineProps) {
  const { messages, format } = useLocale();
  const words = messages.past;
  // Where the handles are; the page follows once they rest.
  const [held, setHeld] = useState(look);
  useEffect(() => setHeld(look), [look]);
  useEffect(() => {
    if (held === look) return;
    const timer = setTimeout(() => onLook(held), REST_MS);
    return () => clearTimeout(timer);
  }, [held, look, onLook]);

  const at = versionOf(held) ?? head;
  const tell = (version: number) => {
    if (version === 0) return words.emptyDocument;
    const row = known(version);
    const number = messages.versions.version(format.number(version));
    return [row?.name ?? number, ...(row ? [format.moment(row.at)] : [])].join(" · ");
  };
  const step = (by: 1 | -1) => {
    const version = at + by;
    if (held.kind !== "changes") setHeld({ kind: held.kind, version });
    else setHeld({ kind: "changes", from: Math.min(held.from, version - 1), to: version });
  };
  const shared = {
    className: classes.track ?? "",
    classNames: { mark: classes.mark ?? "", thumb: classes.thumb ?? "", label: classes.label ?? "" },
    size: 4,
    max: head,
    marks: named.map(({ number }) => ({ value: number })),
    label: tell,
    thumbValueText: tell,
    thumbSize: 16,
  };
  return (
    <div className={classes.timeline}>
      <Step label={words.back} disabled={at <= 1} onClick={() => step(-1)} Icon={IconChevronLeft} />
      {held.kind === "changes" ? (
        <RangeSlider
          {...shared}
          min={0}
          minRange={1}
          thumbFromLabel={words.from}
          thumbToLabel={words.to}
          value={[held.from, held.to]}
          onChange={([from, to]) => setHeld({ kind: "changes", from, to })}
        />
      ) : (
        <Slider
          {...shared}
          min={1}
          max={Math.max(head, 2)}
          thumbLabel={words.timeline}
          value={held.version}
          onChange={(version) => setHeld({ kind: held.kind, version: Math.min(version, head) })}
        />
      )}
      <Step label={words.on} disabled={at >= head} onClick={() => step(1)} Icon={IconChevronRight} />
    </div>
  );
}

interface StepProps {
  readonly label: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
  readonly Icon: typeof IconChevronLeft;
}

function Step({ label, disabled, onClick, Icon }: StepProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon size="sm" aria-label={label} disabled={disabled} onClick={onClick}>
        <Icon size={16} />
      </ActionIcon>
    </Tooltip>
  );
}
