/** What the server answers under `/spikex/api/v1`. */

export interface IWhole<T> {
  items: T[];
  total: number;
}

export interface IPage<T> extends IWhole<T> {
  page: number;
  page_size: number;
}

export interface IHealth {
  status: string;
  version: string;
}

export interface IDevice {
  name: string;
  kind: string;
  label: string;
  /** In bytes; null while unknown. */
  memory: number | null;
}

export interface ISystem {
  versions: Record<string, string | null>;
  platform: string;
  cpu: { count: number; percent: number };
  memory: { total: number; available: number };
  disk?: { total: number; free: number; objects: number };
  devices: IDevice[];
  devices_error?: string | null;
}

export interface IModelItem {
  id: string;
  name: string;
  version: number;
  created: string;
  updated: string;
  steps: number;
  nodes: number;
  dataset?: string | null;
  last_run?: { id: string; ended: string | null; accuracy: number | null } | null;
}

export interface IVersion {
  version: number;
  digest: string;
  message: string;
  created: string;
}

export interface IModel extends IModelItem {
  digest: string;
  spec: Record<string, unknown>;
  versions: IVersion[];
}

export type RunState =
  | 'queued'
  | 'starting'
  | 'running'
  | 'paused'
  | 'stopping'
  | 'stopped'
  | 'finished'
  | 'failed'
  | 'interrupted';

export interface IProgress {
  epoch: number;
  epochs: number;
  batch: number;
  batches: number;
  /** Share of the whole run that is done, 0 to 1. */
  fraction: number;
  /** Seconds left; null while unknown. */
  eta: number | null;
}

export interface IRunItem {
  id: string;
  name: string;
  state: RunState;
  job: string;
  model_id: string | null;
  model_name: string;
  model_version: number;
  dataset: string;
  target: string;
  device: string;
  attempt: number;
  /** The number of its newest event. */
  last_seq: number;
  progress: IProgress | null;
  summary: Record<string, unknown>;
  error: string | null;
  created: string;
  started: string | null;
  ended: string | null;
}

export interface IRun extends IRunItem {
  spec: Record<string, unknown>;
}

/** The figures of one finished epoch, by name. */
export type IEpoch = { epoch: number } & Record<string, unknown>;

export interface IArtifact {
  name: string;
  size: number;
  sha256: string;
  media_type: string;
  created: string;
}

export interface IEvaluation {
  id: string;
  run: string;
  created: string;
  figures: Record<string, unknown>;
}

export interface IDataset {
  id: string;
  name: string;
  info: Record<string, unknown>;
  digest: string;
  size: number;
  created: string;
}

export interface ITarget {
  id: string;
  name: string;
  kind: string;
  config: Record<string, unknown>;
  created: string;
}

export interface ITargetCheck {
  ok: boolean;
  error: string | null;
  devices: IDevice[];
  /** How many runs it takes at a time. */
  slots: number;
}

export interface IPerson {
  id: string;
  name: string;
  user: string;
  display_name: string;
  created: string;
}

export type Action = 'pause' | 'resume' | 'stop';

export interface ITutorial {
  path: string;
  created: boolean;
}

const LIVE: readonly RunState[] = ['queued', 'starting', 'running', 'paused', 'stopping'];

/** Whether the run may still change by itself. */
export function isLive(run: IRunItem): boolean {
  return LIVE.includes(run.state);
}
