export { composeHost, type HostParts } from './compose.ts';
export type { Host, HostListener } from './host.ts';
export { type Opened, openHost, type StartOptions } from './start-host.ts';
