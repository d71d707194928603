import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AicoError } from '@aico/sdk';
import { expect, test } from 'vitest';
import { checkFolder } from '../src/check-folder.ts';
import { folderError } from '../src/disk-error.ts';
import { codeOf, temporaryFolder } from './small-house.ts';

test('a folder is tried before backups go there, and nothing is left in it [DATA-6]', async () => {
  const disk = temporaryFolder();
  mkdirSync(join(disk, 'aico'));
  writeFileSync(join(disk, 'letter.txt'), 'dear');
  const tried = ['aico', 'new', 'dissk/aico', 'letter.txt', 'letter.txt/aico'].map((path) => join(disk, path));
  const gone = 'BACKUP_FOLDER_GONE';
  const found = [];
  for (const folder of tried) found.push(await codeOf(checkFolder(folder)));
  expect(found).toEqual([undefined, undefined, gone, gone, gone]);
  expect([readdirSync(disk), readdirSync(join(disk, 'aico'))]).toEqual([['aico', 'letter.txt'], []]);
});

test('what a folder refuses is told in words, not as the system calls it [DATA-6, UI-1]', async () => {
  const disk = temporaryFolder();
  writeFileSync(join(disk, 'letter.txt'), 'dear');
  const told = [];
  for (const path of ['dissk/aico', 'letter.txt/aico'])
    told.push(await checkFolder(join(disk, path)).catch((error: AicoError) => error.message));
  expect(told).toEqual([
    `The backup folder ${join(disk, 'dissk/aico')} is not there: nothing is at that place.`,
    `The backup folder ${join(disk, 'letter.txt/aico')} is not there: a part of its path is no folder.`,
  ]);
  const refused = ['EACCES', 'EROFS', 'ENOTCONN', 'EHOSTDOWN', 'ERR_ACCESS_DENIED'].map((code) =>
    folderError(disk, Object.assign(new Error(), { code })),
  );
  expect(refused.map(({ code, details }) => [code, details?.['problem']])).toEqual([
    ['BACKUP_UNWRITABLE', 'permission denied'],
    ['BACKUP_UNWRITABLE', 'the disk is read-only'],
    ['BACKUP_FOLDER_GONE', 'what shows it there does not answer any more'],
    ['BACKUP_FOLDER_GONE', 'the machine with the share does not answer'],
    ['BACKUP_UNWRITABLE', 'AICO was not handed it'],
  ]);
});
