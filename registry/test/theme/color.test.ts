import { ColorSpace, contrastWCAG21, inGamut, OKLCH, parse, sRGB, to } from 'colorjs.io/fn';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contrastOf, isShown, parseColor, toHex, toLight, toOklch } from '../../src/theme/color.ts';

ColorSpace.register(sRGB);
ColorSpace.register(OKLCH);

const hex = fc.integer({ min: 0, max: 0xffffff }).map((number) => `#${number.toString(16).padStart(6, '0')}`);
const digits = (max: number) => fc.integer({ min: 0, max }).map((number) => number / 1000);
const oklch = fc
  .tuple(digits(1000), digits(300), fc.integer({ min: 0, max: 359 }))
  .map(([lightness, chroma, hue]) => `oklch(${lightness} ${chroma} ${hue})`);

test('contrast is what Color.js measures [UI-1]', () => {
  fc.assert(
    fc.property(hex, hex, (one, other) => {
      expect(contrastOf(parseColor(one), parseColor(other))).toBeCloseTo(contrastWCAG21(parse(one), parse(other)), 2);
    }),
  );
});

test('a colour in oklch is what Color.js takes it for, and so is whether a screen shows it [UI-1]', () => {
  fc.assert(
    fc.property(oklch, (text) => {
      const light = parseColor(text);
      const theirs = to(parse(text), sRGB);
      // At the very edge, rounding decides.
      if (inGamut(theirs, sRGB, { epsilon: -0.01 })) {
        expect(isShown(light)).toBe(true);
        const bytes = theirs.coords.map((each) => Math.round((each ?? 0) * 255));
        const ours =
          toHex(light)
            .match(/[0-9a-f]{2}/g)
            ?.map((each) => Number.parseInt(each, 16)) ?? [];
        for (const [at, byte] of bytes.entries()) expect(Math.abs((ours[at] ?? -9) - byte)).toBeLessThanOrEqual(1);
      } else if (!inGamut(theirs, sRGB, { epsilon: 0.05 })) expect(isShown(light)).toBe(false);
    }),
  );
});

test('there and back a colour is the same [UI-1]', () => {
  fc.assert(
    fc.property(hex, (text) => {
      expect(toHex(toLight(toOklch(parseColor(text))))).toBe(text);
    }),
  );
});

test('black on white is 21, and a colour on itself 1 [UI-1]', () => {
  expect(contrastOf(parseColor('#000000'), parseColor('#FFFFFF'))).toBeCloseTo(21, 6);
  expect(contrastOf(parseColor('#123456'), parseColor('#123456'))).toBe(1);
});
