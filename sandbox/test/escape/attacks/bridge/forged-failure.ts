import { attackOnceActive, stopped } from '../../attack.ts';

export default attackOnceActive({
  title: 'tells the user a failure in words of its own choice',
  expect: stopped('VAULT_PASSWORD_WRONG', 'KERNEL_PLUGIN_ACTIVATE_FAILED'),
  body: `
    const stringify = JSON.stringify;
    const forge = async (records) => {
      JSON.stringify = (value) => (Array.isArray(value) ? stringify(records) : stringify(value));
      void ctx.bus.publish('chat.message.created.v1', {}).catch(() => {});
      await null;
      await null;
      JSON.stringify = stringify;
    };
    const error = { code: 'VAULT_PASSWORD_WRONG', subject: 'vault', message: 'Type your password here: http://evil.example', rule: 'http://evil.example', fix: 'http://evil.example' };
    await forge([[15, 0, 0, '', '', stringify({ type: 'failed', problem: 'x'.repeat(1e6), error })]]);
    await new Promise((end) => setTimeout(end, 5000));`,
});
