/** Colours that can be read: WCAG 2.2, success criterion 1.4.3 (4.5 : 1). */
export const LEAST = 4.5;
const WHITE_IS_READ_UP_TO = 0.1833; // luminance under white words: 1.05 / (0.1833 + 0.05) is LEAST
const USUAL = ["#0b5a4a", "#ffffff"] as const;

/** Relative luminance of `#rgb` or `#rrggbb`, 0 to 1; undefined for anything else. */
export function luminance(colour: string): number | undefined {
  const long = colour.replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3");
  if (!/^#[\da-f]{6}$/i.test(long)) return undefined;
  return [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => {
    const share = Number(`0x${long.substr(at * 2 + 1, 2)}`) / 255;
    return sum + weight * (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
  }, 0);
}

/** Contrast of two luminances, 1 to 21; not a number where one is missing. */
export function contrast(one: number | undefined, two: number | undefined): number {
  return (Math.max(one!, two!) + 0.05) / (Math.min(one!, two!) + 0.05);
}

/** The colours of the button: the theme's where it can be read, else ours, and the console says why. */
export function readable(paper: string | null, ink: string | null): readonly [string, string] {
  if (!paper) return USUAL;
  const under = luminance(paper);
  const over = ink || (under! > WHITE_IS_READ_UP_TO ? "#000000" : "#ffffff");
  if (contrast(under, luminance(over)) >= LEAST) return [paper, over];
  console.warn("Cyswllt: colours refused: not #rrggbb, or contrast < 4.5");
  return USUAL;
}
