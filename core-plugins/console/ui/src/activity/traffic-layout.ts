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
