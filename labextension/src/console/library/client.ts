import React from 'react';

import type { IListQuery } from '../../client';
import type { Connection } from '../../request';
import type { IComponent, ILibrary, IWaiting, IWhole } from '../../types';
import { useConsole } from '../context';

/** A component at a version; `waiting` for the decision of whoever asks, who may not see it else. */
interface IPlace {
  id: string;
  version: string;
  waiting?: boolean;
}

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
  async file(component: IPlace, name: string): Promise<Blob> {
    const file = await this.connection.file(...filePlace(component, name));
    return file.blob;
  }

  /** Where the JavaScript that follows from a component's equations can be imported from. */
  moduleUrl(component: IPlace): string {
    return this.connection.url(...filePlace(component, `${component.id.split('/')[1]}.js`));
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

function filePlace({ id, version, waiting }: IPlace, name: string): [string, { version?: string }] {
  return waiting
    ? [`library/${id}/pending/files/${name}`, {}]
    : [`library/${id}/files/${name}`, { version }];
}

/** The library of the Console's server. */
export function useLibrary(): LibraryClient {
  const { connection } = useConsole().client;
  return React.useMemo(() => new LibraryClient(connection), [connection]);
}
