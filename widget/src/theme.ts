/** Colours a charity may choose, and the rule that refuses those too faint to read (WCAG 1.4.3). */

export const COLOUR = "#0b4f5c";
export const TEXT_COLOUR = "#ffffff";
export const LEAST_CONTRAST = 4.5;

/** Give the relative luminance of a colour written `#rrggbb`, with the 0.05 that contrast adds. */
function luminance(colour: string): number {
  return [0.2126, 0.7152, 0.0722].reduce((sum, weight, place) => {
    const part = parseInt(colour.substr(1 + place * 2, 2), 16) / 255;
    return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  }, 0.05);
}

/** Give the contrast of two colours, 1 to 21; NaN where one is not written `#rrggbb`. */
export function contrast(one: string, other: string): number {
  if (!/^(#[0-9a-f]{6}){2}$/i.test(one + other)) return NaN;
  const ratio = luminance(one) / luminance(other);
  return Math.max(ratio, 1 / ratio);
}

/** Return the colours asked for, or ours with a message in the console where they are too faint. */
export function colours(colour?: string, text?: string): [string, string] {
  const asked: [string, string] = [colour || COLOUR, text || TEXT_COLOUR];
  const ratio = contrast(...asked);
  if (ratio >= LEAST_CONTRAST) return asked;
  console.warn(`Cyswllt: ${asked} refused, contrast ${ratio.toFixed(2)} < ${LEAST_CONTRAST}`);
  return [COLOUR, TEXT_COLOUR];
}
