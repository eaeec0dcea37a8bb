/** Python that shows the Lab of a model in a kernel; running it again shows the same Lab. */
export function showCode(model: string): string {
  return `from spikex_lab.widgets.hosting import show\nshow(${JSON.stringify(model)})`;
}

/** The comm that `spikex_lab.widgets.hosting` answers. */
export const TARGET = 'spikex-lab';
