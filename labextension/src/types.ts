/** What the server answers under `/spikex/api/v1`; `spikex_lab/server/views.py` is its counterpart. */

export interface IPage<T> {
  items: T[];
  total: number;
}

export interface IModel {
  id: string;
  name: string;
  version: number;
  updated: string;
  steps: number;
  nodes: number;
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

export interface IRun {
  id: string;
  name: string;
  state: RunState;
  model_name: string;
  model_version: number;
  dataset: string;
  device: string;
  progress: IProgress | null;
  summary: Record<string, unknown>;
  error: string | null;
  created: string;
  started: string | null;
  ended: string | null;
}

export type Action = 'pause' | 'resume' | 'stop';

export interface ITutorial {
  path: string;
  created: boolean;
}

const LIVE: readonly RunState[] = ['queued', 'starting', 'running', 'paused', 'stopping'];

/** Whether the run may still change by itself. */
export function isLive(run: IRun): boolean {
  return LIVE.includes(run.state);
}
