/** A plugin in the picture of who talks: where it stands and how thick its line is. */
export interface Spoke {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  /** Width of the line to the kernel, in units of the picture. */
  readonly width: number;
}

const THINNEST = 1;
const THICKEST = 7;

/** How a ring of plugins is drawn. */
export interface Ring {
  readonly radiusX: number;
  readonly radiusY: number;
  /** Radius of each plugin's circle. */
  readonly circle: number;
  /** Whether names at the sides reach outwards, for there is little room. */
  readonly narrow: boolean;
}

/** Where a name stands, from the middle of its circle, as attributes of SVG. */
export interface NamePlace {
  readonly x: number;
  readonly y: number;
  readonly 'text-anchor': 'start' | 'middle' | 'end';
}

/** Room for half a name at each side, px. */
const MARGIN = 62;
const LEAST_HEIGHT = 124;
const HEIGHT_STEP = 4;
/** How far apart circles are at least, so that a name fits between two of them. */
const APART = 74;
const MANY = 11;
const NARROW = 480;

/** A ring for so many plugins in a picture so wide: the more there are, the higher it is. */
export function ringOf(count: number, width: number, widest: number): Ring {
  const radiusX = Math.max(1, Math.min(widest, width / 2 - MARGIN));
  let radiusY = LEAST_HEIGHT;
  while (circumference(radiusX, radiusY) < count * APART) radiusY += HEIGHT_STEP;
  return { radiusX, radiusY, circle: count < MANY ? 25 : 20, narrow: width < NARROW };
}

/** Ramanujan's first approximation. */
function circumference(one: number, other: number): number {
  return Math.PI * (3 * (one + other) - Math.sqrt((3 * one + other) * (one + 3 * other)));
}

/** From here up, names stand above their circles. */
const ABOVE = -20;
const GAP = 9;
const TEXT = 15;
const INWARDS = 12;

/** Where the names of a ring stand; of neighbours side by side every other one is a line further out. */
export function placeNames(spokes: readonly Spoke[], { circle, narrow }: Ring): NamePlace[] {
  return spokes.map(({ x, y }, index) => {
    const beside = [-1, 1].some((step) => {
      const next = spokes.at((index + step) % spokes.length);
      return next !== undefined && Math.abs(next.y - y) < TEXT;
    });
    const outwards = beside && index % 2 === 1 ? TEXT : 0;
    const line = y < ABOVE ? -circle - GAP - outwards : circle + TEXT + outwards;
    if (!narrow || Math.abs(x) < INWARDS) return { x: 0, y: line, 'text-anchor': 'middle' };
    return x < 0 ? { x: INWARDS, y: line, 'text-anchor': 'end' } : { x: -INWARDS, y: line, 'text-anchor': 'start' };
  });
}

/** Into how many pieces the ellipse is cut to measure along it. */
const PIECES = 720;

/** Plugins on an ellipse around the kernel at (0, 0), from the top, clockwise; widths follow the logarithm of what was said. */
export function layOutSpokes(
  plugins: readonly { readonly id: string; readonly messages: number }[],
  radiusX: number,
  radiusY: number,
): Spoke[] {
  const most = Math.max(1, ...plugins.map(({ messages }) => Math.log1p(messages)));
  const angles = anglesAlong(plugins.length, radiusX, radiusY);
  return plugins.map(({ id, messages }, index) => {
    const angle = angles[index] ?? 0;
    return {
      id,
      x: rounded(Math.sin(angle) * radiusX),
      y: rounded(-Math.cos(angle) * radiusY),
      width: THINNEST + (Math.log1p(messages) / most) * (THICKEST - THINNEST),
    };
  });
}

/** Angles of points as far from each other along the ellipse, not as seen from its middle: at its narrow ends they would meet. */
function anglesAlong(count: number, radiusX: number, radiusY: number): number[] {
  const turn = (2 * Math.PI) / PIECES;
  const lengths = Array.from({ length: PIECES }, (_, piece) => {
    const middle = (piece + 0.5) * turn;
    return Math.hypot(Math.cos(middle) * radiusX, Math.sin(middle) * radiusY);
  });
  let whole = 0;
  const ends = lengths.map((length) => {
    whole += length;
    return whole;
  });
  return Array.from({ length: count }, (_, index) => {
    const wanted = (index / count) * whole;
    const piece = ends.findIndex((end) => end > wanted);
    const left = ((ends[piece] ?? wanted) - wanted) / (lengths[piece] ?? 1);
    return (piece + 1 - left) * turn;
  });
}

/** To a tenth, and never minus nothing. */
function rounded(value: number): number {
  return Math.round(value * 10) / 10 || 0;
}
