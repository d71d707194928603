import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killRounds } from '../../core-plugins/journal/test/kill-rounds.ts';

const ROUNDS = 100;

/**
 * Kills a journal, its publishers and its consumers with -9 at a hundred random moments, and counts what came of every event
 * that was acknowledged. @returns whether none was lost and each key kept its order
 */
export async function proveJournalKills(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'aico-journal-'));
  try {
    const { acknowledged, lost, outOfOrder, repeated, complaints } = await killRounds(folder, ROUNDS);
    console.log(
      `${ROUNDS} kills, ${acknowledged} events acknowledged: ${lost.length} lost, ${outOfOrder.length} out of order,`,
    );
    console.log(`${repeated} handed out again after they were handled, ${complaints.length} complaints.`);
    for (const complaint of complaints) console.log(complaint);
    return lost.length === 0 && outOfOrder.length === 0 && complaints.length === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
