import { attackOnceActive, CONTAINED } from '../../attack.ts';

// Node's own globals go by other attacks; here it counts what neither the language nor the sandbox's list accounts for.
const KNOWN = [...Object.getOwnPropertyNames(globalThis), 'Temporal'];

export default attackOnceActive({
  title: 'finds a global that is neither the language’s nor offered',
  expect: CONTAINED,
  body: `
    const known = new Set(${JSON.stringify(KNOWN)});
    for (const name of Object.getOwnPropertyNames(globalThis)) if (!known.has(name)) got(name);`,
});
