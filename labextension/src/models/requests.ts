import type { components } from '../api';
import type { Connection } from '../request';
import type { IModel } from '../types';

type Template = components['schemas']['Template'];

/** What a new model can be made of: templates, and datasets to fit them to. */
export async function sources(
  connection: Connection
): Promise<{ templates: Template[]; datasets: string[] }> {
  const [templates, datasets] = await Promise.all([
    connection.json<{ items: Template[] }>('templates'),
    connection.json<{ items: { name: string }[] }>('datasets', { query: { page_size: 200 } })
  ]);
  return { templates: templates.items, datasets: datasets.items.map(({ name }) => name) };
}

/** Make a model of a template, fitted to a dataset where one is given. */
export function createModel(
  connection: Connection,
  body: { name: string; template: string; dataset: string | null }
): Promise<IModel> {
  return connection.json('models', { method: 'POST', body });
}

/** Make a model of a file: a bundle, or a spec as YAML or JSON. */
export function importModel(
  connection: Connection,
  file: Blob,
  fileName: string,
  name: string
): Promise<IModel> {
  const body = new FormData();
  body.append('name', name);
  body.append('file', file, fileName);
  return connection.json('models/import', { method: 'POST', body });
}
