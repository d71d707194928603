import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'learns paths of this machine from errors that the host throws',
  expect: CONTAINED,
  body: `
    const stringify = JSON.stringify;
    JSON.stringify = () => '{ not json';
    let stack = '';
    try { log.info('x', { a: 1 }); } catch (error) { stack = String(error.stack) + String(error.cause) + Object.getOwnPropertyNames(error); }
    JSON.stringify = stringify;
    log.info('its error', { stack });
    if (/[.]mjs|node:|file:/.test(stack)) got(stack);`,
});
