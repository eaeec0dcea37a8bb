import type { Connection, IFile, Query } from './request';
import type {
  Action,
  IArtifact,
  IDataset,
  IEpoch,
  IEvaluation,
  IHealth,
  IModel,
  IModelItem,
  IPage,
  IPerson,
  IRun,
  IRunItem,
  ISystem,
  ITarget,
  ITargetCheck,
  ITutorial,
  IWhole
} from './types';

/** The forms in which a model can be taken away. */
export type ModelFormat = 'yaml' | 'json';

/** The forms in which what a run made can be taken away. */
export type RunFormat = 'safetensors' | 'pth' | 'yaml' | 'json' | 'bundle';

/** What part of a list to answer with. */
export interface IListQuery extends Query {
  /** From 1. */
  page?: number;
  page_size?: number;
  /** A field's name, with `-` before it for falling order. */
  sort?: string;
  search?: string;
}

/** The REST API of the server extension, one method for each thing to ask. */
export class Client {
  constructor(readonly connection: Connection) {}

  health(): Promise<IHealth> {
    return this.connection.json('health');
  }

  system(): Promise<ISystem> {
    return this.connection.json('system');
  }

  models(query: IListQuery = {}): Promise<IPage<IModelItem>> {
    return this.connection.json('models', { query });
  }

  /** A model at a version, the newest by default. */
  model(id: string, version?: number): Promise<IModel> {
    const at = version === undefined ? '' : `/versions/${version}`;
    return this.connection.json(`models/${encodeURIComponent(id)}${at}`);
  }

  renameModel(id: string, name: string, version: number): Promise<IModel> {
    const path = `models/${encodeURIComponent(id)}`;
    return this.connection.json(path, { method: 'PATCH', body: { name }, version });
  }

  copyModel(id: string, name: string): Promise<IModel> {
    const path = `models/${encodeURIComponent(id)}/copy`;
    return this.connection.json(path, { method: 'POST', body: { name } });
  }

  deleteModel(id: string, version: number): Promise<void> {
    const path = `models/${encodeURIComponent(id)}`;
    return this.connection.json(path, { method: 'DELETE', version });
  }

  exportModel(id: string, format: ModelFormat): Promise<IFile> {
    return this.connection.file(`models/${encodeURIComponent(id)}/export`, { format });
  }

  runs(query: IListQuery & { state?: string; model?: string } = {}): Promise<IPage<IRunItem>> {
    return this.connection.json('runs', { query });
  }

  run(id: string): Promise<IRun> {
    return this.connection.json(`runs/${encodeURIComponent(id)}`);
  }

  deleteRun(id: string): Promise<void> {
    return this.connection.json(`runs/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  control(run: string, action: Action): Promise<IRunItem> {
    const path = `runs/${encodeURIComponent(run)}/control`;
    return this.connection.json(path, { method: 'POST', body: { action } });
  }

  /** One entry per finished epoch. */
  metrics(run: string): Promise<IWhole<IEpoch>> {
    return this.connection.json(`runs/${encodeURIComponent(run)}/metrics`);
  }

  /** Answered once the file is made. */
  exportRun(run: string, format: RunFormat): Promise<IFile> {
    return this.connection.file(`runs/${encodeURIComponent(run)}/export`, { format });
  }

  artifacts(run: string): Promise<IWhole<IArtifact>> {
    return this.connection.json(`runs/${encodeURIComponent(run)}/artifacts`);
  }

  /** Where an artifact can be downloaded from. */
  artifactUrl(run: string, name: string): string {
    const path = `runs/${encodeURIComponent(run)}/artifacts/${encodeURIComponent(name)}`;
    return this.connection.url(path);
  }

  /** Where the events of a run come from as a stream, those later than `after`. */
  eventsUrl(run: string, after: number): string {
    return this.connection.url(`runs/${encodeURIComponent(run)}/events`, { after });
  }

  evaluations(run: string): Promise<IWhole<IEvaluation>> {
    return this.connection.json(`runs/${encodeURIComponent(run)}/evaluations`);
  }

  /** Resolves when the evaluation is done. */
  evaluate(run: string, split: string): Promise<IEvaluation> {
    const path = `runs/${encodeURIComponent(run)}/evaluations`;
    return this.connection.json(path, { method: 'POST', body: { split } });
  }

  datasets(query: IListQuery = {}): Promise<IPage<IDataset>> {
    return this.connection.json('datasets', { query });
  }

  targets(): Promise<IPage<ITarget>> {
    return this.connection.json('targets');
  }

  checkTarget(id: string): Promise<ITargetCheck> {
    const path = `targets/${encodeURIComponent(id)}/check`;
    return this.connection.json(path, { method: 'POST' });
  }

  me(): Promise<IPerson> {
    return this.connection.json('me');
  }

  renameMe(name: string): Promise<IPerson> {
    return this.connection.json('me', { method: 'PATCH', body: { name } });
  }

  /** Copy a packaged tutorial into `folder` of the contents, unless it is there already. */
  copyTutorial(name: string, folder: string): Promise<ITutorial> {
    const path = `tutorials/${encodeURIComponent(name)}`;
    return this.connection.json(path, { method: 'POST', body: { folder } });
  }
}
