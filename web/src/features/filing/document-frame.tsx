import type { ReactNode } from "react";
import { OpeningPage } from "../editor/opening-page.js";
import "@fontsource-variable/source-serif-4/wght.css";
import "@fontsource-variable/source-serif-4/wght-italic.css";
import "../editor/filing.css";
import classes from "./filing.module.css";

interface DocumentFrameProps {
  readonly bar: ReactNode;
  readonly toolbar: ReactNode;
  readonly banner: ReactNode;
  readonly panel: ReactNode;
  readonly children: ReactNode;
}

/** The layout of a document: bar and tools above, the desk with the paper, the panel beside it. */
export function DocumentFrame({ bar, toolbar, banner, panel, children }: DocumentFrameProps) {
  return (
    <div className={classes.frame}>
      <div className={classes.top}>
        {bar}
        {toolbar}
        {banner}
      </div>
      <div className={classes.body}>
        <div className={classes.desk}>{children}</div>
        {panel}
      </div>
    </div>
  );
}

/** The same layout while the document is being found. */
export function DocumentFrameLoading() {
  return (
    <DocumentFrame bar={<div className={classes.bar} />} toolbar={null} banner={null} panel={null}>
      <div className="paper">
        <OpeningPage />
      </div>
    </DocumentFrame>
  );
}
