import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bus, SourceList, SourceRead } from '@aico/sdk';
import { expect, test } from 'vitest';
import { DiskFiles } from '../src/backup-files.ts';
import { LentFiles } from '../src/lent-files.ts';
import { readAt } from '../src/pack-file.ts';
import { temporaryFolder, writeInto } from './small-house.ts';

const PAGE = 2;

/** Hands a folder out as the command does, few names at a time; counts what it was asked for. */
function lender(folder: string) {
  const asked: string[] = [];
  const request = async (topic: string, data: SourceList & SourceRead) => {
    asked.push(topic);
    if (topic === 'backup.source.list.v1') {
      const behind = readdirSync(join(folder, data.of)).filter((name) => name > (data.after ?? ''));
      return { there: true, names: behind.slice(0, PAGE), more: behind.length > PAGE };
    }
    const bytes = readFileSync(join(folder, data.file));
    const piece = bytes.subarray(data.offset, data.offset + data.bytes);
    return { there: true, size: bytes.length, data: piece.toString('base64') };
  };
  return { bus: { request } as unknown as Pick<Bus, 'request'>, asked };
}

test('a folder that is handed out reads as it lies on the disk, few requests for what lies one behind the other [DATA-6]', async () => {
  const folder = temporaryFolder();
  const big = randomBytes(1_300_000);
  writeInto(folder, { 'packs/a.pack': big, 'packs/b.pack': 'b', 'packs/c.pack': '', 'backups/x.aico-backup': big });
  const { bus, asked } = lender(folder);
  const [lent, disk] = [new LentFiles(bus, folder), new DiskFiles(folder)];
  expect(await lent.names('packs')).toEqual(await disk.names('packs'));
  expect((await lent.read('backups/x.aico-backup'))?.equals(big)).toBe(true);
  expect(await lent.read('packs/c.pack')).toEqual(Buffer.alloc(0));

  const file = await lent.open('packs/a.pack');
  expect(await file.stat()).toEqual({ size: big.length });
  for (const [position, length] of [
    [0, 9],
    [big.length - 20, 20],
    [500_000, 700_000],
    [big.length - 5, 90],
  ] as const)
    expect((await readAt(file, position, length)).equals(big.subarray(position, position + length))).toBe(true);
  asked.length = 0;
  for (let at = 0; at < big.length; at += 65_536)
    expect((await readAt(file, at, 65_536)).equals(big.subarray(at, at + 65_536))).toBe(true);
  expect(asked.length).toBeLessThan(6);
});
