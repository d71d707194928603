/** Node's crypto, loaded when something is first sealed: loading it takes a sixth of an isolated plugin's start. */
export function nodeCrypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}
