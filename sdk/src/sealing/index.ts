export { TextOpener, TextSealer } from './sealed-text.ts';
export { type OpenPort, type SealingOptions, SealingPort } from './sealing-port.ts';
