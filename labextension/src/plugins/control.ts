import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import { explain } from '../errors';
import { IFeed } from '../tokens';
import type { Action } from '../types';

const ACTIONS: readonly string[] = ['pause', 'resume', 'stop'];

/** The command that pauses, resumes or stops a run. */
export const controlPlugin: JupyterFrontEndPlugin<void> = {
  id: '@spikex/lab:control',
  description: 'Pauses, resumes and stops runs.',
  autoStart: true,
  requires: [IFeed],
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, feed: IFeed, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load('spikex_lab');
    app.commands.addCommand(CommandIDs.controlRun, {
      label: args => {
        switch (args.action) {
          case 'pause':
            return trans.__('Pause the Run');
          case 'resume':
            return trans.__('Resume the Run');
          case 'stop':
            return trans.__('Stop the Run');
          default:
            return trans.__('Control the Run');
        }
      },
      describedBy: {
        args: {
          type: 'object',
          properties: {
            run: { type: 'string', description: trans.__('Id of the run') },
            action: { type: 'string', pattern: '^(pause|resume|stop)$' }
          },
          required: ['run', 'action']
        }
      },
      isEnabled: args => typeof args.run === 'string' && ACTIONS.includes(args.action as string),
      execute: async args => {
        try {
          await feed.client.control(args.run as string, args.action as Action);
        } catch (error) {
          Notification.error(explain(error, trans), { autoClose: false });
        }
        await feed.refresh();
      }
    });
  }
};
