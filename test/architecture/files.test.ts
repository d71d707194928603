import { describe, expect, test } from 'vitest';
import { MAX_LINES, USUAL_LINES } from './rules.ts';
import { listFiles, readText } from './source-tree.ts';

const CODE = /\.(ts|mts|mjs|js|svelte|css|sql)$/;
const BINARY = /\.(png|jpg|ico|woff2?|glb|wasm|tgz)$/;
const everything = listFiles('').filter((path) => !BINARY.test(path));
const code = everything.filter((path) => CODE.test(path) && !path.includes('/generated/'));

/**
 * Traces of the machine that a file was written on; none belongs into a repository.
 * Examples live in the home of `ada`, `me` or `user`.
 */
const TRACES: readonly (readonly [pattern: RegExp, lesson: string])[] = [
  [
    /"resolved": "https?:/,
    'A lock file pins by integrity alone: install with omit-lockfile-registry-resolved (see .npmrc).',
  ],
  [
    /\bregistry\.(?:npmjs|yarnpkg|npmmirror)\.|\b(?:verdaccio|artifactory|nexus)\./,
    'Registry hosts are each machine’s own setting.',
  ],
  [
    /(?<![\w.$}])\/(?:home\/(?!ada|me\b|user)|Users\/(?!ada|me\b|user)|root\/|work\/)[\w.-]+\//,
    'Write paths relative to the repository, or take them from the environment.',
  ],
  [/\b[A-Z]:\\Users\\/, 'Write paths relative to the repository, or take them from the environment.'],
];

describe('the files of the repository', () => {
  test('are found, so that an empty look never passes', () => {
    expect(code.length).toBeGreaterThan(50);
  });

  test(`have at most ${MAX_LINES} lines of code`, () => {
    const long = code.map((path) => ({ path, lines: countLines(path) })).filter(({ lines }) => lines > MAX_LINES);
    const told = long.map(
      ({ path, lines }) => `${path} has ${lines} lines. Split it where it does two things; name each part.`,
    );
    expect(told).toEqual([]);
  });

  test(`have, half of them, fewer than ${USUAL_LINES} lines`, () => {
    const short = code.filter((path) => countLines(path) < USUAL_LINES).length;
    expect(short, `${short} of ${code.length} files are short. Split the longest ones.`).toBeGreaterThanOrEqual(
      code.length / 2,
    );
  });

  test('are named for what they hold, never "utils"', () => {
    const vague = code.filter((path) => /(^|\/)(utils?|helpers?|misc|common)\.\w+$/.test(path));
    expect(vague, 'Name a file after its main export; a drawer for everything hides what is in it.').toEqual([]);
  });

  test('carry no trace of the machine that they were written on', () => {
    const found = everything.flatMap((path) => {
      const text = readText(path);
      return TRACES.filter(([pattern]) => pattern.test(text)).map(
        ([pattern, lesson]) => `${path} contains "${pattern.exec(text)?.[0]}". ${lesson}`,
      );
    });
    expect(found.filter((line) => !line.startsWith('test/architecture/files.test.ts'))).toEqual([]);
  });
});

function countLines(path: string): number {
  return readText(path).split('\n').length - 1;
}
