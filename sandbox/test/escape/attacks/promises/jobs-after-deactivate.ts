import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'goes on in promises and timers after it was told to stop',
  expect: CONTAINED,
  body: `
    ctx.signal.addEventListener('abort', () => {
      const again = () => { ctx.bus.publish('chat.message.created.v1', {}).then(() => got('published after its end'), () => {}); setTimeout(again, 1); };
      again();
    });`,
});
