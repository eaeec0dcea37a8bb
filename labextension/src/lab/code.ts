/** Python that shows the Lab of a model in a kernel; running it again shows the same Lab. */
export function showCode(model: string): string {
  return `from spikex_lab.widgets.hosting import show\nshow(${JSON.stringify(model)})`;
}

/** The comm that `spikex_lab.widgets.hosting` answers. */
export const TARGET = 'spikex-lab';

/** The id of the Lab of a model in the shell, the same after each reload. */
export function labId(model: string): string {
  return `spikex-lab-${model}`;
}

/** The address that opens the Lab of a model, below the application's own. */
export function labAddress(model: string): string {
  return `spikex=models/${model}`;
}
