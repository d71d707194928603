import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'reads files by the internals of Node',
  body: `
    const binding = process.binding('fs');
    const file = binding.open(PLACES.canaryFile, 0, 0o666);
    const buffer = Buffer.alloc(100);
    binding.read(file, buffer, 0, 100, 0);
    return buffer.toString();`,
});
