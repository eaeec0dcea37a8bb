/** Names for what the server answers; `api.ts` is made from the server's own schemas. */
import type { components } from './api';

type Schemas = components['schemas'];

export interface IWhole<T> {
  items: T[];
  total: number;
}

export interface IPage<T> extends IWhole<T> {
  page: number;
  page_size: number;
}

export type IHealth = Schemas['Health'];
export type ISystem = Schemas['System'];
export type IDevice = Schemas['Device'];
export type IPerson = Schemas['Me'];
export type ITutorial = Schemas['Copied'];

export type IModelItem = Schemas['ModelItem'];
export type IModel = Schemas['Model'];
export type IVersion = Schemas['Version'];

export type IRunItem = Schemas['RunItem'];
export type IRun = Schemas['Run'];
export type RunState = IRunItem['state'];
export type IProgress = Schemas['Progress'];
export type IEpoch = Schemas['EpochFigures'];
export type IEvent = Schemas['Event'];
export type IArtifact = Schemas['Artifact'];
export type IEvaluation = Schemas['Evaluation'];

export type IDataset = Schemas['Dataset'];
export type ITarget = Schemas['Target'];
export type ITargetCheck = Schemas['Checked'];

/** What a person asks of a run. */
export type Action = 'pause' | 'resume' | 'stop';

const LIVE: readonly RunState[] = ['queued', 'starting', 'running', 'paused', 'stopping'];

/** Whether the run may still change by itself. */
export function isLive(run: { state: RunState }): boolean {
  return LIVE.includes(run.state);
}
