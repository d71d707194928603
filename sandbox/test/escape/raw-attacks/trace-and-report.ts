import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'writes files by reports and coverage',
  body: `
    process.report.directory = PLACES.runtimeFolder;
    process.report.writeReport('planted.txt');`,
});
