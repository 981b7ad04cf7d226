/** Colours that can be read: WCAG 2.2, success criterion 1.4.3 (4.5 : 1). */
const LEAST = 4.5;
const USUAL = ["#0b5a4a", "#ffffff"] as const;

/** Relative luminance of `#rgb` or `#rrggbb`, 0 to 1; undefined for anything else. */
export function luminance(colour: string): number | undefined {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(colour);
  const long = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(colour);
  const parts = short ? short.slice(1).map((digit) => digit + digit) : long?.slice(1);
  if (!parts) return undefined;
  const [red = 0, green = 0, blue = 0] = parts.map((hex) => {
    const share = parseInt(hex, 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of two luminances, 1 to 21. */
export function contrast(one: number, two: number): number {
  const [dark, light] = one < two ? [one, two] : [two, one];
  return (light + 0.05) / (dark + 0.05);
}

/** The colours of the button: the theme's where it can be read, else ours, and the console says why. */
export function readable(paper: string | null, ink: string | null): readonly [string, string] {
  if (paper === null) return USUAL;
  const under = luminance(paper);
  const over = ink === null ? undefined : luminance(ink);
  if (under !== undefined && ink === null) return [paper, contrast(under, 1) >= LEAST ? "#ffffff" : "#000000"];
  if (under !== undefined && ink !== null && over !== undefined && contrast(under, over) >= LEAST) return [paper, ink];
  console.warn(`Cyswllt: colours refused (contrast under ${LEAST}, or not #rrggbb): ${ink} on ${paper}`);
  return USUAL;
}
