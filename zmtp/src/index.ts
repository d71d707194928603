export { type Carrier, Connection, type ConnectionOptions } from './connection.ts';
export { type CurveKeys, type CurveMechanism, curveClient, curveServer, HandshakeRefused } from './curve-handshake.ts';
export { createKeys, type KeyPair } from './curve-keys.ts';
export { loadSodium } from './sodium.ts';
export { decodeZ85, encodeZ85 } from './z85.ts';
