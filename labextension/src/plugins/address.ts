import { IRouter, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { URLExt } from '@jupyterlab/coreutils';

import { CommandIDs } from '../commands';

const PATTERN = /[?&]spikex=[^&#]/;

/** Opens what the address names: `/lab?spikex=models/<id>` the Lab of a model. */
export const addressPlugin: JupyterFrontEndPlugin<void> = {
  id: '@spikex/lab:address',
  description: 'Opens the model that the address of the page names.',
  autoStart: true,
  requires: [IRouter],
  activate: (app: JupyterFrontEnd, router: IRouter) => {
    const { commands } = app;
    const command = 'spikex:open-address';
    commands.addCommand(command, {
      describedBy: {
        args: { type: 'object', properties: { search: { type: 'string' } }, required: ['search'] }
      },
      execute: async args => {
        const query = URLExt.queryStringToObject(args.search as string);
        const [kind, id] = (query.spikex ?? '').split('/');
        if (kind === 'models' && id) {
          void app.restored.then(() => commands.execute(CommandIDs.openLab, { model: id }));
        }
        return Promise.resolve();
      }
    });
    router.register({ command, pattern: PATTERN, rank: 20 });
  }
};
