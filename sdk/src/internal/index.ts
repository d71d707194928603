export { ClockWatch, type SeenClock } from '../clock-watch.ts';
export { BusClient, type BusClientOptions } from './bus-client.ts';
export { failureFields } from './describe.ts';
export type { InRecord, OutRecord, RecordPort } from './record-port.ts';
export { Scope } from './scope.ts';
export { type PluginRuntime, startPlugin } from './start-plugin.ts';
export type { Timers } from './timers.ts';
