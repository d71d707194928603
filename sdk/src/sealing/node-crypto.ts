/** Node's crypto, loaded when something is first sealed: loading it takes some 15 ms of each start. */
export function nodeCrypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}
