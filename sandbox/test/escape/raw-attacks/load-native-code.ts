import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'loads a native library',
  body: `
    const target = { exports: {} };
    process.dlopen(target, PLACES.canaryFile.replace('diary.txt', 'evil.node'));
    return Object.keys(target.exports).join();`,
});
