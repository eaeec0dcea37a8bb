import type { IWidgetTracker } from '@jupyterlab/apputils';
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type { Client } from './client';
import type { LabTab } from './lab';
import type { IModelItem, IRunItem } from './types';

/** What is known of the store at one moment. */
export interface IOverview {
  /** Null until the first answer. */
  models: IModelItem[] | null;
  runs: IRunItem[] | null;
  modelCount: number;
  runCount: number;
  /** The error of the last attempt, null when it succeeded. */
  error: unknown;
}

/** How fresh the overview is to be: to be read, or to see at a glance what runs. */
export type Interest = 'close' | 'glance';

/** The models and runs of the store, kept fresh while somebody looks. */
export interface IFeed {
  readonly client: Client;
  readonly overview: IOverview;
  /** How many rows a table shows at a time; a setting. */
  pageSize: number;
  readonly changed: ISignal<IFeed, IOverview>;
  /** Emitted by `refresh`: something has been changed, or is wanted fresh. */
  readonly revised: ISignal<IFeed, void>;
  /** Keep the overview fresh until the returned object is disposed. */
  watch(interest?: Interest): IDisposable;
  /** Ask the server now; resolves when the answer is in. */
  refresh(): Promise<void>;
}

/** The models and runs of the store: any plugin may require this. */
export const IFeed = new Token<IFeed>(
  '@spikex/lab:IFeed',
  'The models and runs of the SPIKE-X store, kept fresh while somebody looks.'
);

/** The Labs that are open. */
export type ILabTracker = IWidgetTracker<LabTab>;

/** The Labs that are open, the current one among them. */
export const ILabTracker = new Token<ILabTracker>(
  '@spikex/lab:ILabTracker',
  'The tabs of models that are open.'
);
