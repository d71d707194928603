import { definePlugin, isAicoError } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

const light = {
  paper: '#f4f1f7',
  surface: '#faf8fc',
  raised: '#fefdff',
  sunken: '#e8e3ee',
  line: '#dbd4e3',
  edge: '#837790',
  ink: '#27222d',
  soft: '#4e4659',
  faint: '#5c5368',
  accent: '#6a4c93',
  'accent-strong': '#573c7c',
  'on-accent': '#fdfbff',
  'accent-text': '#5f4187',
  'accent-wash': '#e9ddf7',
};

export const manifest: ExampleManifest = {
  permissions: [
    SERVE_COMMAND,
    { verb: 'request', topic: 'kernel.theme.set.v1', reason: 'To wear evening colours when you ask for them.' },
  ],
  contributes: {
    themes: [
      {
        id: 'evening',
        title: 'Evening',
        light,
        dark: {
          paper: '#17141d',
          surface: '#1f1b26',
          raised: '#282331',
          sunken: '#110e16',
          line: '#353042',
          edge: '#7c7391',
          ink: '#e9e5ee',
          soft: '#bcb4c8',
          faint: '#a398b3',
          accent: '#c3a6ec',
          'accent-strong': '#d3bdf3',
          'on-accent': '#1d1329',
          'accent-text': '#d0b8f2',
          'accent-wash': '#2f2740',
        },
      },
    ],
  },
};

/** Chooses among the themes that its manifest declares; the app wears it for users who let this plugin choose. */
export default definePlugin({
  async activate({ bus, theme }) {
    await bus.serve('plugin.example.command.run.v1', async ({ data }) => {
      try {
        await theme.set(data.arguments);
        return { text: 'Done.' };
      } catch (error) {
        if (isAicoError(error, 'KERNEL_THEME_UNKNOWN')) return { text: `I have evening, no ${data.arguments}.` };
        throw error;
      }
    });
  },
});
