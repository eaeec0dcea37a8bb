import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import { Client } from '../client';
import { Feed } from '../feed';
import { Connection } from '../request';
import { IFeed } from '../tokens';

/** Provides the models and runs of the store. */
export const feedPlugin: JupyterFrontEndPlugin<IFeed> = {
  id: '@spikex/lab:feed',
  description: 'Provides the models and runs of the SPIKE-X store.',
  autoStart: true,
  provides: IFeed,
  activate: (app: JupyterFrontEnd) =>
    new Feed(new Client(new Connection(app.serviceManager.serverSettings)))
};
