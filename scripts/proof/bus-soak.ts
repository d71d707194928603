import { SOAK_MESSAGES_PER_SECOND, SOAK_MINUTES, SOAK_WARM_UP_SHARE, soak } from '../../bench/src/bus/soak.ts';

const MOST_MB_PER_HOUR = 1;

/**
 * Sends 10,000 messages a second through the bus for ten minutes. @returns whether none was lost and the kernel's memory
 * stayed flat; a shorter run is too short to judge memory by.
 */
export async function proveBusSoak(minutes: number = SOAK_MINUTES): Promise<boolean> {
  const { sent, lost, slope, residentSlope } = await soak(
    minutes,
    minutes * SOAK_WARM_UP_SHARE,
    SOAK_MESSAGES_PER_SECOND,
  );
  const figure = { name: 'bus.soak.slope', value: Number(slope.toPrecision(3)), unit: 'MB/h', rounds: 1 };
  console.log(JSON.stringify(figure));
  console.log(`${sent} messages in ${minutes} minutes after warming up: ${lost} lost.`);
  console.log(
    `Live memory grew by ${slope.toFixed(2)} MB/h, all that the process holds by ${residentSlope.toFixed(2)}.`,
  );
  return lost === 0 && (minutes < SOAK_MINUTES || slope < MOST_MB_PER_HOUR);
}
