import React from 'react';

import type { IListQuery } from '../../client';
import type { Connection } from '../../request';
import type { IComponent, ILibrary, IWaiting, IWhole } from '../../types';
import { useConsole } from '../context';

/** The library part of the REST API. */
export class LibraryClient {
  constructor(private readonly connection: Connection) {}

  find(query: { q?: string; kind?: string; tag?: string } & IListQuery): Promise<ILibrary> {
    return this.connection.json('library', { query });
  }

  /** A component at a version, by default the newest that may be seen. */
  component(id: string, version?: string): Promise<IComponent> {
    return this.connection.json(`library/${id}`, { query: { version } });
  }

  /** What others have handed in and nobody has decided on. */
  waiting(): Promise<IWhole<IWaiting>> {
    return this.connection.json('library/pending');
  }

  /** The version of a component that waits for a decision. */
  pending(id: string): Promise<IComponent> {
    return this.connection.json(`library/${id}/pending`);
  }

  /** A file of a component, as it lies in its folder. */
  async file(id: string, name: string, version: string): Promise<Blob> {
    const file = await this.connection.file(`library/${id}/files/${name}`, { version });
    return file.blob;
  }

  /** Where the JavaScript that follows from a component's equations can be imported from. */
  moduleUrl(id: string, version: string): string {
    const name = id.split('/')[1];
    return this.connection.url(`library/${id}/files/${name}.js`, { version });
  }

  /** A definition for a new component to begin with. */
  async scaffold(query: { name: string; kind: string; like?: string }): Promise<string> {
    const found = await this.connection.json<{ source: string }>('library/scaffold', { query });
    return found.source;
  }

  /** Keep a definition as the next version of one's own component, or check it and hand it in. */
  contribute(source: string, submit: boolean): Promise<IComponent> {
    return this.connection.json('library', { method: 'POST', body: { source, submit } });
  }

  review(id: string, verdict: 'approve' | 'reject', comment: string): Promise<IComponent> {
    const body = { verdict, comment };
    return this.connection.json(`library/${id}/reviews`, { method: 'POST', body });
  }
}

/** The library of the Console's server. */
export function useLibrary(): LibraryClient {
  const { connection } = useConsole().client;
  return React.useMemo(() => new LibraryClient(connection), [connection]);
}
