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

/** Plugins on an ellipse around the kernel at (0, 0), from the top, clockwise; widths follow the logarithm of what was said. */
export function layOutSpokes(
  plugins: readonly { readonly id: string; readonly messages: number }[],
  radiusX: number,
  radiusY: number,
): Spoke[] {
  const most = Math.max(1, ...plugins.map(({ messages }) => Math.log1p(messages)));
  return plugins.map(({ id, messages }, index) => {
    const angle = (index / plugins.length) * 2 * Math.PI - Math.PI / 2;
    return {
      id,
      x: Math.round(Math.cos(angle) * radiusX * 10) / 10,
      y: Math.round(Math.sin(angle) * radiusY * 10) / 10,
      width: THINNEST + (Math.log1p(messages) / most) * (THICKEST - THINNEST),
    };
  });
}
