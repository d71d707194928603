import { soak } from '../../bench/src/bus/soak.ts';

const MINUTES = 10;
const WARM_UP_SHARE = 0.2;
const MESSAGES_PER_SECOND = 10_000;
const MOST_MB_PER_HOUR = 1;

/**
 * Sends 10,000 messages a second through the bus for ten minutes. @returns whether none was lost and the kernel's memory
 * stayed flat; a shorter run is too short to judge memory by.
 */
export async function proveBusSoak(minutes: number = MINUTES): Promise<boolean> {
  const { sent, lost, slope, residentSlope } = await soak(minutes, minutes * WARM_UP_SHARE, MESSAGES_PER_SECOND);
  const figure = { name: 'bus.soak.slope', value: Number(slope.toPrecision(3)), unit: 'MB/h', rounds: 1 };
  console.log(JSON.stringify(figure));
  console.log(`${sent} messages in ${minutes} minutes after warming up: ${lost} lost.`);
  console.log(
    `Live memory grew by ${slope.toFixed(2)} MB/h, all that the process holds by ${residentSlope.toFixed(2)}.`,
  );
  return lost === 0 && (minutes < MINUTES || slope < MOST_MB_PER_HOUR);
}
