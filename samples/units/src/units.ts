/** A unit: how many of the first unit of its kind it is, and what it adds for temperatures. */
export interface Unit {
  readonly kind: Kind;
  /** As it is shown. */
  readonly name: string;
  readonly factor: number;
  readonly offset: number;
}

export type Kind =
  | 'length'
  | 'area'
  | 'volume'
  | 'mass'
  | 'time'
  | 'speed'
  | 'temperature'
  | 'energy'
  | 'data'
  | 'angle'
  | 'pressure';

/** Kind, then each unit: shown name, other names, factor to the first unit of its kind. Exact where the unit is defined so. */
const TABLE: readonly (readonly [Kind, readonly (readonly [name: string, others: string, factor: number])[]])[] = [
  [
    'length',
    [
      ['m', 'metre metres meter meters', 1],
      ['km', 'kilometre kilometres kilometer kilometers', 1000],
      ['cm', 'centimetre centimetres centimeter centimeters', 0.01],
      ['mm', 'millimetre millimetres millimeter millimeters', 0.001],
      ['µm', 'um micrometre micrometres micrometer micrometers', 1e-6],
      ['in', 'inch inches "', 0.0254],
      ['ft', "foot feet '", 0.3048],
      ['yd', 'yard yards', 0.9144],
      ['mi', 'mile miles', 1609.344],
      ['nmi', 'nautical-mile nautical-miles', 1852],
    ],
  ],
  [
    'area',
    [
      ['m²', 'm2 sqm square-metres square-meters', 1],
      ['km²', 'km2 sqkm square-kilometres square-kilometers', 1e6],
      ['ha', 'hectare hectares', 1e4],
      ['ft²', 'ft2 sqft square-feet', 0.3048 ** 2],
      ['ac', 'acre acres', 4046.8564224],
    ],
  ],
  [
    'volume',
    [
      ['l', 'litre litres liter liters', 1],
      ['ml', 'millilitre millilitres milliliter milliliters', 0.001],
      ['m³', 'm3 cubic-metres cubic-meters', 1000],
      ['tsp', 'teaspoon teaspoons', 0.00492892159375],
      ['tbsp', 'tablespoon tablespoons', 0.01478676478125],
      ['cup', 'cups', 0.2365882365],
      ['pt', 'pint pints', 0.473176473],
      ['gal', 'gallon gallons', 3.785411784],
      ['fl-oz', 'floz', 0.0295735295625],
    ],
  ],
  [
    'mass',
    [
      ['kg', 'kilo kilos kilogram kilograms', 1],
      ['g', 'gram grams', 0.001],
      ['mg', 'milligram milligrams', 1e-6],
      ['t', 'tonne tonnes', 1000],
      ['lb', 'lbs pound pounds', 0.45359237],
      ['oz', 'ounce ounces', 0.028349523125],
      ['st', 'stone stones', 6.35029318],
    ],
  ],
  [
    'time',
    [
      ['s', 'sec second seconds', 1],
      ['ms', 'millisecond milliseconds', 0.001],
      ['min', 'minute minutes', 60],
      ['h', 'hour hours hr', 3600],
      ['d', 'day days', 86_400],
      ['wk', 'week weeks', 604_800],
    ],
  ],
  [
    'speed',
    [
      ['m/s', 'mps', 1],
      ['km/h', 'kmh kph', 1 / 3.6],
      ['mph', 'mi/h', 0.44704],
      ['kn', 'knot knots', 1852 / 3600],
    ],
  ],
  [
    'energy',
    [
      ['J', 'joule joules', 1],
      ['kJ', 'kilojoule kilojoules', 1000],
      ['cal', 'calorie calories', 4.184],
      ['kcal', 'kilocalorie kilocalories', 4184],
      ['Wh', 'watt-hours', 3600],
      ['kWh', 'kilowatt-hours', 3.6e6],
    ],
  ],
  [
    'data',
    [
      ['B', 'byte bytes', 1],
      ['kB', 'kilobyte kilobytes', 1e3],
      ['MB', 'megabyte megabytes', 1e6],
      ['GB', 'gigabyte gigabytes', 1e9],
      ['TB', 'terabyte terabytes', 1e12],
      ['KiB', 'kibibyte kibibytes', 2 ** 10],
      ['MiB', 'mebibyte mebibytes', 2 ** 20],
      ['GiB', 'gibibyte gibibytes', 2 ** 30],
      ['bit', 'bits', 1 / 8],
      ['Mbit', 'megabit megabits', 125_000],
    ],
  ],
  [
    'angle',
    [
      ['°', 'deg degree degrees', 1],
      ['rad', 'radian radians', 180 / Math.PI],
    ],
  ],
  [
    'pressure',
    [
      ['Pa', 'pascal pascals', 1],
      ['hPa', 'mbar hectopascal', 100],
      ['bar', 'bars', 1e5],
      ['psi', '', 6894.757293168361],
      ['atm', 'atmosphere atmospheres', 101_325],
    ],
  ],
];

const TEMPERATURES: readonly (readonly [name: string, others: string, factor: number, offset: number])[] = [
  ['K', 'kelvin', 1, 0],
  ['°C', 'c celsius degc', 1, 273.15],
  ['°F', 'f fahrenheit degf', 5 / 9, 459.67],
];

export const UNITS: readonly Unit[] = [
  ...TABLE.flatMap(([kind, units]) => units.map(([name, , factor]) => ({ kind, name, factor, offset: 0 }))),
  ...TEMPERATURES.map(([name, , factor, offset]) => ({ kind: 'temperature' as const, name, factor, offset })),
];

const BY_NAME = new Map(
  [...TABLE.flatMap(([, units]) => units), ...TEMPERATURES].flatMap(([name, others], at) =>
    [name, ...others.split(' ')].filter((each) => each !== '').map((each) => [each, UNITS[at] as Unit] as const),
  ),
);
const BY_LOWER_NAME = new Map([...BY_NAME].reverse().map(([name, unit]) => [name.toLowerCase(), unit]));

/** The unit of a name, as it is written or else whatever its case. */
export function findUnit(name: string): Unit | undefined {
  const written = name
    .trim()
    .replace(/\s+/g, '-')
    .replace(/\^([23])$/, '$1');
  return BY_NAME.get(written) ?? BY_LOWER_NAME.get(written.toLowerCase());
}

/** A value of one unit in another of the same kind. */
export function convert(value: number, from: Unit, to: Unit): number {
  return ((value + from.offset) * from.factor) / to.factor - to.offset;
}
