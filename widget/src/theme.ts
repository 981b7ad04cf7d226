/** The charity's colour and font in the conversation: the colour where it can be read, light or dark. */
import { contrast, LEAST, luminance } from "./contrast.ts";

/** What the colour stands on, or what stands on it: `--paper` and `--tint` of frame.css. */
export const PAPERS = { light: ["#ffffff", "#f0f5f4"], dark: ["#14191c", "#1f272b"] };

export function dress(colour: string | null, font: string | null): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(themed(colour ?? ""));
  document.adoptedStyleSheets = [sheet];
  document.documentElement.style.fontFamily = font ?? "";
}

/** The rules that put *colour* in; none for a scheme in which it cannot be read. */
export function themed(colour: string): string {
  const read = Object.entries(PAPERS).filter(([, papers]) => papers.every((paper) => contrast(luminance(colour), luminance(paper)) >= LEAST));
  return read.map(([scheme]) => `@media (prefers-color-scheme: ${scheme}) { :root { --main: ${colour} } }`).join("\n");
}
