/** Red, green and blue of sRGB as light: linear, 0 to 1 where a screen can show them. */
export type Light = readonly [red: number, green: number, blue: number];

/** Lightness 0 to 1, chroma, and hue in radians. */
export interface Oklch {
  readonly lightness: number;
  readonly chroma: number;
  readonly hue: number;
}

const OKLCH = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/;
/** What rounding to four digits may put beside the edge of what a screen shows. */
const SLACK = 0.002;

/** Reads a colour that fits manifest#ThemeColor. */
export function parseColor(text: string): Light {
  const [, lightness, chroma, hue] = OKLCH.exec(text) ?? [];
  if (hue !== undefined) {
    return toLight({ lightness: Number(lightness), chroma: Number(chroma), hue: (Number(hue) * Math.PI) / 180 });
  }
  const channel = (at: number): number => linear(Number.parseInt(text.slice(at, at + 2), 16) / 255);
  return [channel(1), channel(3), channel(5)];
}

/** Whether a screen of sRGB can show it. */
export function isShown(light: Light): boolean {
  return light.every((channel) => channel >= -SLACK && channel <= 1 + SLACK);
}

/** Contrast of two colours, 1 to 21: WCAG 2.2, "contrast ratio" and "relative luminance". */
export function contrastOf(one: Light, other: Light): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** As #rrggbb; what no screen shows is cut off at its edge. */
export function toHex(light: Light): string {
  const channels = light.map((channel) => Math.round(encoded(clamp(channel)) * 255).toString(16));
  return `#${channels.map((each) => each.padStart(2, '0')).join('')}`;
}

/** https://bottosson.github.io/posts/oklab/ */
export function toOklch([red, green, blue]: Light): Oklch {
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const b = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  const lightness = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
  return { lightness, chroma: Math.hypot(a, b), hue: Math.atan2(b, a) };
}

/** The inverse of toOklch, from the same place. */
export function toLight({ lightness, chroma, hue }: Oklch): Light {
  const [a, b] = [chroma * Math.cos(hue), chroma * Math.sin(hue)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

function luminance(light: Light): number {
  const [red, green, blue] = light.map(clamp) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** IEC 61966-2-1. */
function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}

function encoded(channel: number): number {
  return channel <= 0.0031308 ? channel * 12.92 : 1.055 * channel ** (1 / 2.4) - 0.055;
}

function clamp(channel: number): number {
  return Math.min(1, Math.max(0, channel));
}
