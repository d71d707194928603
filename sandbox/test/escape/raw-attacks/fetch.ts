import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'fetches from the web and from this machine',
  body: `
    return (await fetch('http://127.0.0.1:' + PLACES.port + '/')).text();`,
});
