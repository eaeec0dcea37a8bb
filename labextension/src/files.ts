import {
  ABCWidgetFactory,
  Base64ModelFactory,
  DocumentRegistry,
  DocumentWidget
} from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { spikexIcon } from './icons';
import { Notice } from './notice';

/** The type of a bundle, and of its factories. */
export const BUNDLE = 'spikex-bundle';
const YAML = 'spikex-yaml';

/** Makes models of files whose bytes are not wanted: a bundle may be large. */
class BundleModels extends Base64ModelFactory {
  override get name(): string {
    return BUNDLE;
  }

  override get fileFormat(): Contents.FileFormat {
    return null;
  }
}

type Import = (path: string) => Promise<boolean>;

/** What a bundle shows when it is opened: the way to import it, taken at once. */
class Bundles extends ABCWidgetFactory<DocumentWidget<Notice>> {
  constructor(
    options: DocumentRegistry.IWidgetFactoryOptions,
    private readonly trans: TranslationBundle,
    private readonly take: Import
  ) {
    super(options);
  }

  protected createNewWidget(context: DocumentRegistry.Context): DocumentWidget<Notice> {
    const { trans, take } = this;
    const content = new Notice();
    const widget = new DocumentWidget({ content, context });
    const run = async (): Promise<void> => {
      if (await take(context.path)) {
        widget.dispose();
      }
    };
    content.tell({
      title: trans.__('A model in a bundle'),
      text: trans.__('Import it to open it in the Lab. Nothing in it is run.'),
      action: { label: trans.__('Import…'), run: () => void run() }
    });
    void context.ready.then(run);
    return widget;
  }
}

/** Make the registry know bundles (`.spikex`), which `take` imports, and specs (`.spikex.yaml`). */
export function addFileTypes(
  registry: DocumentRegistry,
  trans: TranslationBundle,
  take: Import
): void {
  registry.addFileType({
    name: BUNDLE,
    displayName: trans.__('SPIKE-X Bundle'),
    extensions: ['.spikex'],
    mimeTypes: ['application/zip'],
    contentType: 'file',
    fileFormat: null,
    icon: spikexIcon
  });
  registry.addFileType({
    name: YAML,
    displayName: trans.__('SPIKE-X YAML'),
    extensions: ['.spikex.yaml', '.spikex.yml'],
    mimeTypes: ['text/x-yaml'],
    contentType: 'file',
    fileFormat: 'text',
    icon: spikexIcon
  });
  registry.addModelFactory(new BundleModels());
  registry.addWidgetFactory(
    new Bundles(
      {
        name: BUNDLE,
        label: trans.__('SPIKE-X Import'),
        modelName: BUNDLE,
        fileTypes: [BUNDLE],
        defaultFor: [BUNDLE],
        readOnly: true
      },
      trans,
      take
    )
  );
}
