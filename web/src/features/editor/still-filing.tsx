import { drawingSoundly } from "@onrecord/filing/draw-soundly";
import { getSchema } from "@tiptap/core";
import { DOMSerializer, DOMParser as SchemaParser } from "@tiptap/pm/model";
import { useEffect, useRef } from "react";
import "./filing.css";
import { pageExtensions } from "./page-extensions.js";

const schema = drawingSoundly(getSchema(pageExtensions));

/**
 * A filing as a still page. The HTML is read through the filing's schema and written anew, never put into the page as it
 * came: what a filing may not carry (scripts, handlers, foreign addresses) has no way through.
 */
export function StillFiling({ html, label }: { html: string; label: string }) {
  const host = useRef<HTMLElement>(null);
  useEffect(() => {
    const inert = new DOMParser().parseFromString(html, "text/html");
    const filing = SchemaParser.fromSchema(schema).parse(inert.body);
    const page = DOMSerializer.fromSchema(schema).serializeFragment(filing.content, { document });
    // Reachable with the keyboard, to scroll what is wider than the page.
    for (const frame of page.querySelectorAll(".table-frame")) frame.setAttribute("tabindex", "0");
    host.current?.replaceChildren(page);
  }, [html]);
  return <article ref={host} className="filing still" aria-label={label} />;
}
