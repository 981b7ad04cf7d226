/** Colours that can be read: WCAG 2.2, success criterion 1.4.3 (4.5 : 1). */
const LEAST = 4.5;
const USUAL = ["#0b5a4a", "#ffffff"] as const;

/** Relative luminance of `#rgb` or `#rrggbb`, 0 to 1; undefined for anything else. */
export function luminance(colour: string): number | undefined {
  const long = colour.replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3");
  if (!/^#[\da-f]{6}$/i.test(long)) return undefined;
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = parseInt(long.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of two luminances, 1 to 21; not a number where one is missing. */
export function contrast(one: number | undefined, two: number | undefined): number {
  return (Math.max(one!, two!) + 0.05) / (Math.min(one!, two!) + 0.05);
}

/** The colours of the button: the theme's where it can be read, else ours, and the console says why. */
export function readable(paper: string | null, ink: string | null): readonly [string, string] {
  if (paper === null) return USUAL;
  const under = luminance(paper);
  const over = ink ?? (contrast(under, 1) >= LEAST ? "#ffffff" : "#000000");
  if (contrast(under, luminance(over)) >= LEAST) return [paper, over];
  console.warn(`Cyswllt: colours refused (not #rrggbb, or contrast under ${LEAST})`);
  return USUAL;
}
