import React from 'react';

import type { IListQuery } from '../../client';
import type { Connection } from '../../request';
import type { IDataset, IKnownDataset, IPage, ISamples, ITransfer, IWhole } from '../../types';
import { useConsole } from '../context';
import { sendForm, type IUpload } from '../upload';

/** The datasets part of the REST API. */
export class DatasetsClient {
  constructor(private readonly connection: Connection) {}

  list(query: IListQuery): Promise<IPage<IDataset>> {
    return this.connection.json('datasets', { query });
  }

  delete(id: string): Promise<void> {
    return this.connection.json(`datasets/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  samples(id: string, query: { split: string; index: number; count: number }): Promise<ISamples> {
    return this.connection.json(`datasets/${encodeURIComponent(id)}/samples`, { query });
  }

  /** Keep a file as a dataset. Resolves when it has been read; aborting leaves nothing behind. */
  upload(form: FormData, upload: IUpload): Promise<IDataset> {
    return sendForm(this.connection, 'datasets', form, upload);
  }

  known(): Promise<IWhole<IKnownDataset>> {
    return this.connection.json('datasets/known');
  }

  /** Begin to fetch a known dataset; `transfers` tells how far it is. */
  download(name: string): Promise<ITransfer> {
    return this.connection.json('datasets/download', { method: 'POST', body: { name } });
  }

  /** Call a download off. */
  async callOff(transfer: string): Promise<void> {
    await this.connection.json(`datasets/transfers/${encodeURIComponent(transfer)}`, {
      method: 'DELETE'
    });
  }

  transfers(): Promise<IWhole<ITransfer>> {
    return this.connection.json('datasets/transfers');
  }
}

/** The datasets of the Console's server. */
export function useDatasets(): DatasetsClient {
  const { connection } = useConsole().client;
  return React.useMemo(() => new DatasetsClient(connection), [connection]);
}
