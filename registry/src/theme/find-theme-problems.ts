import { AicoError, type Manifest, type ThemeColors, type ThemeContribution } from '@aico/schemas';
import { contrastOf, isShown, parseColor, toHex, toLight, toOklch } from './color.ts';
import { CONTRAST_RULES, SIGNAL_GROUNDS, SIGNAL_LEAST, SIGNALS, type ThemeToken } from './contrast-rules.ts';

const SCHEMES = ['light', 'dark'] as const;
type Scheme = (typeof SCHEMES)[number];

/** What is wrong with the form of themes, a sentence each. */
export function findThemeProblems({ contributes }: Manifest): string[] {
  const themes = contributes?.themes ?? [];
  const ids = themes.map(({ id }) => id);
  return themes.flatMap((theme, index) => [
    ...(ids.indexOf(theme.id) < index ? [`contributes.themes[${index}].id "${theme.id}" is there twice`] : []),
    ...SCHEMES.flatMap((scheme) =>
      Object.entries(theme[scheme])
        .filter(([, color]) => !isShown(parseColor(color)))
        .map(([token, color]) => `contributes.themes[${index}].${scheme}.${token} "${color}" is no colour of sRGB`),
    ),
  ]);
}

/** Where the colours of themes are too near to each other to be read: REGISTRY_THEME_CONTRAST, one for each token. */
export function findThemeErrors({ id, contributes }: Manifest): AicoError[] {
  return (contributes?.themes ?? []).flatMap((theme) =>
    SCHEMES.flatMap((scheme) => [...findFaintTokens(id, theme, scheme), ...findHiddenSignals(id, theme, scheme)]),
  );
}

function findFaintTokens(subject: string, theme: ThemeContribution, scheme: Scheme): AicoError[] {
  const colors = theme[scheme];
  return CONTRAST_RULES.flatMap(({ tokens, grounds, least }) =>
    tokens.flatMap((token) => {
      const worst = lowest(colors[token], grounds, colors);
      if (worst.ratio >= least) return [];
      const all = grounds.map((ground) => colors[ground]);
      const remedy = remedyFor(token, colors[token], all, least) ?? `Move ${worst.ground} further from ${token}`;
      return [contrastError(subject, { theme: theme.id, scheme, token, ...worst, least, remedy })];
    }),
  );
}

function findHiddenSignals(subject: string, theme: ThemeContribution, scheme: Scheme): AicoError[] {
  const colors = theme[scheme];
  const signals = Object.values(SIGNALS[scheme]);
  return SIGNAL_GROUNDS.flatMap((ground) => {
    const [[token, ratio] = ['', 21]] = Object.entries(SIGNALS[scheme])
      .map(([name, color]) => [name, ratioOf(color, colors[ground])] as const)
      .sort(([, a], [, b]) => a - b);
    if (ratio >= SIGNAL_LEAST) return [];
    const remedy = remedyFor(ground, colors[ground], signals, SIGNAL_LEAST) ?? `Choose another ${ground}`;
    return [
      contrastError(subject, {
        theme: theme.id,
        scheme,
        token: `AICO's own ${token}`,
        ground,
        ratio,
        least: SIGNAL_LEAST,
        remedy,
      }),
    ];
  });
}

function lowest(
  color: string,
  grounds: readonly ThemeToken[],
  colors: ThemeColors,
): { readonly ground: ThemeToken; readonly ratio: number } {
  const [first, ...others] = grounds.map((ground) => ({ ground, ratio: ratioOf(color, colors[ground]) }));
  if (first === undefined) throw new Error('a rule without grounds');
  return others.reduce((worst, each) => (each.ratio < worst.ratio ? each : worst), first);
}

/** The same hue, as much lighter or darker as it takes; undefined when no lightness is enough on all of the others. */
function remedyFor(token: string, color: string, others: readonly string[], least: number): string | undefined {
  const from = toOklch(parseColor(color));
  for (let step = 1; step <= 100; step += 1) {
    for (const [word, lightness] of [
      ['darker', from.lightness - step / 100],
      ['lighter', from.lightness + step / 100],
    ] as const) {
      if (lightness < 0 || lightness > 1) continue;
      const tried = toHex(toLight({ ...from, lightness }));
      if (others.every((other) => ratioOf(tried, other) >= least))
        return `Make ${token} ${word}, for instance ${tried}`;
    }
  }
  return undefined;
}

function ratioOf(one: string, other: string): number {
  return contrastOf(parseColor(one), parseColor(other));
}

function contrastError(
  subject: string,
  details: Readonly<Record<'theme' | 'scheme' | 'token' | 'ground' | 'remedy', string>> &
    Readonly<Record<'ratio' | 'least', number>>,
): AicoError {
  // Cut, not rounded: 4.499 is less than 4.5, and says so.
  const ratio = (Math.floor(details.ratio * 100) / 100).toFixed(2);
  return new AicoError('REGISTRY_THEME_CONTRAST', { subject, details: { ...details, ratio } });
}
