export type { TestPlugin } from './memory-source.ts';
export { parseRecording, type Recording, type Sent, sentIn } from './recording.ts';
export { type Replayed, replay } from './replay.ts';
export { serveBlobs } from './test-blobs.ts';
export { serveCache } from './test-cache.ts';
export { serveJournal } from './test-journal.ts';
export {
  createTestKernel,
  type LoadOptions,
  type LoggedLine,
  type PeerRequest,
  type TestKernel,
} from './test-kernel.ts';
export { type AskedNetwork, type NetworkAnswer, serveNetwork } from './test-network.ts';
export { recordsOf, type TestRecords } from './test-records.ts';
export { serveSchedule, type TestSchedule } from './test-schedule.ts';
export { serveSecrets, serveStorage } from './test-storage.ts';
export { serveVectors } from './test-vectors.ts';
