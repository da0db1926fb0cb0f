import { type ReactNode, useState } from "react";
import { createPortal } from "react-dom";
import classes from "./history.module.css";

interface Tip {
  readonly text: string;
  readonly person: string;
  readonly standing: string | undefined;
  readonly left: number;
  readonly top: number;
  readonly below: boolean;
}

/** Tells, over whatever carries a `data-tip` below it, who and when. One tip for thousands of runs. */
export function WithTips({ children }: { children: ReactNode }) {
  const [tip, setTip] = useState<Tip | null>(null);
  const tell = (target: EventTarget) => {
    const told = target instanceof Element ? target.closest<HTMLElement>("[data-tip]") : null;
    setTip(told === null ? null : tipOf(told));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what the tip shows is in the text already, for those who listen.
    <div
      onPointerOver={({ target }) => tell(target)}
      onPointerLeave={() => setTip(null)}
      onFocus={({ target }) => tell(target)}
      onBlur={() => setTip(null)}
    >
      {children}
      {tip === null
        ? null
        : createPortal(
            <div
              className={classes.tip}
              data-below={tip.below || undefined}
              aria-hidden="true"
              style={{ left: tip.left, top: tip.top }}
            >
              <i
                className={classes.swatch}
                data-standing={tip.standing}
                style={tip.person === "" ? {} : { background: tip.person }}
              />
              {tip.text}
            </div>,
            document.body,
          )}
    </div>
  );
}

const HALF = 240;
const HIGH = 90;

function tipOf(told: HTMLElement): Tip {
  // The first line of a run that breaks over several.
  const box = told.getClientRects()[0] ?? told.getBoundingClientRect();
  const below = box.top < HIGH;
  const middle = box.left + Math.min(box.width, 2 * HALF) / 2;
  return {
    text: told.dataset.tip ?? "",
    person: told.style.getPropertyValue("--person"),
    standing: told.dataset.standing,
    left: Math.max(HALF, Math.min(innerWidth - HALF, middle)),
    top: below ? box.bottom + 6 : box.top - 6,
    below,
  };
}
