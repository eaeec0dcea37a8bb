import { IRouter, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { URLExt } from '@jupyterlab/coreutils';

import { CommandIDs } from '../commands';

const PATTERN = /[?&]spikex=[^&#]/;
/** Anybody may write an address: an id, which is asked for, and no word more. */
const MODEL = /^models\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

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
        const [, model] = MODEL.exec(query.spikex ?? '') ?? [];
        if (model) {
          void app.restored.then(() => commands.execute(CommandIDs.openLab, { model }));
        }
        return Promise.resolve();
      }
    });
    router.register({ command, pattern: PATTERN, rank: 20 });
  }
};
