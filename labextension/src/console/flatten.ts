/** A value inside a spec: where it is, and what. */
export type Flat = Map<string, string>;

/**
 * The leaves of plain data by their path, such as `nodes.lif1.params.beta`. Items of a list go by
 * their `id` where they have one, so that inserting a node does not move the others.
 */
export function flatten(data: unknown, path = '', into: Flat = new Map()): Flat {
  if (Array.isArray(data) && data.some(isRecord)) {
    data.forEach((item: unknown, index) => {
      const id = isRecord(item) && typeof item.id === 'string' ? item.id : String(index);
      flatten(item, join(path, id), into);
    });
  } else if (isRecord(data) && Object.keys(data).length > 0) {
    for (const [key, value] of Object.entries(data)) {
      flatten(value, join(path, key), into);
    }
  } else if (!path.endsWith('.id')) {
    into.set(path, typeof data === 'string' ? data : JSON.stringify(data));
  }
  return into;
}

/** A line of a comparison; null where one of them has no such value. */
export interface IRow {
  path: string;
  values: (string | null)[];
  differs: boolean;
}

/** Put several things side by side, path by path, in the order in which paths first appear. */
export function compare(things: readonly unknown[]): IRow[] {
  const flats = things.map(thing => flatten(thing));
  const paths = new Set(flats.flatMap(flat => [...flat.keys()]));
  return [...paths].map(path => {
    const values = flats.map(flat => flat.get(path) ?? null);
    return { path, values, differs: values.some(value => value !== values[0]) };
  });
}

function isRecord(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

function join(path: string, key: string): string {
  return path ? `${path}.${key}` : key;
}
